"""Which layers of a network's decoder are worth a look, under their papers' names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor, nn

from ..networks.deconvnet import DeconvNet
from ..networks.fc_densenet import FCDenseNet
from ..networks.layers import SegmentationNetwork
from ..networks.segnet import SegNet, SegNetBasic
from ..networks.unet import UNet


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
