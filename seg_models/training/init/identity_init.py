"""Decoders that begin by passing on what reaches them, and learn from there.

Thirteen random layers hide from a classifier what the encoder knows, until they have unlearnt
themselves. Here each layer hands its input on at first: channel to channel where their numbers are
the same, else in fixed random mixtures; behind an unpooling it fills the gaps between the maxima.
SegNet, 3 minutes on two cores, 40 instead of 34 % val mIoU.

Where U-Net lays a skip beside what comes from below, the latter passes.
"""

import torch
from torch import Tensor, nn

from ...networks.layers import Unit

# How far a value spreads along each axis. After 2x2 unpooling one cell in four is not zero, and
# the four shares that reach a cell add up to 1 on average.
TENT = (0.5, 1.0, 0.5)
POINT = (0.0, 1.0, 0.0)
NOISE = 0.1  # of what random weights would have, so that channels grow apart
LIFTED = 0.5  # deviations by which norms lift the features, so that fewer are lost to the ReLU


@torch.no_grad()
def hand_on_all(network: nn.Module, parts: tuple[str, ...]) -> None:
    """Set the convolutions of `parts`, in place.

    Each part is a unit, or a sequence of 3x3 units behind an unpooling.
    """
    for name in parts:
        part = network.get_submodule(name)
        if isinstance(part, Unit):
            hand_on(part, _spread(part.conv), _choice(part.conv))
        else:
            for index, unit in enumerate(part):
                hand_on(unit, square(TENT if index == 0 else POINT), _mixture(unit.conv))


def hand_on(unit: Unit, spread: Tensor, mixture: Tensor) -> None:
    """Let `unit` mix channels by `mixture` `(after, before)`, over the taps where `spread` is."""
    conv = unit.conv
    random = nn.init.kaiming_normal_(
        torch.empty(*mixture.shape, *conv.kernel_size), nonlinearity="relu"
    )
    weight = mixture[:, :, None, None] * spread + NOISE * random
    conv.weight.copy_(weight.transpose(0, 1) if isinstance(conv, nn.ConvTranspose2d) else weight)
    conv.bias.zero_()
    if unit.norm is not None:
        unit.norm.bias.fill_(LIFTED)


def _spread(conv: nn.Conv2d | nn.ConvTranspose2d) -> Tensor:
    """Return the taps `(k, k)` by which a single unit passes things on."""
    if conv.stride == conv.kernel_size:  # no two kernels overlap
        return torch.ones(conv.kernel_size)
    return square(POINT)


def square(line: tuple[float, ...]) -> Tensor:
    """Return the taps `(k, k)` that spread a value by `line` along each axis."""
    return torch.outer(torch.tensor(line), torch.tensor(line))


def _choice(conv: nn.Conv2d | nn.ConvTranspose2d) -> Tensor:
    """Return `(after, before)`: of a convolution's input the last channels, else mixtures."""
    if isinstance(conv, nn.ConvTranspose2d):
        return _mixture(conv)
    return torch.eye(conv.in_channels)[-conv.out_channels :]


def _mixture(conv: nn.Conv2d | nn.ConvTranspose2d) -> Tensor:
    """Return `(after, before)`: the identity, or orthogonal rows of length 1."""
    before, after = conv.in_channels, conv.out_channels
    return torch.eye(after) if before == after else nn.init.orthogonal_(torch.empty(after, before))
