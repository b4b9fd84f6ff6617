"""DeepLab v3: dilated convolutions at several rates side by side, and the whole picture's mean.

Chen, Papandreou, Schroff & Adam, "Rethinking Atrous Convolution for Semantic Image Segmentation",
2017, arXiv:1706.05587. The paper's ResNet-101 is replaced by a mobile encoder.
"""

import torch
from torch import Tensor, nn

from .backbones.efficientnet_lite import EfficientNetLite2
from .layers import ConvUnit, SegmentationNetwork, pad_to_grid, scaled, upsample_on_grid

RATES_AT_STRIDE_16 = (6, 12, 18)  # section 4.1; doubled at stride 8


class AtrousSpatialPyramidPooling(nn.Module):
    """Section 3.3: a 1x1 view, three dilated 3x3 views and the picture's mean, merged by 1x1."""

    def __init__(self, before: int, channels: int, rates: tuple[int, ...], norm: bool):
        super().__init__()
        common = {"norm": norm, "norm_bias": False}
        self.point = ConvUnit(before, channels, 1, **common)
        self.atrous = nn.ModuleList(
            ConvUnit(before, channels, 3, dilation=rate, **common) for rate in rates
        )
        self.pooled = ConvUnit(before, channels, 1, **common)
        self.merge = ConvUnit(channels * (len(rates) + 2), channels, 1, **common)

    def forward(self, features: Tensor) -> Tensor:
        """Return `(N, channels, h, w)` for features `(N, before, h, w)`."""
        mean = self.pooled(features.mean((2, 3), keepdim=True)).expand(-1, -1, *features.shape[2:])
        views = [self.point(features), *(unit(features) for unit in self.atrous), mean]
        return self.merge(torch.cat(views, dim=1))


class DeepLabV3(SegmentationNetwork):
    """EfficientNet-Lite2, atrous spatial pyramid pooling and a 1x1 classifier.

    Input `(N, 3, H, W)`; score map at `output_stride` 8 or 16, cells on the pixels 0, stride, ...
    `norm=False` is the same network with its batch norms folded into the convolutions.
    """

    def __init__(
        self, num_classes: int, width: float = 1.0, output_stride: int = 16, norm: bool = True
    ):
        super().__init__()
        if output_stride not in (8, 16):
            raise ValueError(f"output_stride must be 8 or 16, got {output_stride}")
        self.output_stride = output_stride
        rates = tuple(rate * 16 // output_stride for rate in RATES_AT_STRIDE_16)
        channels = scaled(256, width)
        self.encoder = EfficientNetLite2(output_stride, norm)
        self.pyramid = AtrousSpatialPyramidPooling(self.encoder.channels, channels, rates, norm)
        self.dropout = nn.Dropout(0.1)
        self.classifier = nn.Conv2d(channels, num_classes, 1)

    def score_map(self, images: Tensor) -> Tensor:
        """Return raw scores at the output stride."""
        features = self.encoder(pad_to_grid(images, self.output_stride))
        return self.classifier(self.dropout(self.pyramid(features)))

    def upsample(self, scores: Tensor, size: tuple[int, int]) -> Tensor:
        """Return `scores` enlarged, each cell on the pixel it is centred on."""
        return upsample_on_grid(scores, size, self.output_stride)
