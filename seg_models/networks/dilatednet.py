"""DilatedNet: VGG-16 without its last two poolings, and a context module of growing dilations.

Yu & Koltun, "Multi-Scale Context Aggregation by Dilated Convolutions", ICLR 2016, arXiv:1511.07122.
"""

import torch
from torch import Tensor, nn

from .backbones import vgg
from .layers import ConvUnit, SegmentationNetwork, named
from .upsampling import enlarge, fit, fixed_upsampling

DILATIONS = (1, 1, 2, 4, 8, 16, 1)  # table 1; a 1x1 convolution follows
# Channels of the eight convolutions, in multiples of the classes (table 1).
CONTEXTS = {"basic": (1, 1, 1, 1, 1, 1, 1, 1), "large": (2, 2, 4, 8, 16, 32, 32, 1)}
NOISE = 1e-3  # deviation of the large module's other weights, relative to the identity's


class DilatedNetFrontEnd(SegmentationNetwork):
    """The front end by itself: dilation stands in for the fourth and fifth pooling.

    Input `(N, 3, H, W)`; score map `(N, num_classes, ceil(H/8), ceil(W/8))`, each cell the middle
    of its 8x8 pixels. The release mirrors the photo outwards by 186 pixels and pads nothing
    inside; here every convolution pads with zeros and keeps its size.
    """

    output_stride = 8

    def __init__(
        self, num_classes: int, width: float = 1.0, fc_channels: int = 4096, norm: bool = False
    ):
        super().__init__()
        self.stage1 = vgg.stage(1, width=width, norm=norm)
        self.stage2 = vgg.stage(2, width=width, norm=norm)
        self.stage3 = vgg.stage(3, width=width, norm=norm)
        self.stage4 = vgg.stage(4, width=width, norm=norm)
        self.stage5 = vgg.stage(5, width=width, norm=norm, dilation=2)
        self.pool = vgg.pool()
        self.fc6 = ConvUnit(vgg.channels(5, width), fc_channels, 7, dilation=4, norm=norm)
        self.fc7 = ConvUnit(fc_channels, fc_channels, 1, norm=norm)
        self.dropout = nn.Dropout(0.5)
        self.score = nn.Conv2d(fc_channels, num_classes, 1)
        self.upscore = fixed_upsampling(num_classes, self.output_stride)

    @property
    def classifier(self) -> nn.Conv2d:
        """The convolution that gives the scores, `score`."""
        return self.score

    def score_map(self, images: Tensor) -> Tensor:
        """Return raw scores at stride 8."""
        pool1 = self.pool(self.stage1(images))  # stride 2
        pool2 = self.pool(self.stage2(pool1))  # stride 4
        pool3 = self.pool(self.stage3(pool2))  # stride 8, and so to the end
        fc6 = self.dropout(self.fc6(self.stage5(self.stage4(pool3))))
        return self.score(self.dropout(self.fc7(fc6)))

    def upsample(self, scores: Tensor, size: tuple[int, int]) -> Tensor:
        """Return `scores` enlarged by the network's own transposed convolution, cut to `size`."""
        return fit(enlarge(self.upscore, scores), size, self.output_stride)


class DilatedNet(DilatedNetFrontEnd):
    """The front end and a context module, "basic" or "large", that sees 67x67 cells at once."""

    def __init__(
        self,
        num_classes: int,
        width: float = 1.0,
        fc_channels: int = 4096,
        norm: bool = False,
        context: str = "basic",
    ):
        super().__init__(num_classes, width, fc_channels, norm)
        self.context = context_module(num_classes, context)

    @property
    def classifier(self) -> nn.Conv2d:
        """The convolution that gives the scores, `score` of the context module."""
        return self.context.score

    def score_map(self, images: Tensor) -> Tensor:
        """Return raw scores at stride 8."""
        return self.context(super().score_map(images))


def context_module(num_classes: int, form: str = "basic") -> nn.Sequential:
    """Return the module of section 3: scores in, scores of the same shape out.

    At first it passes scores from 0 up as they are, cells and classes apart; with random weights
    it would not learn (section 3).

    Raises:
        ValueError: If `form` is neither "basic" nor "large".
    """
    if form not in CONTEXTS:
        raise ValueError(f"context must be 'basic' or 'large', got {form!r}")
    layers, before = {}, num_classes
    for index, multiple in enumerate(CONTEXTS[form][:-1], start=1):
        after, dilation = multiple * num_classes, DILATIONS[index - 1]
        layers[f"ctx{index}"] = ConvUnit(before, after, dilation=dilation)
        before = after
    layers["score"] = nn.Conv2d(before, CONTEXTS[form][-1] * num_classes, 1)
    noise = NOISE if form == "large" else 0.0
    for layer in layers.values():
        initialise_identity(getattr(layer, "conv", layer), num_classes, noise)
    return named(**layers)


@torch.no_grad()
def initialise_identity(conv: nn.Conv2d, num_classes: int, noise: float) -> None:
    """Set `conv` so that channels of a class go on to those of the same class (equations 4, 5).

    The weight between them is C / c_out at the kernel's centre, which makes the sum over a class's
    channels the same after as before. All others are normal with deviation `noise` times that:
    without it, the channels of a class would stay copies of each other for ever.
    """
    after, before, size, _ = conv.weight.shape
    weight = num_classes / after
    nn.init.normal_(conv.weight, std=noise * weight) if noise else nn.init.zeros_(conv.weight)
    nn.init.zeros_(conv.bias)
    classes_after = torch.arange(after) * num_classes // after
    classes_before = torch.arange(before) * num_classes // before
    same = classes_after[:, None] == classes_before
    centre = conv.weight[:, :, size // 2, size // 2]
    centre.copy_(torch.where(same, weight, centre))
