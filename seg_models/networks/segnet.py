"""SegNet: VGG-16's convolutions and a decoder that needs only the places of the maxima.

Badrinarayanan, Kendall & Cipolla, "SegNet: A Deep Convolutional Encoder-Decoder Architecture for
Image Segmentation", TPAMI 2017, arXiv:1511.00561. Layer sizes follow the authors' segnet and
segnet_basic prototxt files.
"""

import torch.nn.functional as F
from torch import Tensor, nn

from .backbones import vgg
from .layers import ConvUnit, SegmentationNetwork, named, scaled
from .unpooling import pool, unpool

# Output channels of the convolutions after each unpooling; stage 1's last is the classifier.
DECODER = {5: (512, 512, 512), 4: (512, 512, 256), 3: (256, 256, 128), 2: (128, 64), 1: (64,)}
BASIC_CHANNELS, BASIC_KERNEL = 64, 7


class SegNet(SegmentationNetwork):
    """Thirteen convolutions down, thirteen up; the last of them is the classifier.

    Input `(N, 3, H, W)`; score map `(N, num_classes, H, W)`. `norm=False` is the same network with
    its batch norms folded into the convolutions.
    """

    output_stride = 1
    # By the network's own names, so that `explain` can watch them, or put others in their place.
    pool, unpool = staticmethod(pool), staticmethod(unpool)

    def __init__(self, num_classes: int, width: float = 1.0, norm: bool = True):
        super().__init__()
        self.stage1 = vgg.stage(1, width=width, norm=norm)
        self.stage2 = vgg.stage(2, width=width, norm=norm)
        self.stage3 = vgg.stage(3, width=width, norm=norm)
        self.stage4 = vgg.stage(4, width=width, norm=norm)
        self.stage5 = vgg.stage(5, width=width, norm=norm)
        self.decode5 = _decoder(5, width, norm)
        self.decode4 = _decoder(4, width, norm)
        self.decode3 = _decoder(3, width, norm)
        self.decode2 = _decoder(2, width, norm)
        self.decode1 = _decoder(1, width, norm)
        self.classifier = nn.Conv2d(scaled(DECODER[1][-1], width), num_classes, 3, padding=1)

    def score_map(self, images: Tensor) -> Tensor:
        """Return raw scores for every pixel."""
        features, switches = images, []
        for stage in (self.stage1, self.stage2, self.stage3, self.stage4, self.stage5):
            features, where = self.pool(stage(features))
            switches.append(where)
        for decode in (self.decode5, self.decode4, self.decode3, self.decode2, self.decode1):
            features = decode(self.unpool(features, switches.pop()))
        return self.classifier(features)


def _decoder(number: int, width: float, norm: bool) -> nn.Sequential:
    """Return the convolutions after unpooling `number`, under the release's names."""
    before, units = vgg.channels(number, width), {}
    for index, channels in enumerate(DECODER[number]):
        after = scaled(channels, width)
        units[f"conv{number}_{vgg.STAGES[number - 1][1] - index}_D"] = ConvUnit(
            before, after, norm=norm
        )
        before = after
    return named(**units)


class SegNetBasic(SegmentationNetwork):
    """Four stages of one 7x7 convolution each, down and up: SegNet made small.

    Input `(N, 3, H, W)`; score map `(N, num_classes, H, W)`. `norm=False` as for `SegNet`.
    """

    output_stride = 1
    # By the network's own names, so that `explain` can watch them, or put others in their place.
    pool, unpool = staticmethod(pool), staticmethod(unpool)

    def __init__(self, num_classes: int, width: float = 1.0, norm: bool = True):
        super().__init__()
        channels = scaled(BASIC_CHANNELS, width)
        self.conv1 = ConvUnit(3, channels, BASIC_KERNEL, norm=norm)
        self.conv2 = ConvUnit(channels, channels, BASIC_KERNEL, norm=norm)
        self.conv3 = ConvUnit(channels, channels, BASIC_KERNEL, norm=norm)
        self.conv4 = ConvUnit(channels, channels, BASIC_KERNEL, norm=norm)
        # The decoder's convolutions have no ReLU (section 3, "SegNet-Basic").
        linear = {"norm": norm, "activation": None}
        self.conv_decode4 = ConvUnit(channels, channels, BASIC_KERNEL, **linear)
        self.conv_decode3 = ConvUnit(channels, channels, BASIC_KERNEL, **linear)
        self.conv_decode2 = ConvUnit(channels, channels, BASIC_KERNEL, **linear)
        self.conv_decode1 = ConvUnit(channels, channels, BASIC_KERNEL, **linear)
        self.classifier = nn.Conv2d(channels, num_classes, 1)

    def score_map(self, images: Tensor) -> Tensor:
        """Return raw scores for every pixel."""
        features = F.local_response_norm(images, size=5, alpha=1e-4, beta=0.75)
        switches = []
        for conv in (self.conv1, self.conv2, self.conv3, self.conv4):
            features, where = self.pool(conv(features))
            switches.append(where)
        decoders = (self.conv_decode4, self.conv_decode3, self.conv_decode2, self.conv_decode1)
        for decode in decoders:
            features = decode(self.unpool(features, switches.pop()))
        return self.classifier(features)
