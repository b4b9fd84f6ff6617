"""What all networks share: the interface, convolution units, and upsampling that stays put."""

import copy
from collections import OrderedDict

import torch.nn.functional as F
from torch import Tensor, nn


class SegmentationNetwork(nn.Module):
    """A network that answers in two steps: its raw score map, then that map at the photo's size."""

    output_stride: int  # input pixels between neighbouring cells of the score map
    # The last convolution, in the score map's own resolution: what its bias (C,) gains, every score
    # of the class gains.
    classifier: nn.Conv2d

    def score_map(self, images: Tensor) -> Tensor:
        """Return raw scores `(N, C, h, w)`, at the network's own resolution.

        Args:
            images: `(N, 3, H, W)` normalised RGB, any H and W from 1.
        """
        raise NotImplementedError

    def upsample(self, scores: Tensor, size: tuple[int, int]) -> Tensor:
        """Return `scores` `(N, C, h, w)` bilinearly enlarged to `size`, (H, W)."""
        return F.interpolate(scores, size, mode="bilinear", align_corners=False)

    def forward(self, images: Tensor) -> Tensor:
        """Return raw scores `(N, C, H, W)` for every pixel of `images` `(N, 3, H, W)`."""
        return self.upsample(self.score_map(images), tuple(images.shape[-2:]))


def sharing_copy(network: SegmentationNetwork) -> SegmentationNetwork:
    """Return a copy whose modules are its own, while parameters and buffers are the same."""
    tensors = [*network.parameters(), *network.buffers()]
    return copy.deepcopy(network, {id(each): each for each in tensors})


class Unit(nn.Module):
    """A convolution of either kind, then batch norm and activation where there are any."""

    def __init__(
        self,
        conv: nn.Conv2d | nn.ConvTranspose2d,
        norm: bool,
        activation: type[nn.Module] | None,
    ):
        super().__init__()
        self.conv = conv
        self.norm = nn.BatchNorm2d(conv.out_channels) if norm else None
        self.activation = activation(inplace=True) if activation else None

    def forward(self, features: Tensor) -> Tensor:
        """Return features `(N, out_channels, h', w')`."""
        features = self.conv(features)
        if self.norm is not None:
            features = self.norm(features)
        return self.activation(features) if self.activation else features


class ConvUnit(Unit):
    """Convolution, then batch norm and ReLU where asked for: the brick of nearly every paper.

    Without batch norm the convolution carries a bias. With it, `norm_bias` says whether the
    paper's convolution has one all the same.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: int = 3,
        *,
        stride: int = 1,
        dilation: int = 1,
        groups: int = 1,
        padding: int | None = None,
        norm: bool = False,
        norm_bias: bool = True,
        activation: type[nn.Module] | None = nn.ReLU,
    ):
        if padding is None:
            padding = dilation * (kernel // 2)  # keeps the size at stride 1
        conv = nn.Conv2d(
            in_channels, out_channels, kernel, stride, padding, dilation, groups,
            bias=norm_bias or not norm,
        )  # fmt: skip
        super().__init__(conv, norm, activation)


class DeconvUnit(Unit):
    """Transposed convolution with a bias, then batch norm and ReLU where asked for.

    Enlarges `(h, w)` to `((h-1) stride + kernel - 2 padding)`, and `w` likewise.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: int,
        *,
        stride: int = 1,
        padding: int = 0,
        norm: bool = False,
        activation: type[nn.Module] | None = nn.ReLU,
    ):
        conv = nn.ConvTranspose2d(in_channels, out_channels, kernel, stride, padding)
        super().__init__(conv, norm, activation)


def scaled(channels: int, width: float) -> int:
    """Return `channels` times `width`, rounded, at least 1: a thinner form of the same layer."""
    return max(1, round(channels * width))


def named(**layers: nn.Module) -> nn.Sequential:
    """Return the layers in sequence, under their names in the paper."""
    return nn.Sequential(OrderedDict(layers))


def pad_to_grid(images: Tensor, stride: int) -> Tensor:
    """Repeat the last row and column until both sides are a multiple of `stride`, plus 1.

    On such a size, layers with symmetric padding keep their cells centred on the pixels
    0, stride, 2 stride, ..., and the last cell lies on the last pixel: the sizes 321 and 513
    of the DeepLab papers.
    """
    below, right = (-(length - 1) % stride for length in images.shape[-2:])
    return F.pad(images, (0, right, 0, below), mode="replicate") if below or right else images


def upsample_on_grid(scores: Tensor, size: tuple[int, int], stride: int) -> Tensor:
    """Return `scores` bilinearly enlarged to `size`, cell k lying on pixel k times `stride`.

    This is the Interp layer of the DeepLab releases. To stretch the map over the whole picture
    instead, as `align_corners=False` does, would move its borders by up to half a cell.
    """
    reach = tuple((cells - 1) * stride + 1 for cells in scores.shape[-2:])
    fine = F.interpolate(scores, reach, mode="bilinear", align_corners=True)
    beyond = [max(0, length - end) for length, end in zip(size, reach, strict=True)]
    if any(beyond):
        fine = F.pad(fine, (0, beyond[1], 0, beyond[0]), mode="replicate")
    return fine[..., : size[0], : size[1]]
