"""Decoders that begin by passing on what reaches them, and learn from there.

Thirteen random layers hide from a classifier what the encoder knows, until they have unlearnt
themselves. Here each layer hands its input on at first: channel to channel where their numbers are
the same, else in fixed random mixtures; behind an unpooling it fills the gaps between the maxima.
SegNet, 3 minutes on two cores, 40 instead of 34 % val mIoU.
"""

import torch
from torch import Tensor, nn

from ..networks.layers import Unit

# How far a value spreads along each axis. After 2x2 unpooling one cell in four is not zero, and
# the four shares that reach a cell add up to 1 on average.
TENT = (0.5, 1.0, 0.5)
POINT = (0.0, 1.0, 0.0)
NOISE = 0.1  # of what random weights would have, so that channels grow apart
LIFTED = 0.5  # deviations by which norms lift the features, so that fewer are lost to the ReLU


@torch.no_grad()
def let_through(network: nn.Module, parts: tuple[str, ...]) -> None:
    """Set the 3x3 convolutions of `parts`, each a sequence behind an unpooling, in place."""
    for name in parts:
        for index, unit in enumerate(network.get_submodule(name)):
            _set(unit, TENT if index == 0 else POINT)


def _set(unit: Unit, line: tuple[float, ...]) -> None:
    conv = unit.conv
    mixture = _mixture(conv.in_channels, conv.out_channels)
    spread = torch.outer(torch.tensor(line), torch.tensor(line))
    random = nn.init.kaiming_normal_(torch.empty(*mixture.shape, 3, 3), nonlinearity="relu")
    weight = mixture[:, :, None, None] * spread + NOISE * random
    conv.weight.copy_(weight.transpose(0, 1) if isinstance(conv, nn.ConvTranspose2d) else weight)
    conv.bias.zero_()
    if unit.norm is not None:
        unit.norm.bias.fill_(LIFTED)


def _mixture(before: int, after: int) -> Tensor:
    """Return `(after, before)`: the identity, or orthogonal rows of length 1."""
    return torch.eye(after) if before == after else nn.init.orthogonal_(torch.empty(after, before))
