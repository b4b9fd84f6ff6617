"""U-Net: every level of the way down is laid beside the same level of the way up.

Ronneberger, Fischer & Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation",
MICCAI 2015, arXiv:1505.04597, figure 1.
"""

import math
from itertools import pairwise

import torch
from torch import Tensor, nn

from .layers import ConvUnit, DeconvUnit, SegmentationNetwork, named, scaled
from .padding import centre_crop, mirror_pad

LEVELS = (64, 128, 256, 512, 1024)  # channels from the finest level to the coarsest
# Two valid 3x3 convolutions on each of the nine levels take 4 cells of 1, 2, 4, 8 or 16 pixels off
# (each but the coarsest twice): 2 * 4 * (1 + 2 + 4 + 8) + 4 * 16.
VALID_MARGIN = 184
COARSEST = 16  # pixels to a cell after four poolings


class UNet(SegmentationNetwork):
    """Four poolings, four 2x2 up-convolutions, four skips.

    Input `(N, 3, H, W)`; score map `(N, num_classes, H, W)`. With `padding="valid"` the
    convolutions are the paper's, which lose their borders (572 pixels give 388), and the photo is
    mirrored outwards first; with `padding="same"` they keep the size.
    """

    output_stride = 1

    def __init__(
        self,
        num_classes: int,
        width: float = 1.0,
        padding: str = "same",
        norm: bool = False,
        dropout: float = 0.5,
    ):
        super().__init__()
        if padding not in ("same", "valid"):
            raise ValueError(f"padding must be 'same' or 'valid', got {padding!r}")
        self.margin = VALID_MARGIN if padding == "valid" else 0
        pixels = 0 if padding == "valid" else 1
        channels = [scaled(each, width) for each in LEVELS]
        before = [3, *channels[:-1]]
        self.down = nn.ModuleList(
            _double(fine, coarse, pixels, norm)
            for fine, coarse in zip(before, channels, strict=True)
        )
        self.pool = nn.MaxPool2d(2)
        self.dropout = nn.Dropout(dropout)  # "at the end of the contracting path" (section 3.1)
        pairs = list(pairwise(channels))[::-1]
        self.up = nn.ModuleList(
            DeconvUnit(coarse, fine, 2, stride=2, norm=norm, activation=None)
            for fine, coarse in pairs
        )
        self.merge = nn.ModuleList(_double(2 * fine, fine, pixels, norm) for fine, _ in pairs)
        self.score = nn.Conv2d(channels[0], num_classes, 1)
        self.apply(_initialise)

    @property
    def classifier(self) -> nn.Conv2d:
        """The convolution that gives the scores, `score`."""
        return self.score

    def score_map(self, images: Tensor) -> Tensor:
        """Return raw scores for every pixel."""
        height, width = images.shape[-2:]
        features, skips = self._mirrored(images), []
        for level, down in enumerate(self.down):
            features = down(features if level == 0 else self.pool(features))
            if level >= 3:
                features = self.dropout(features)
            skips.append(features)
        features = skips.pop()
        for up, merge in zip(self.up, self.merge, strict=True):
            features = up(features)
            skip = centre_crop(skips.pop(), features.shape[-2:])
            features = merge(torch.cat([skip, features], dim=1))
        return self.score(features)[..., :height, :width]

    def _mirrored(self, images: Tensor) -> Tensor:
        """Return the photo in its mirrored border: margins lost to convolutions, whole cells."""
        before = self.margin // 2
        # Every pooling must find an even length: with valid convolutions that takes 4 mod 16
        # pixels of scores (12 mod 16 of input, as the paper's 388 and 572), else 0 mod 16.
        remainder = 4 if self.margin else 0
        below, right = (before + (remainder - each) % COARSEST for each in images.shape[-2:])
        return mirror_pad(images, before, below, before, right)


def _double(before: int, after: int, padding: int, norm: bool) -> nn.Sequential:
    return named(
        conv1=ConvUnit(before, after, padding=padding, norm=norm),
        conv2=ConvUnit(after, after, padding=padding, norm=norm),
    )


def _initialise(module: nn.Module) -> None:
    # Section 3: deviation sqrt(2 / N), N the incoming values of one neuron.
    if isinstance(module, nn.Conv2d):
        incoming = module.in_channels * module.kernel_size[0] ** 2
    elif isinstance(module, nn.ConvTranspose2d):
        incoming = module.in_channels  # a 2x2 kernel at stride 2 reaches each pixel once
    else:
        return
    nn.init.normal_(module.weight, std=math.sqrt(2 / incoming))
    nn.init.zeros_(module.bias)
