"""VGG-16's stages of three convolutions, said again with U-Net's two.

U-Net's way down has VGG's channels, but a convolution less in each deeper stage; with one left
out, the next stage would not know what it sees. So each level's second convolution is fitted, by
least squares, to answer what the stage's last one answers before its ReLU.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..networks.unet import UNet

RIDGE = 1e-3  # of the inputs' mean square: decides where the photos leave it open
CELLS = 40_000  # of all photos together, drawn for a fit: several for each of its 4,608 unknowns


@torch.no_grad()
def fit(network: UNet, trunk: nn.Module, images: Tensor) -> None:
    """Set the convolutions of `network`'s way down from `trunk`'s VGG stages, in place.

    Args:
        network: Not below paper width; its norms, if any, are left alone.
        trunk: Has `stage1` to `stage5`, without norms.
        images: (N, 3, H, W) normalised as `trunk` sees them.
    """
    ours = theirs = images
    for number, down in enumerate(network.down, start=1):
        if number > 1:
            ours, theirs = network.pool(ours), network.pool(theirs)
        first, *between, last = (unit.conv for unit in trunk.get_submodule(f"stage{number}"))
        _take(down.conv1.conv, first.weight, first.bias)
        for conv in (first, *between):
            theirs = F.relu(_answer(conv, theirs))
        theirs = _answer(last, theirs)
        ours = F.relu(_answer(down.conv1.conv, ours))
        if between:
            _take(down.conv2.conv, *_least_squares(ours[:, : first.out_channels], theirs))
        else:
            _take(down.conv2.conv, last.weight, last.bias)
        ours, theirs = F.relu(_answer(down.conv2.conv, ours)), F.relu(theirs)


def _answer(conv: nn.Conv2d, features: Tensor) -> Tensor:
    """Return what `conv` gives without dilation: at U-Net's strides it has none."""
    return F.conv2d(features, conv.weight, conv.bias, padding=1)


def _take(conv: nn.Conv2d, weight: Tensor, bias: Tensor) -> None:
    """Let `conv`'s first channels be these, and hear no others than these do."""
    after, before = weight.shape[:2]
    conv.weight[:after] = 0
    conv.weight[:after, :before] = weight
    conv.bias[:after] = bias


def _least_squares(features: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """Return the 3x3 weight and bias that come closest to `wanted` from `features`, both NCHW."""
    channels, unknowns = wanted.shape[1], 9 * features.shape[1] + 1
    squares = torch.zeros(unknowns, unknowns, device=features.device)
    products = torch.zeros(unknowns, channels, device=features.device)
    for one, answer in zip(features, wanted, strict=True):
        rows = F.pad(F.unfold(one[None], 3, padding=1)[0].T, (0, 1), value=1.0)
        drawn = torch.randperm(len(rows), device=rows.device)[: CELLS // len(features)]
        rows, answers = rows[drawn], answer.flatten(1).T[drawn]
        squares += rows.T @ rows
        products += rows.T @ answers
    squares.diagonal()[:-1].add_(RIDGE * squares.diagonal()[:-1].mean())
    solution = torch.linalg.solve(squares.double(), products.double()).to(features.dtype)
    return solution[:-1].T.reshape(channels, -1, 3, 3), solution[-1]
