"""FCN: VGG-16 made convolutional, with skips from its finer stages.

Long, Shelhamer & Darrell, "Fully Convolutional Networks for Semantic Segmentation", CVPR 2015,
arXiv:1411.4038. Layer sizes follow the authors' voc-fcn32s, voc-fcn16s and voc-fcn8s.
"""

from torch import Tensor, nn

from .backbones import vgg
from .layers import ConvUnit, SegmentationNetwork
from .padding import pad_to_multiple
from .upsampling import enlarge, fit, fixed_upsampling, learnt_upsampling

COARSEST = 32  # pixels to a cell after five poolings


class FCN32s(SegmentationNetwork):
    """The coarsest FCN: the classifier's own scores, enlarged 32 times.

    Input `(N, 3, H, W)`; score map `(N, num_classes, ceil(H/32), ceil(W/32))`, each cell the
    middle of its 32x32 pixels. The authors pad the photo by 100 and crop the scores by offsets;
    here it is padded to whole cells, and the maps meet without offsets.
    """

    output_stride = 32

    def __init__(
        self, num_classes: int, width: float = 1.0, fc_channels: int = 4096, norm: bool = False
    ):
        super().__init__()
        self.stage1 = vgg.stage(1, width=width, norm=norm)
        self.stage2 = vgg.stage(2, width=width, norm=norm)
        self.stage3 = vgg.stage(3, width=width, norm=norm)
        self.stage4 = vgg.stage(4, width=width, norm=norm)
        self.stage5 = vgg.stage(5, width=width, norm=norm)
        self.pool = vgg.pool()
        self.fc6 = ConvUnit(vgg.channels(5, width), fc_channels, 7, norm=norm)
        self.fc7 = ConvUnit(fc_channels, fc_channels, 1, norm=norm)
        self.dropout = nn.Dropout(0.5)
        self.score_fr = nn.Conv2d(fc_channels, num_classes, 1)
        # The last enlargement stays bilinear; those between the skips learn (section 4.3).
        self.upscore = fixed_upsampling(num_classes, self.output_stride)

    @property
    def classifier(self) -> nn.Conv2d:
        """The convolution that gives the scores, `score_fr`."""
        return self.score_fr

    def score_map(self, images: Tensor) -> Tensor:
        """Return raw scores at the output stride."""
        # Rounded up without `-(-a // b)`, which ONNX, dividing towards 0, would not round up.
        beyond = self.output_stride - 1
        height, width = ((each + beyond) // self.output_stride for each in images.shape[-2:])
        scores = self._scores(self._pools(pad_to_multiple(images, COARSEST)))
        return scores[..., :height, :width]

    def _pools(self, images: Tensor) -> list[Tensor]:
        pool1 = self.pool(self.stage1(images))  # stride 2
        pool2 = self.pool(self.stage2(pool1))  # stride 4
        pool3 = self.pool(self.stage3(pool2))  # stride 8
        pool4 = self.pool(self.stage4(pool3))  # stride 16
        pool5 = self.pool(self.stage5(pool4))  # stride 32
        return [pool1, pool2, pool3, pool4, pool5]

    def _scores(self, pools: list[Tensor]) -> Tensor:
        fc6 = self.dropout(self.fc6(pools[4]))
        return self.score_fr(self.dropout(self.fc7(fc6)))

    def upsample(self, scores: Tensor, size: tuple[int, int]) -> Tensor:
        """Return `scores` enlarged by the network's own transposed convolution, cut to `size`."""
        return fit(enlarge(self.upscore, scores), size, self.output_stride)


class FCN16s(FCN32s):
    """FCN-32s whose scores are refined at stride 16 by a view of the fourth pooling."""

    output_stride = 16

    def __init__(
        self, num_classes: int, width: float = 1.0, fc_channels: int = 4096, norm: bool = False
    ):
        super().__init__(num_classes, width, fc_channels, norm)
        self.upscore2 = learnt_upsampling(num_classes, 2)
        self.score_pool4 = _skip(vgg.channels(4, width), num_classes)

    @property
    def classifier(self) -> nn.Conv2d:
        """The convolution that gives the scores, `score_pool4`: its scores are added last."""
        return self.score_pool4

    def _scores(self, pools: list[Tensor]) -> Tensor:
        return enlarge(self.upscore2, super()._scores(pools)) + self.score_pool4(pools[3])


class FCN8s(FCN16s):
    """FCN-16s whose scores are refined once more, at stride 8, by a view of the third pooling."""

    output_stride = 8

    def __init__(
        self, num_classes: int, width: float = 1.0, fc_channels: int = 4096, norm: bool = False
    ):
        super().__init__(num_classes, width, fc_channels, norm)
        self.upscore_pool4 = learnt_upsampling(num_classes, 2)
        self.score_pool3 = _skip(vgg.channels(3, width), num_classes)

    @property
    def classifier(self) -> nn.Conv2d:
        """The convolution that gives the scores, `score_pool3`: its scores are added last."""
        return self.score_pool3

    def _scores(self, pools: list[Tensor]) -> Tensor:
        return enlarge(self.upscore_pool4, super()._scores(pools)) + self.score_pool3(pools[2])


def _skip(channels: int, num_classes: int) -> nn.Conv2d:
    # Zero, so that a new skip leaves the scores as they are until it has learnt (section 4.2).
    layer = nn.Conv2d(channels, num_classes, 1)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer
