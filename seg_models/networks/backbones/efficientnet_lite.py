"""EfficientNet-Lite2 as an encoder: the small, strong backbone of our DeepLab v3.

Tan & Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", ICML 2019,
arXiv:1905.11946; the Lite form (no squeeze-and-excitation, ReLU6, fixed stem) is its authors'
release for mobile CPUs. The classifier's last 1x1 convolution and head are left out.
"""

from torch import Tensor, nn

from ..layers import ConvUnit
from ..precision import coarse_in_training_only

STEM_CHANNELS = 32
# Kernel, stride, expansion, output channels and number of blocks: B0's rows with width 1.1 and
# depth 1.2 applied; the Lite release keeps the first row's and the last row's depth.
STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 3),
    (5, 2, 6, 48, 3),
    (3, 2, 6, 88, 4),
    (5, 1, 6, 120, 4),
    (5, 2, 6, 208, 5),
    (3, 1, 6, 352, 1),
)


class InvertedResidual(nn.Module):
    """Widen with 1x1, filter each channel, narrow with 1x1; add the input where shapes agree."""

    def __init__(
        self,
        before: int,
        after: int,
        kernel: int,
        expansion: int,
        norm: bool,
        unit: type[ConvUnit] = ConvUnit,
        **grid: int,
    ):
        super().__init__()
        inner = before * expansion
        common = {"norm": norm, "norm_bias": False, "activation": nn.ReLU6}
        self.expand = ConvUnit(before, inner, 1, **common) if expansion > 1 else None
        self.depthwise = unit(inner, inner, kernel, groups=inner, **grid, **common)
        self.project = ConvUnit(inner, after, 1, **{**common, "activation": None})
        self.residual = before == after and grid["stride"] == 1

    def forward(self, features: Tensor) -> Tensor:
        """Return features `(N, after, h', w')`."""
        inner = self.expand(features) if self.expand else features
        result = self.project(self.depthwise(inner))
        return features + result if self.residual else result


class EfficientNetLite2(nn.Module):
    """The encoder: normalised RGB `(N, 3, H, W)` to features `(N, 352, H/stride, W/stride)`.

    `output_stride` 8 or 16 turns later strides into dilations, as DeepLab does with its backbones.
    """

    def __init__(self, output_stride: int = 16, norm: bool = True):
        super().__init__()
        common = {"norm": norm, "norm_bias": False, "activation": nn.ReLU6}
        self.stem = ConvUnit(3, STEM_CHANNELS, 3, stride=2, **common)
        self.channels = STAGES[-1][3]
        before, reached, dilation = STEM_CHANNELS, 2, 1
        blocks = []
        for kernel, stride, expansion, after, depth in STAGES:
            for index in range(depth):
                step = stride if index == 0 else 1
                here = dilation  # the block that would shrink still sees its old neighbours
                if step > 1 and reached >= output_stride:
                    dilation, step = dilation * step, 1
                reached *= step
                blocks.append(
                    InvertedResidual(
                        before, after, kernel, expansion, norm, stride=step, dilation=here
                    )
                )
                before = after
        self.blocks = nn.Sequential(*blocks)
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eps, module.momentum = 1e-3, 0.01  # the release's

    def forward(self, images: Tensor) -> Tensor:
        """Return the last features, at the output stride."""
        with coarse_in_training_only(self, images):
            features = self.blocks[0](self.stem(images))
        return self.blocks[1:](features)
