"""How a mask grows: a decoder's maps, layer by layer, one unit of each.

Noh, Hong & Han, "Learning Deconvolution Network for Semantic Segmentation", ICCV 2015,
arXiv:1505.04366, figure 4 and section 3.3: unpooling puts values back where they were largest,
and the (de)convolutions after it make them dense again.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..networks.layers import SegmentationNetwork
from .decoders import steps


@dataclass(frozen=True)
class Activation:
    """One unit of one layer, over the whole photo."""

    layer: str  # such as "unpool4"
    values: np.ndarray  # (h, w) float32, at the layer's own resolution, 0 or more
    unit: int
    units: int  # in the layer


@dataclass(frozen=True)
class Growth:
    """The way from the decoder's first map to the scores."""

    activations: tuple[Activation, ...]  # in the order of the pass
    probabilities: np.ndarray  # (C, h, w) float32: where it leads


@torch.no_grad()
def growth(network: SegmentationNetwork, images: Tensor, label: int | None = None) -> Growth:
    """Run the network once and return one unit's map from every layer of its decoder.

    For a class it is the unit that goes best with the class's probability, by the correlation of
    their maps at the layer's resolution; without one, the unit with the largest sum. What is
    below 0 is drawn as 0, as the next ReLU would. All of the decoder's maps are kept until the
    pass is over.

    Args:
        network: In evaluation mode; it stays as it is.
        images: `(1, 3, H, W)` on the network's device.
        label: A class index, or None.

    Raises:
        ValueError: If the network has no decoder that `decoders` knows, or no such class.
    """
    observed = _sharing(network)  # hooks on the network itself would see other visitors' photos
    maps: list[tuple[str, Tensor]] = []
    for step in steps(observed):
        step.observe(lambda name, each: maps.append((name, each[0])))
    probabilities = observed.score_map(images)[0].softmax(0)
    if label is not None and not 0 <= label < len(probabilities):
        raise ValueError(f"class {label} is not one of 0 to {len(probabilities) - 1}")
    wanted = None if label is None else probabilities[label]
    chosen = tuple(_representative(name, each, wanted) for name, each in maps)
    return Growth(chosen, probabilities.float().cpu().numpy())


def _sharing(network: nn.Module) -> nn.Module:
    """Return a copy whose modules are its own, while parameters and buffers are the same."""
    tensors = [*network.parameters(), *network.buffers()]
    return copy.deepcopy(network, {id(each): each for each in tensors})


def _representative(layer: str, maps: Tensor, wanted: Tensor | None) -> Activation:
    positive = maps.clamp(min=0)
    if wanted is None:
        unit = int(positive.sum((1, 2)).argmax())
    else:
        here = F.interpolate(wanted[None, None], maps.shape[1:], mode="area")[0, 0]
        unit = int(_correlations(positive, here).argmax())
    return Activation(layer, positive[unit].float().cpu().numpy(), unit, len(maps))


def _correlations(maps: Tensor, wanted: Tensor) -> Tensor:
    """Return the correlation of each of `(C, h, w)` with `(h, w)`; 0 where one is constant."""
    maps = maps.flatten(1) - maps.mean((1, 2))[:, None]
    wanted = wanted.flatten() - wanted.mean()
    lengths = (maps.norm(dim=1) * wanted.norm()).clamp(min=torch.finfo(maps.dtype).tiny)
    return maps @ wanted / lengths
