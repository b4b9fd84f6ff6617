"""The thirteen convolutions of VGG-16, which FCN, DeconvNet, SegNet and DeepLab v1 start from.

Simonyan & Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition",
ICLR 2015, arXiv:1409.1556, configuration D.
"""

from torch import nn

from ..layers import ConvUnit, named, scaled

# Output channels and number of 3x3 convolutions of stages 1 to 5.
STAGES = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))


def stage(number: int, *, width: float = 1.0, dilation: int = 1, norm: bool = False):
    """Return the convolutions of stage `number` (1 to 5) under their names, without the pooling.

    Each is 3x3, keeps the size, and ends in a ReLU; `norm` puts batch norm before it.
    """
    channels, depth = STAGES[number - 1]
    before = 3 if number == 1 else scaled(STAGES[number - 2][0], width)
    channels = scaled(channels, width)
    units = {}
    for index in range(1, depth + 1):
        units[f"conv{number}_{index}"] = ConvUnit(before, channels, dilation=dilation, norm=norm)
        before = channels
    return named(**units)


def channels(number: int, width: float = 1.0) -> int:
    """Return the channels that stage `number` puts out."""
    return scaled(STAGES[number - 1][0], width)


def pool() -> nn.MaxPool2d:
    """Return VGG's 2x2 pooling; Caffe rounds pooled sizes up, PyTorch's default would not."""
    return nn.MaxPool2d(2, stride=2, ceil_mode=True)
