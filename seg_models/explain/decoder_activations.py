"""How a mask grows: a decoder's maps, layer by layer, one unit of each.

Noh, Hong & Han, "Learning Deconvolution Network for Semantic Segmentation", ICCV 2015,
arXiv:1505.04366, figure 4 and section 3.3: unpooling puts values back where they were largest,
and the (de)convolutions after it make them dense again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..networks.deconvnet import DeconvNet
from ..networks.fc_densenet import FCDenseNet
from ..networks.layers import SegmentationNetwork, sharing_copy
from ..networks.segnet import SegNet, SegNetBasic
from ..networks.unet import UNet


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
        ValueError: If the network has no decoder, or no such class.
    """
    observed = sharing_copy(network)  # hooks on the network itself would see other visitors' photos
    maps: list[tuple[str, Tensor]] = []
    for step in steps(observed):
        step.observe(lambda name, each: maps.append((name, each[0])))
    probabilities = observed.score_map(images)[0].softmax(0)
    if label is not None and not 0 <= label < len(probabilities):
        raise ValueError(f"class {label} is not one of 0 to {len(probabilities) - 1}")
    wanted = None if label is None else probabilities[label]
    chosen = tuple(_representative(name, each, wanted) for name, each in maps)
    return Growth(chosen, probabilities.float().cpu().numpy())


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


@dataclass(frozen=True)
class Step:
    """What one module reads, or what it puts out."""

    name: str
    module: nn.Module
    reads: bool = False

    def observe(self, tell: Callable[[str, Tensor], None]) -> None:
        """Call `tell` with the name and the map, `(N, C, h, w)`, each time the module runs."""
        if self.reads:
            self.module.register_forward_pre_hook(lambda _, inputs: tell(self.name, inputs[0]))
        else:
            self.module.register_forward_hook(lambda _, inputs, output: tell(self.name, output))


def steps(network: SegmentationNetwork) -> list[Step]:
    """Return the steps of a network's decoder, from its coarsest to its finest map.

    Raises:
        ValueError: If it has no decoder.
    """
    for kind, of in DECODERS.items():
        if isinstance(network, kind):
            return of(network)
    known = ", ".join(each.__name__ for each in DECODERS)
    raise ValueError(f"{type(network).__name__} has no decoder to look into; these have: {known}")


def _deconvnet(network: DeconvNet) -> list[Step]:
    bottom = [Step("fc7", network.fc7), Step("fc6-deconv", network.fc6_deconv)]
    return bottom + _unpooled(network, "deconv", "decode", 5)


def _segnet(network: SegNet) -> list[Step]:
    return _unpooled(network, "conv", "decode", 5)


def _segnet_basic(network: SegNetBasic) -> list[Step]:
    return _unpooled(network, "conv", "conv_decode", 4)


def _unpooled(network: nn.Module, called: str, attribute: str, deepest: int) -> list[Step]:
    """Return what each stage of the decoder reads, just unpooled, and what it makes of it."""
    found = []
    for number in range(deepest, 0, -1):
        stage = getattr(network, f"{attribute}{number}")
        found += [Step(f"unpool{number}", stage, reads=True), Step(f"{called}{number}", stage)]
    return found


def _unet(network: UNet) -> list[Step]:
    return _merged("up-conv", network.up, "merge", network.merge)


def _fc_densenet(network: FCDenseNet) -> list[Step]:
    return _merged("transition-up", network.transitions_up, "dense-block", network.up_blocks)


def _merged(up: str, ups: nn.ModuleList, merge: str, merges: nn.ModuleList) -> list[Step]:
    """Return each enlargement, and what comes out once the skip is laid beside it."""
    found = []
    for number, pair in zip(range(len(ups), 0, -1), zip(ups, merges, strict=True), strict=True):
        found += [Step(f"{up}{number}", pair[0]), Step(f"{merge}{number}", pair[1])]
    return found


DECODERS: dict[type[SegmentationNetwork], Callable[..., list[Step]]] = {
    DeconvNet: _deconvnet,
    SegNet: _segnet,
    SegNetBasic: _segnet_basic,
    UNet: _unet,
    FCDenseNet: _fc_densenet,
}
