"""Decoders that begin by passing on what tells the classes apart.

Where a decoder has fewer channels than reach it, `passing` hands on random mixtures, and each time
some of what the encoder knows is lost, of rare classes first. Here the mixtures are the directions
in which the features follow the classes, and, as a ReLU cuts off half of each, their opposites.

Behind SegNet's decoder for animals, before any training, a linear classifier then tells 30 % of
the cells' classes instead of 21; behind its encoder it is 33.
"""

from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor

from ...networks.layers import Unit
from ...networks.segnet import SegNet
from ...specs import VOID
from . import passing
from .discriminants import directions

MOST_CELLS = 20_000


@torch.no_grad()
def focus(network: SegNet, images: Tensor, shares: Tensor) -> None:
    """Set the decoder's convolutions that have fewer channels behind than before them, in place.

    Args:
        network: In training mode, its decoder passing things on (see `passing`).
        images: (N, 3, H, W) as the network sees them.
        shares: (N, C, H, W), as `class_shares` returns them.
    """
    hooks = [
        unit.register_forward_pre_hook(partial(_focus, shares))
        for name, unit in network.named_modules()
        if isinstance(unit, Unit)
        and name.startswith("decode")
        and unit.conv.out_channels < unit.conv.in_channels
    ]
    network(images)
    for hook in hooks:
        hook.remove()


def class_shares(labels: Tensor, classes: int) -> Tensor:
    """Return `(N, classes, H, W)` float32 for labels `(N, H, W)`: 1 for a pixel's class, else 0."""
    kinds = F.one_hot(labels.where(labels != VOID, classes), classes + 1)
    return kinds.movedim(-1, 1)[:, :classes].float()


def _focus(shares: Tensor, unit: Unit, inputs: tuple) -> None:
    features = inputs[0].movedim(1, -1).flatten(0, 2)
    shares = F.adaptive_avg_pool2d(shares, inputs[0].shape[-2:]).movedim(1, -1).flatten(0, 2)
    known = (shares.sum(1) > 0.5).nonzero()[:, 0]
    chosen = known[torch.randperm(len(known), device=known.device)[:MOST_CELLS]]
    after = unit.conv.out_channels
    encode, _ = directions(features[chosen], shares[chosen], (after + 1) // 2)
    mixture = torch.cat([encode, -encode])[:after].cpu()  # where `passing` works
    passing.hand_on(unit, passing.square(passing.POINT), mixture)
