"""DeepLab v3 on MobileNet v2: the small form that its authors released for PASCAL VOC.

Chen et al., arXiv:1706.05587, and Sandler et al., arXiv:1801.04381, section 6.3. The Hub has its
weights as `google/deeplabv3_mobilenet_v2_1.0_513`; `published_state` reads them.
"""

import re
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from .backbones.mobilenet_v2 import MobileNetV2
from .deeplab_v3 import AtrousSpatialPyramidPooling
from .layers import SegmentationNetwork, scaled, upsample_on_grid


class DeepLabV3MobileNetV2(SegmentationNetwork):
    """MobileNet v2, a pyramid without dilated views (a 1x1 view and the mean), a 1x1 classifier.

    Input `(N, 3, H, W)` from -1 to 1; score map `(N, num_classes, ceil(H/16), ceil(W/16))`.
    `norm=False` is the same network with its batch norms folded into the convolutions.
    """

    output_stride = 16

    def __init__(self, num_classes: int, width: float = 1.0, norm: bool = True):
        super().__init__()
        channels = scaled(256, width)
        self.encoder = MobileNetV2(width, norm)
        self.pyramid = AtrousSpatialPyramidPooling(self.encoder.channels, channels, (), norm)
        self.dropout = nn.Dropout(0.1)
        self.classifier = nn.Conv2d(channels, num_classes, 1)

    def score_map(self, images: Tensor) -> Tensor:
        """Return raw scores at stride 16."""
        return self.classifier(self.dropout(self.pyramid(self.encoder(images))))

    def upsample(self, scores: Tensor, size: tuple[int, int]) -> Tensor:
        """Return `scores` enlarged, each cell on the pixel it is centred on.

        Under TensorFlow's padding the first cell's place depends on the size, but the last cell
        always lies on the last pixel: so the grid is laid out from there.
        """
        return upsample_on_grid(scores.flip(-2, -1), size, self.output_stride).flip(-2, -1)


# From transformers' names to those here, one after the other.
RENAMINGS = (
    (r"^mobilenet_v2\.conv_stem\.first_conv\b", "encoder.stem"),
    (r"^mobilenet_v2\.conv_stem\b", "encoder.blocks.0"),  # which they count apart from the rest
    (r"^mobilenet_v2\.layer\.(\d+)", lambda found: f"encoder.blocks.{int(found[1]) + 1}"),
    (r"^segmentation_head\.classifier\.convolution\b", "classifier"),
    (r"^segmentation_head\.conv_pool\b", "pyramid.pooled"),
    (r"^segmentation_head\.conv_aspp\b", "pyramid.point"),
    (r"^segmentation_head\.conv_projection\b", "pyramid.merge"),
    (r"\.expand_1x1\.", ".expand."),
    (r"\.conv_3x3\.", ".depthwise."),
    (r"\.reduce_1x1\.", ".project."),
    (r"\.convolution\.", ".conv."),
    (r"\.normalization\.", ".norm."),
)


def published_state(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return transformers' `MobileNetV2ForSemanticSegmentation` under the names used here.

    Left out is `mobilenet_v2.conv_1x1`, which ends the classifier and never sees a segmentation.
    A name that is none of that network's stays as it is, for a strict loading to complain about.

    Raises:
        ValueError: If the pyramid's last convolution is missing.
    """
    own = {
        _own_name(name): value
        for name, value in state.items()
        if not name.startswith("mobilenet_v2.conv_1x1.")
    }
    merge = "pyramid.merge.conv.weight"
    if merge not in own:
        raise ValueError("these are no weights of transformers' MobileNetV2ForSemanticSegmentation")
    # There the picture's mean comes before the 1x1 view; here it is the last.
    mean, point = own[merge].chunk(2, dim=1)
    return {**own, merge: torch.cat([point, mean], dim=1)}


def _own_name(name: str) -> str:
    for theirs, ours in RENAMINGS:
        name = re.sub(theirs, ours, name)
    return name
