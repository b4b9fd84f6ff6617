"""DeepLab v1: VGG-16 with holes, so that its scores stay eight times finer than a classifier's.

Chen, Papandreou, Kokkinos, Murphy & Yuille, "Semantic Image Segmentation with Deep Convolutional
Nets and Fully Connected CRFs", ICLR 2015, arXiv:1412.7062. Layer sizes follow the authors'
DeepLab-LargeFOV and DeepLab-MSc-LargeFOV prototxt files.
"""

from torch import Tensor, nn

from .backbones import vgg
from .layers import ConvUnit, SegmentationNetwork, named, pad_to_grid, scaled, upsample_on_grid


def _pool(stride: int) -> nn.MaxPool2d:
    # 3x3 with padding 1, where VGG has 2x2: every cell stays centred on a pixel of the photo, and
    # stages 4 and 5 can pool without shrinking. Caffe rounds up.
    return nn.MaxPool2d(3, stride=stride, padding=1, ceil_mode=True)


class DeepLabV1(SegmentationNetwork):
    """DeepLab-LargeFOV: dilation keeps stride 8, and fc6 sees far with few weights.

    Input `(N, 3, H, W)`; score map `(N, num_classes, ceil((H-1)/8)+1, ceil((W-1)/8)+1)`.
    """

    output_stride = 8

    def __init__(
        self, num_classes: int, width: float = 1.0, fc_channels: int = 1024, norm: bool = False
    ):
        super().__init__()
        self.stage1 = vgg.stage(1, width=width, norm=norm)
        self.stage2 = vgg.stage(2, width=width, norm=norm)
        self.stage3 = vgg.stage(3, width=width, norm=norm)
        self.stage4 = vgg.stage(4, width=width, norm=norm)
        self.stage5 = vgg.stage(5, width=width, norm=norm, dilation=2)
        self.halve = _pool(stride=2)
        self.keep = _pool(stride=1)
        self.average = nn.AvgPool2d(3, stride=1, padding=1)
        self.fc6 = ConvUnit(vgg.channels(5, width), fc_channels, 3, dilation=12, norm=norm)
        self.fc7 = ConvUnit(fc_channels, fc_channels, 1, norm=norm)
        self.dropout = nn.Dropout(0.5)
        self.fc8 = nn.Conv2d(fc_channels, num_classes, 1)

    @property
    def classifier(self) -> nn.Conv2d:
        """The convolution that gives the scores, `fc8`."""
        return self.fc8

    def score_map(self, images: Tensor) -> Tensor:
        """Return raw scores at stride 8."""
        return self._head(self._pools(images)[-1])

    def _pools(self, images: Tensor) -> list[Tensor]:
        pool1 = self.halve(self.stage1(images))  # stride 2
        pool2 = self.halve(self.stage2(pool1))  # stride 4
        pool3 = self.halve(self.stage3(pool2))  # stride 8, and so to the end
        pool4 = self.keep(self.stage4(pool3))
        pool5 = self.keep(self.stage5(pool4))
        return [pool1, pool2, pool3, pool4, pool5]

    def _head(self, pool5: Tensor) -> Tensor:
        fc6 = self.dropout(self.fc6(self.average(pool5)))
        return self.fc8(self.dropout(self.fc7(fc6)))

    def upsample(self, scores: Tensor, size: tuple[int, int]) -> Tensor:
        """Return `scores` enlarged eight times, each cell on the pixel it is centred on."""
        return upsample_on_grid(scores, size, self.output_stride)


class DeepLabV1MultiScale(DeepLabV1):
    """DeepLab-MSc-LargeFOV: the photo and the first four poolings vote on the scores too."""

    def __init__(
        self, num_classes: int, width: float = 1.0, fc_channels: int = 1024, norm: bool = False
    ):
        super().__init__(num_classes, width, fc_channels, norm)
        channels = [3, *(vgg.channels(number, width) for number in range(1, 5))]
        strides = (8, 4, 2, 1, 1)  # from the photo and pools 1-4 to the score map's grid
        self.branches = nn.ModuleList(
            _branch(before, scaled(128, width), num_classes, stride, norm)
            for before, stride in zip(channels, strides, strict=True)
        )

    @property
    def classifier(self) -> nn.Conv2d:
        """The convolution that gives the scores, `score` of the last branch: they are added up."""
        return self.branches[-1].score

    def score_map(self, images: Tensor) -> Tensor:
        """Return raw scores at stride 8: the main scores plus those of the five branches."""
        images = pad_to_grid(images, self.output_stride)
        pools = self._pools(images)
        scores = self._head(pools[-1])
        for branch, features in zip(self.branches, [images, *pools[:4]], strict=True):
            scores = scores + branch(features)
        return scores


def _branch(before: int, channels: int, num_classes: int, stride: int, norm: bool) -> nn.Sequential:
    return named(
        conv1=ConvUnit(before, channels, 3, stride=stride, norm=norm),
        dropout1=nn.Dropout(0.5),
        conv2=ConvUnit(channels, channels, 1, norm=norm),
        dropout2=nn.Dropout(0.5),
        score=nn.Conv2d(channels, num_classes, 1),
    )
