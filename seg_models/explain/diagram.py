"""A network's diagram, drawn from the network itself: its stages as they run on a photo.

Nothing is written down beforehand: names, sizes and order are those of the modules that really ran.
"""

from __future__ import annotations

import time
import weakref
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from ..networks.layers import SegmentationNetwork, sharing_copy
from .arithmetic import LAYERS
from .watching import first_map, watch

CONTAINERS = (nn.ModuleList, nn.ModuleDict)
UPSAMPLING = "upsample"  # the stage after the score map
Shape = tuple[int, int, int]  # channels, rows, columns


@dataclass(frozen=True)
class Layer:
    """One layer of a stage: a convolution or a pooling, whose numbers are a sum each."""

    name: str  # as `arithmetic.call` takes it
    kind: str  # "convolution", "dilated", "transposed", "pooling", "unpooling"
    gives: Shape
    kernel: int = 0  # cells along a side
    stride: int = 1
    dilation: int = 1


@dataclass(frozen=True)
class Stage:
    """A part of a network as it ran on one photo."""

    name: str
    kind: str  # its last layer's, or "upsampling"
    reads: Shape
    gives: Shape
    stride: float  # input pixels between neighbouring cells of what it gives
    parameters: int
    milliseconds: float
    layers: tuple[Layer, ...] = ()


@torch.no_grad()
def diagram(network: SegmentationNetwork, images: Tensor) -> tuple[Stage, ...]:
    """Run `network` on `images` `(1, 3, H, W)` and return its stages in the order they ran.

    A stage is a direct part of the network that has layers; lists of parts count one by one, and
    consecutive blocks of an encoder that keep the size as one. What ran inside of another stage is
    no stage of its own. The last is the upsampling to the photo's size.
    """
    observed = sharing_copy(network)
    parts, leaves = _parts(observed), _leaves(observed)
    found: list[Stage] = []
    layers: list[Layer] = []
    began: dict[str, float] = {}
    strides = _Strides(images)

    def begin(name: str) -> None:
        began[name] = time.perf_counter()

    def end(name: str, module: nn.Module | None, inputs: tuple[Any, ...], output: Any) -> None:
        spent = 1000 * (time.perf_counter() - began[name])
        given, plain = first_map(output), name.split("@")[0]
        if module is None or plain in leaves:
            layers.append(_layer(name, module, tuple(given.shape[1:])))
        if module is None or plain in parts:
            strides.passed(inputs[0], layers, given)
            found.append(_stage(name, module, inputs[0], given, layers, strides.of(given), spent))
            layers.clear()

    watch(observed, {**leaves, **parts}.items(), begin, end)
    scores = observed.score_map(images)
    start = time.perf_counter()
    fine = network.upsample(scores, tuple(images.shape[-2:]))
    spent = 1000 * (time.perf_counter() - start)
    last = _stage(UPSAMPLING, None, scores, fine, [], 1, spent)
    own = getattr(network, "upscore", None)
    count = sum(each.numel() for each in own.parameters()) if isinstance(own, nn.Module) else 0
    return (*_joined(found), replace(last, kind="upsampling", parameters=count))


def _leaves(network: nn.Module) -> dict[str, nn.Module]:
    return {name: each for name, each in network.named_modules() if isinstance(each, LAYERS)}


def _parts(network: nn.Module) -> dict[str, nn.Module]:
    """Return the modules that are stages, by name."""
    found: dict[str, nn.Module] = {}

    def take(prefix: str, module: nn.Module) -> None:
        for name, child in module.named_children():
            full = f"{prefix}{name}"
            if isinstance(child, CONTAINERS) or _is_encoder(full, child):
                take(f"{full}.", child)
            elif any(isinstance(each, LAYERS) for each in child.modules()):
                found[full] = child

    take("", network)
    return found


def _is_encoder(name: str, module: nn.Module) -> bool:
    """Return whether a module is a backbone, or the blocks of one: too much for one stage."""
    return name in ("encoder", "encoder.blocks")


def _layer(name: str, module: nn.Module | None, gives: Shape) -> Layer:
    if module is None:
        kind = "unpooling" if name.split("@")[0] == "unpool" else "pooling"
        return Layer(name, kind, gives, 2, 2)
    kernel, stride = _first(module.kernel_size), _first(module.stride)
    if isinstance(module, nn.MaxPool2d | nn.AvgPool2d):
        return Layer(name, "pooling", gives, kernel, stride)
    if isinstance(module, nn.ConvTranspose2d):
        return Layer(name, "transposed", gives, kernel, stride)
    rate = _first(module.dilation)
    return Layer(name, "dilated" if rate > 1 else "convolution", gives, kernel, stride, rate)


def _first(size: int | tuple[int, ...]) -> int:
    return size if isinstance(size, int) else size[0]


def _stage(
    name: str,
    module: nn.Module | None,
    read: Tensor,
    given: Tensor,
    layers: list[Layer],
    stride: float,
    milliseconds: float,
) -> Stage:
    kinds = [each.kind for each in layers]
    dilated = "dilated" in kinds
    kind = "dilated" if dilated else kinds[-1] if kinds else "convolution"
    parameters = 0 if module is None else sum(each.numel() for each in module.parameters())
    return Stage(
        name, kind, tuple(read.shape[1:]), tuple(given.shape[1:]), stride, parameters,
        milliseconds, tuple(layers),
    )  # fmt: skip


class _Strides:
    """The stride of each map that a stage gave; of what came of several maps, by their sizes."""

    def __init__(self, images: Tensor):
        self._width = images.shape[-1]
        self._known: dict[int, tuple[weakref.ref, float]] = {}

    def of(self, features: Tensor) -> float:
        """Return input pixels between neighbouring cells."""
        kept = self._known.get(id(features))
        if kept and kept[0]() is features:
            return kept[1]
        return round(self._width / features.shape[-1])

    def passed(self, read: Tensor, layers: list[Layer], given: Tensor) -> None:
        """Remember the stride of what layers, one after the other or side by side, gave."""
        stride = self.of(read)
        for each in layers:
            enlarges = each.kind in ("transposed", "unpooling")
            stride *= 1 / each.stride if enlarges else each.stride
        self._known[id(given)] = weakref.ref(given), stride


def _joined(stages: list[Stage]) -> list[Stage]:
    """Return the stages, consecutive blocks of an encoder that give one size as one."""
    found: list[Stage] = []
    for each in stages:
        before = found[-1] if found else None
        alike = before and before.gives[1:] == each.gives[1:]
        if alike and all(one.name.startswith("encoder.blocks.") for one in (before, each)):
            found[-1] = replace(
                before,
                name=f"{before.name.split('-')[0]}-{each.name.rsplit('.', 1)[1]}",
                kind=each.kind,
                gives=each.gives,
                parameters=before.parameters + each.parameters,
                milliseconds=before.milliseconds + each.milliseconds,
                layers=(*before.layers, *each.layers),
            )
        else:
            found.append(each)
    return found
