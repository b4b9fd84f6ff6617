"""A trained network with one of its ideas switched off, to see what the idea is worth.

`ablate` gives a copy that shares the weights and leaves the network itself, which others may be
using, as it is. What was trained with an idea leans on it: without it such a network does worse
than one that never had it, so the difference overstates what the idea is worth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..networks.deconvnet import DeconvNet
from ..networks.deeplab_v1 import DeepLabV1MultiScale
from ..networks.deeplab_v3 import AtrousSpatialPyramidPooling
from ..networks.dilatednet import DilatedNet
from ..networks.fc_densenet import FCDenseNet
from ..networks.fcn import FCN8s, FCN16s
from ..networks.layers import SegmentationNetwork, sharing_copy
from ..networks.segnet import SegNet, SegNetBasic
from ..networks.unet import UNet
from ..networks.unpooling import Switches
from ..specs import CrfSettings

CRF_KERNELS = ("appearance", "smoothness")
SwitchOff = Callable[[SegmentationNetwork], None]


def ablations(network: SegmentationNetwork) -> tuple[str, ...]:
    """Return what can be switched off in a network, the finest skip first.

    - `skip1`, `skip2`, ...: the map that encoder stage 1, 2, ... hands to the decoder, or to the
      scores, is zero; `skip0` is the photo's own branch of DeepLab v1's multi-scale form;
    - `unpool-nearest`, `unpool-bilinear`: the decoder enlarges its maps by repeating or by
      interpolating cells, and the places of the maxima are not used;
    - `dilation`: every dilated convolution takes its weights to neighbouring cells, rate 1;
    - `context`: the scores do not pass through DilatedNet's context module;
    - `image-mean`: the whole picture's mean is zero in DeepLab v3's pyramid.
    """
    return tuple(_switches(network))


def ablate(network: SegmentationNetwork, *names: str) -> SegmentationNetwork:
    """Return a copy of `network` without what `names` say; weights and buffers are the same.

    Args:
        network: In evaluation mode; it stays as it is, also for others who run it meanwhile.
        names: Of `ablations(network)`; none gives a copy that answers the same.

    Raises:
        ValueError: If the network has nothing of that name, or two names exclude each other.
    """
    ablated = sharing_copy(network)
    switches = _switches(ablated)
    for name in names:
        if name not in switches:
            known = ", ".join(switches) or "nothing"
            raise ValueError(
                f"{type(network).__name__} has no {name!r} to switch off; it has {known}"
            )
    if {"unpool-nearest", "unpool-bilinear"} <= set(names):
        raise ValueError("maps are enlarged by unpool-nearest or by unpool-bilinear, not by both")
    for name in names:
        switches[name](ablated)
    return ablated


def ablate_crf(settings: CrfSettings, *kernels: str) -> CrfSettings:
    """Return the settings with weight 0 for "appearance", for "smoothness" or for both.

    Raises:
        ValueError: If there is no such kernel.
    """
    for kernel in kernels:
        if kernel not in CRF_KERNELS:
            raise ValueError(f"no CRF kernel called {kernel!r}; known are {', '.join(CRF_KERNELS)}")
    return replace(settings, **{f"{kernel}_weight": 0.0 for kernel in kernels})


def nearest(features: Tensor, switches: Switches) -> Tensor:
    """Return `(N, C, H, W)`: each of `features` in all four cells that it was the maximum of."""
    return F.interpolate(features, scale_factor=2, mode="nearest")[
        ..., : switches.size[0], : switches.size[1]
    ]


def bilinear(features: Tensor, switches: Switches) -> Tensor:
    """Return `features` bilinearly enlarged to the size before the pooling."""
    return F.interpolate(features, switches.size, mode="bilinear", align_corners=False)


def _switches(network: SegmentationNetwork) -> Mapping[str, SwitchOff]:
    """Return what switches each idea off in a network that is the caller's own."""
    found: dict[str, SwitchOff] = {}
    for kind, of in KINDS.items():
        if isinstance(network, kind):
            found |= of(network)
    if any(_is_dilated(each) for each in network.modules()):
        found["dilation"] = _undilate
    pyramid = getattr(network, "pyramid", None)
    if isinstance(pyramid, AtrousSpatialPyramidPooling):
        found["image-mean"] = lambda copied: _silence(copied.get_submodule("pyramid.pooled"))
    return found


def _fcn16s(network: FCN16s) -> dict[str, SwitchOff]:
    return {"skip4": lambda copied: _silence(copied.get_submodule("score_pool4"))}


def _fcn8s(network: FCN8s) -> dict[str, SwitchOff]:
    return {"skip3": lambda copied: _silence(copied.get_submodule("score_pool3"))}


def _multi_scale(network: DeepLabV1MultiScale) -> dict[str, SwitchOff]:
    return {f"skip{number}": _branch(number) for number in range(len(network.branches))}


def _branch(number: int) -> SwitchOff:
    return lambda copied: _silence(copied.get_submodule(f"branches.{number}"))


def _unet(network: UNet) -> dict[str, SwitchOff]:
    """The skip comes first in what each merge reads, the enlarged map after it."""

    def switch_off(copied: SegmentationNetwork, level: int) -> None:
        up = copied.get_submodule(f"up.{level}.conv")
        merge = copied.get_submodule(f"merge.{level}")
        _blank(merge, lambda channels: slice(0, channels - up.out_channels))

    return _skips(len(network.merge), switch_off)


def _fc_densenet(network: FCDenseNet) -> dict[str, SwitchOff]:
    """The enlarged maps come first in what each block on the way up reads, the skip after them."""

    def switch_off(copied: SegmentationNetwork, level: int) -> None:
        up = copied.get_submodule(f"transitions_up.{level}")
        block = copied.get_submodule(f"up_blocks.{level}")
        _blank(block, lambda channels: slice(up.out_channels, channels))

    return _skips(len(network.up_blocks), switch_off)


def _skips(
    levels: int, switch_off: Callable[[SegmentationNetwork, int], None]
) -> dict[str, SwitchOff]:
    """Return a switch for each skip, the finest first, which the way up comes to last."""
    return {
        f"skip{number}": partial(switch_off, level=levels - number)
        for number in range(1, levels + 1)
    }


def _unpooling(network: SegmentationNetwork) -> dict[str, SwitchOff]:
    return {
        "unpool-nearest": lambda copied: setattr(copied, "unpool", nearest),
        "unpool-bilinear": lambda copied: setattr(copied, "unpool", bilinear),
    }


def _context(network: DilatedNet) -> dict[str, SwitchOff]:
    return {"context": lambda copied: _skip(copied.get_submodule("context"))}


# A subclass has its parents' switches, too.
KINDS: dict[type[SegmentationNetwork], Callable[..., dict[str, SwitchOff]]] = {
    FCN8s: _fcn8s,
    FCN16s: _fcn16s,
    DeepLabV1MultiScale: _multi_scale,
    UNet: _unet,
    FCDenseNet: _fc_densenet,
    DeconvNet: _unpooling,
    SegNet: _unpooling,
    SegNetBasic: _unpooling,
    DilatedNet: _context,
}


def _is_dilated(module: nn.Module) -> bool:
    return isinstance(module, nn.Conv2d) and max(module.dilation) > 1


def _undilate(network: nn.Module) -> None:
    for module in network.modules():
        if _is_dilated(module):
            module.padding = tuple(
                pixels // rate for pixels, rate in zip(module.padding, module.dilation, strict=True)
            )
            module.dilation = (1, 1)


def _silence(module: nn.Module) -> None:
    """Make zeros of what a module puts out: not by a product, which would let NaN pass."""
    module.register_forward_hook(lambda _, inputs, output: torch.zeros_like(output))


def _blank(module: nn.Module, which: Callable[[int], slice]) -> None:
    """Let a module read zeros in some of its channels."""

    def blanked(_: nn.Module, inputs: tuple[Tensor]) -> Tensor:
        features = inputs[0].clone()
        features[:, which(features.shape[1])] = 0
        return features

    module.register_forward_pre_hook(blanked)


def _skip(module: nn.Module) -> None:
    """Let a module put out what it reads."""
    module.register_forward_hook(lambda _, inputs, output: inputs[0])
