"""MobileNet v2 as an encoder, padded as TensorFlow pads it.

Sandler, Howard, Zhu, Zhmoginov & Chen, "MobileNetV2: Inverted Residuals and Linear Bottlenecks",
CVPR 2018, arXiv:1801.04381, table 2. The classifier's last 1x1 convolution is left out.
"""

import torch.nn.functional as F
from torch import Tensor, nn

from ..layers import ConvUnit
from ..precision import coarse_in_training_only
from .efficientnet_lite import InvertedResidual

STEM_CHANNELS = 32
# Expansion, output channels, number of blocks, stride of the first, dilation: table 2, but the
# last stride of 2 is a dilation of the blocks that follow, so that stride 16 stays.
STAGES = (
    (1, 16, 1, 1, 1),
    (6, 24, 2, 2, 1),
    (6, 32, 3, 2, 1),
    (6, 64, 4, 2, 1),
    (6, 96, 3, 1, 1),
    (6, 160, 1, 1, 1),
    (6, 160, 2, 1, 2),
    (6, 320, 1, 1, 2),
)


class SameUnit(ConvUnit):
    """A 3x3 unit under TensorFlow's "same" padding: at stride 2 it depends on the photo's size.

    An odd length is padded on both sides, its cells lie on the pixels 0, 2, 4, ...; an even one
    only at its end, and they lie on 1, 3, 5, ... .
    """

    def __init__(self, in_channels: int, out_channels: int, kernel: int, **options):
        super().__init__(in_channels, out_channels, kernel, padding=0, **options)

    def forward(self, features: Tensor) -> Tensor:
        """Return features `(N, out_channels, ceil(H/stride), ceil(W/stride))`."""
        dilation, stride = self.conv.dilation[0], self.conv.stride[0]
        above, left = (dilation - (1 - each % 2) * (stride - 1) for each in features.shape[-2:])
        return super().forward(F.pad(features, (left, dilation, above, dilation)))


class MobileNetV2(nn.Module):
    """The encoder: normalised RGB `(N, 3, H, W)` to `(N, channels, ceil(H/16), ceil(W/16))`."""

    def __init__(self, width: float = 1.0, norm: bool = True):
        super().__init__()
        common = {"norm": norm, "norm_bias": False, "activation": nn.ReLU6}
        before = divisible(STEM_CHANNELS, width)
        self.stem = SameUnit(3, before, 3, stride=2, **common)
        blocks = []
        for expansion, channels, depth, stride, dilation in STAGES:
            after = divisible(channels, width)
            for index in range(depth):
                grid = {"stride": stride if index == 0 else 1, "dilation": dilation}
                blocks.append(
                    InvertedResidual(before, after, 3, expansion, norm, unit=SameUnit, **grid)
                )
                before = after
        self.blocks = nn.Sequential(*blocks)
        self.channels = before
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eps = 1e-3  # the release's

    def forward(self, images: Tensor) -> Tensor:
        """Return the last features, at stride 16."""
        with coarse_in_training_only(self, images):
            features = self.blocks[0](self.stem(images))
        return self.blocks[1:](features)


def divisible(channels: int, width: float, divisor: int = 8) -> int:
    """Return about `channels` times `width`, a multiple of `divisor` not over 10 % too small."""
    wanted = channels * width
    rounded = max(divisor, int(wanted + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * wanted else rounded
