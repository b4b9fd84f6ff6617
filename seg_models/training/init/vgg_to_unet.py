"""VGG-16's stages of three convolutions, approximated by U-Net's two.

U-Net's way down has VGG's channels, but a convolution less in each deeper stage; with one left
out, the next stage would not know what it sees. So each level's second convolution is fitted, by
least squares, to answer what the stage's last one answers before its ReLU.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...networks.unet import UNet
from . import least_squares


@torch.no_grad()
def fit(network: UNet, encoder: nn.Module, images: Tensor) -> None:
    """Set the convolutions of `network`'s way down from `encoder`'s VGG stages, in place.

    Args:
        network: Not below paper width; its norms, if any, are left alone.
        encoder: Has `stage1` to `stage5`, without norms.
        images: (N, 3, H, W) normalised as `encoder` sees them.
    """
    ours = theirs = images
    for number, down in enumerate(network.down, start=1):
        if number > 1:
            ours, theirs = network.pool(ours), network.pool(theirs)
        first, *between, last = (unit.conv for unit in encoder.get_submodule(f"stage{number}"))
        _take(down.conv1.conv, first.weight, first.bias)
        for conv in (first, *between):
            theirs = F.relu(_answer(conv, theirs))
        theirs = _answer(last, theirs)
        ours = F.relu(_answer(down.conv1.conv, ours))
        if between:
            inputs = ours[:, : first.out_channels]
            _take(down.conv2.conv, *least_squares.fit(inputs, theirs, kernel=3))
        else:
            _take(down.conv2.conv, last.weight, last.bias)
        ours, theirs = F.relu(_answer(down.conv2.conv, ours)), F.relu(theirs)


def _answer(conv: nn.Conv2d, features: Tensor) -> Tensor:
    """Return what `conv` gives without dilation: at U-Net's strides it has none."""
    return F.conv2d(features, conv.weight, conv.bias, padding=1)


def _take(conv: nn.Conv2d, weight: Tensor, bias: Tensor) -> None:
    """Let `conv`'s first channels be these, and read no others than these do."""
    after, before = weight.shape[:2]
    conv.weight[:after] = 0
    conv.weight[:after, :before] = weight
    conv.bias[:after] = bias
