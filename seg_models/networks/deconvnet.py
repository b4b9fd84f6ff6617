"""DeconvNet: VGG-16 and its mirror image, which unpools where the encoder pooled.

Noh, Hong & Han, "Learning Deconvolution Network for Semantic Segmentation", ICCV 2015,
arXiv:1505.04366, table 2.
"""

import torch.nn.functional as F
from torch import Tensor, nn

from .backbones import vgg
from .layers import ConvUnit, DeconvUnit, SegmentationNetwork, Unit, named, scaled
from .padding import pad_to_multiple
from .unpooling import pool, unpool

# Output channels of the deconvolutions after each unpooling, stages 5 to 1.
DECODER = {5: (512, 512, 512), 4: (512, 512, 256), 3: (256, 256, 128), 2: (128, 64), 1: (64, 64)}
SMALLEST = 224  # pixels: the paper's input, on whose 7x7 cells fc6 fits exactly once


class DeconvNet(SegmentationNetwork):
    """An hourglass: 224 pixels shrink to one cell, and unpooling and deconvolution open it again.

    Input `(N, 3, H, W)`; score map `(N, num_classes, H, W)`. Larger photos are taken whole: fc6
    slides over them in windows of 224 pixels, and where the windows overlap, the mean of what
    they give goes on. The paper segments its windows one by one and aggregates their scores.
    Smaller photos are padded to 224 pixels.
    `norm=False` is the same network with its batch norms folded into the convolutions.
    """

    output_stride = 1
    # By the network's own names, so that `explain` can watch them, or put others in their place.
    pool, unpool = staticmethod(pool), staticmethod(unpool)

    def __init__(
        self,
        num_classes: int,
        width: float = 1.0,
        fc_channels: int = 4096,
        norm: bool = True,
        dropout: float = 0.5,
    ):
        super().__init__()
        self.stage1 = vgg.stage(1, width=width, norm=norm)
        self.stage2 = vgg.stage(2, width=width, norm=norm)
        self.stage3 = vgg.stage(3, width=width, norm=norm)
        self.stage4 = vgg.stage(4, width=width, norm=norm)
        self.stage5 = vgg.stage(5, width=width, norm=norm)
        self.fc6 = ConvUnit(vgg.channels(5, width), fc_channels, 7, padding=0, norm=norm)
        self.fc7 = ConvUnit(fc_channels, fc_channels, 1, norm=norm)
        self.dropout = nn.Dropout(dropout)
        windows = WindowMean(fc_channels, vgg.channels(5, width), 7)
        self.fc6_deconv = Unit(windows, norm, nn.ReLU)
        self.decode5 = _decoder(5, vgg.channels(5, width), width, norm)
        self.decode4 = _decoder(4, vgg.channels(4, width), width, norm)
        self.decode3 = _decoder(3, vgg.channels(3, width), width, norm)
        self.decode2 = _decoder(2, vgg.channels(2, width), width, norm)
        self.decode1 = _decoder(1, vgg.channels(1, width), width, norm)
        self.score = nn.Conv2d(scaled(DECODER[1][-1], width), num_classes, 1)

    @property
    def classifier(self) -> nn.Conv2d:
        """The convolution that gives the scores, `score`."""
        return self.score

    def score_map(self, images: Tensor) -> Tensor:
        """Return raw scores for every pixel."""
        height, width = images.shape[-2:]
        features, switches = pad_to_multiple(images, 1, least=SMALLEST), []
        for stage in (self.stage1, self.stage2, self.stage3, self.stage4, self.stage5):
            features, where = self.pool(stage(features))
            switches.append(where)
        features = self.dropout(self.fc7(self.dropout(self.fc6(features))))
        features = self.fc6_deconv(features)
        for decode in (self.decode5, self.decode4, self.decode3, self.decode2, self.decode1):
            features = decode(self.unpool(features, switches.pop()))
        return self.score(features)[..., :height, :width]


class WindowMean(nn.ConvTranspose2d):
    """A deconvolution of stride 1 that gives, where its windows overlap, their mean and not sum.

    Of a single cell, or window, it makes what any deconvolution makes.
    """

    def forward(self, features: Tensor) -> Tensor:
        """Return `(N, out_channels, h + kernel - 1, w + kernel - 1)`."""
        windows = features.new_ones(1, 1, *features.shape[-2:])
        kernel = features.new_ones(1, 1, *self.kernel_size)
        overlap = F.conv_transpose2d(windows, kernel)
        bias = self.bias.view(-1, 1, 1)
        return (super().forward(features) - bias) / overlap + bias


def _decoder(number: int, before: int, width: float, norm: bool) -> nn.Sequential:
    """Return the 3x3 deconvolutions after unpooling `number`, named as the encoder's mirror."""
    units = {}
    for index, channels in enumerate(DECODER[number], start=1):
        after = scaled(channels, width)
        units[f"deconv{number}_{index}"] = DeconvUnit(before, after, 3, padding=1, norm=norm)
        before = after
    return named(**units)
