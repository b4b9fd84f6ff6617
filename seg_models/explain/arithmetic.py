"""The sum that made one number of a network: what was read, by what it was weighed, the products.

`call` runs a network on a photo and keeps what one of its layers read and gave; `sum_of` takes a
cell of what it gave apart. Every layer that is linear in what it reads, or picks from it, is a sum
of values times weights: a convolution reads a window, dilated or not; a transposed convolution
reads each cell whose stamp covers the cell asked for; unpooling reads one maximum or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..networks.deconvnet import WindowMean
from ..networks.layers import SegmentationNetwork, sharing_copy
from ..networks.unpooling import Switches
from .watching import first_map, watch

LAYERS = (nn.Conv2d, nn.ConvTranspose2d, nn.MaxPool2d, nn.AvgPool2d)
POOL, UNPOOL = nn.MaxPool2d(2, stride=2, ceil_mode=True), "unpooling"  # of `networks.unpooling`
Cell = tuple[int, int, int]  # channel, row, column


@dataclass(frozen=True)
class Call:
    """What a layer read and gave when a network ran."""

    name: str  # the module's; "@2" and on, where it ran before
    layer: nn.Module | None  # None is unpooling
    reads: Tensor  # (C, h, w) float32
    gives: Tensor  # (C', h', w') float32, before any activation
    switches: Switches | None = None  # of an unpooling


@dataclass(frozen=True, eq=False)
class Sum:
    """The terms of one number: n values that were read, and the weight of each.

    Beyond a map's border lie zeros, which are terms like any others: their row or column is
    negative, or beyond the last.
    """

    kind: str  # "convolution", "dilated", "transposed", "unpooling", "max", "mean", "upsampling"
    channels: np.ndarray  # (n,) int, of what was read
    rows: np.ndarray  # (n,) int
    columns: np.ndarray  # (n,) int
    values: np.ndarray  # (n,) float64
    weights: np.ndarray  # (n,) float64
    bias: float = 0.0

    @property
    def products(self) -> np.ndarray:
        """`(n,)`, value times weight."""
        return self.values * self.weights

    @property
    def total(self) -> float:
        """The number that all terms and the bias make."""
        return float(self.products.sum() + self.bias)


def leaves(network: SegmentationNetwork) -> list[tuple[str, nn.Module]]:
    """Return the layers that are a sum each, by their names."""
    return [(name, each) for name, each in network.named_modules() if isinstance(each, LAYERS)]


@torch.no_grad()
def call(network: SegmentationNetwork, images: Tensor, name: str) -> Call:
    """Run `network` on `images` `(1, 3, H, W)` and keep what the call `name` read and gave.

    Raises:
        ValueError: If no layer is called that, or it does not run that often.
    """
    observed = sharing_copy(network)
    found: list[Call] = []

    def keep(called: str, layer: nn.Module | None, inputs: tuple[Any, ...], output: Any) -> None:
        if called != name:
            return
        layer = POOL if layer is None and called.split("@")[0] == "pool" else layer
        switches = inputs[1] if layer is None else None
        # At once: what comes after may work in place.
        read, given = (each[0].float().cpu().clone() for each in (inputs[0], first_map(output)))
        found.append(Call(name, layer, read, given, switches))

    watch(observed, leaves(observed), lambda _: None, keep)
    observed.score_map(images)
    if not found:
        raise ValueError(f"{type(network).__name__} has no layer called {name[:80]!r}")
    return found[0]


def sum_of(made: Call, cell: Cell) -> Sum:
    """Take one cell of what a layer gave apart; its total is `made.gives[cell]`.

    Raises:
        ValueError: If there is no such cell.
    """
    checked(cell, made.gives)
    if made.layer is None:
        return unpooling(made.reads, made.switches, cell)
    if isinstance(made.layer, nn.ConvTranspose2d):
        return transposed(made.layer, made.reads, cell)
    if isinstance(made.layer, nn.Conv2d):
        return convolution(made.layer, made.reads, cell)
    return pooling(made.layer, made.reads, cell)


def checked(cell: Cell, given: Tensor) -> None:
    """Raise a `ValueError` if `given`, `(C, h, w)`, has no such cell."""
    if not all(0 <= at < length for at, length in zip(cell, given.shape, strict=True)):
        channels, height, width = given.shape
        raise ValueError(
            f"no cell at channel, row, column {cell}: there are {channels} channels of "
            f"{height} rows and {width} columns"
        )


def convolution(layer: nn.Conv2d, features: Tensor, cell: Cell) -> Sum:
    """Return the window of `features` `(C, h, w)` under the kernel, and the kernel's weights."""
    channel, row, column = cell
    weight = layer.weight[channel].detach().float()
    first = channel // (layer.out_channels // layer.groups) * weight.shape[0]
    rows, columns = (
        at * stride - padding + dilation * torch.arange(size)
        for at, stride, padding, dilation, size in zip(
            (row, column), layer.stride, layer.padding, layer.dilation, weight.shape[1:],
            strict=True,
        )
    )  # fmt: skip
    kind = "dilated" if max(layer.dilation) > 1 else "convolution"
    places = torch.meshgrid(torch.arange(weight.shape[0]) + first, rows, columns, indexing="ij")
    return _sum(kind, features, places, weight, _bias(layer, channel))


def transposed(layer: nn.ConvTranspose2d, features: Tensor, cell: Cell) -> Sum:
    """Return the cells of `features` whose stamp covers a cell, and what is stamped there.

    A cell at row i stamps its value times the kernel on the rows i stride - padding and on.
    """
    channel, row, column = cell
    group = layer.out_channels // layer.groups
    weight = layer.weight[:, channel % group].detach().float()
    read = layer.in_channels // layer.groups
    first = channel // group * read
    weight = weight[first : first + read]
    (rows, taps_down), (columns, taps_across) = (
        _stamps(at, stride, padding, size, length)
        for at, stride, padding, size, length in zip(
            (row, column), layer.stride, layer.padding, layer.kernel_size, features.shape[1:],
            strict=True,
        )
    )  # fmt: skip
    weight = weight[:, taps_down][:, :, taps_across]
    if isinstance(layer, WindowMean):  # the mean over as many windows as there are
        weight = weight / (len(rows) * len(columns))
    places = torch.meshgrid(torch.arange(read) + first, rows, columns, indexing="ij")
    return _sum("transposed", features, places, weight, _bias(layer, channel))


def _stamps(at: int, stride: int, padding: int, size: int, length: int) -> tuple[Tensor, Tensor]:
    """Return which of `length` cells reach a place along one axis, and by which of their taps."""
    cells = torch.arange(length)
    taps = at + padding - cells * stride
    reach = (taps >= 0) & (taps < size)
    return cells[reach], taps[reach]


def unpooling(features: Tensor, switches: Switches, cell: Cell) -> Sum:
    """Return the maximum that belongs into a cell, by its remembered place, or no term at all."""
    channel, row, column = cell
    place = row * switches.size[1] + column
    indices = switches.indices.reshape(-1, *switches.indices.shape[-3:])[0].cpu()
    rows, columns = (indices[channel] == place).nonzero(as_tuple=True)
    places = torch.full_like(rows, channel), rows, columns
    return _sum("unpooling", features, places, torch.ones(len(rows)))


def pooling(layer: nn.MaxPool2d | nn.AvgPool2d, features: Tensor, cell: Cell) -> Sum:
    """Return the window that is pooled: the maximum weighs 1, the rest 0; or all weigh alike.

    A maximum is taken of cells within the map; a mean counts the zeros beyond it, too.
    """
    channel, row, column = cell
    sizes, strides, paddings = (
        each if isinstance(each, tuple) else (each, each)
        for each in (layer.kernel_size, layer.stride, layer.padding)
    )
    rows, columns = (
        at * stride - padding + torch.arange(size)
        for at, stride, padding, size in zip(
            (row, column), strides, paddings, sizes, strict=True
        )
    )  # fmt: skip
    if isinstance(layer, nn.AvgPool2d):
        places = torch.meshgrid(torch.tensor([channel]), rows, columns, indexing="ij")
        return _sum("mean", features, places, torch.full((1, *sizes), 1 / (sizes[0] * sizes[1])))
    rows, columns = (
        each[(each >= 0) & (each < length)]
        for each, length in zip((rows, columns), features.shape[1:], strict=True)
    )
    places = torch.meshgrid(torch.tensor([channel]), rows, columns, indexing="ij")
    window = features[channel][rows][:, columns]
    weight = torch.zeros(window.numel())
    weight[int(window.argmax())] = 1
    return _sum("max", features, places, weight)


def upsampling(
    network: SegmentationNetwork, scores: Tensor, size: tuple[int, int], cell: Cell
) -> Sum:
    """Return the cells of a score map `(C, h, w)` that a score at full `size` is mixed of.

    Every network enlarges linearly, each in its own way; the weights are the gradient.
    """
    channel, row, column = cell
    with torch.enable_grad():
        device = next(network.parameters()).device
        leaf = scores.detach()[None].to(device, torch.float32, copy=True).requires_grad_()
        score = network.upsample(leaf, size)[0, channel, row, column]
        (weights,) = torch.autograd.grad(score, leaf)
    weights = weights[0].cpu()
    places = weights.nonzero(as_tuple=True)
    return _sum("upsampling", scores.float().cpu(), places, weights[places])


@dataclass(frozen=True)
class Softmax:
    """How a pixel's scores become probabilities: e to the power of each, as a share of the sum."""

    scores: np.ndarray  # (C,)
    powers: np.ndarray  # (C,) e to the power of score minus the largest score

    @property
    def probabilities(self) -> np.ndarray:
        """`(C,)`, summing to 1."""
        return self.powers / self.powers.sum()


def softmax(scores: Tensor) -> Softmax:
    """Take apart the softmax of one pixel's scores, `(C,)`."""
    numbers = scores.detach().double().cpu().numpy()
    return Softmax(numbers, np.exp(numbers - numbers.max()))


def _bias(layer: nn.Conv2d | nn.ConvTranspose2d, channel: int) -> float:
    return 0.0 if layer.bias is None else float(layer.bias.detach()[channel])


def _sum(
    kind: str, features: Tensor, places: tuple[Tensor, ...], weights: Tensor, bias: float = 0.0
) -> Sum:
    channels, rows, columns = (each.reshape(-1) for each in places)
    height, width = features.shape[1:]
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    values = torch.zeros(len(rows), dtype=torch.float64)
    values[inside] = features[channels[inside], rows[inside], columns[inside]].double()
    return Sum(
        kind, channels.numpy(), rows.numpy(), columns.numpy(), values.numpy(),
        weights.detach().reshape(-1).double().cpu().numpy(), bias,
    )  # fmt: skip
