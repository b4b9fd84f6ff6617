"""How far a score could see at most: kernels, strides and dilations, from the score to the photo.

A value needs an interval of rows and one of columns of what its layer read; that interval needs a
wider one of the layer before, and so on. The layers are those that really ran: PyTorch keeps them
as the graph along which gradients go back. Its nodes keep how each operation was called under names
that begin with `_saved_`; an `axis` is -2 for rows and -1 for columns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from torch import Tensor

Interval = tuple[int, int]  # first and last index; beyond a map's border lies its padding
Node = Any  # its type has no public name


class Box(NamedTuple):
    """Rows and columns, the last included; they may lie outside of the picture."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def size(self) -> tuple[int, int]:
        """Height and width."""
        return self.bottom - self.top + 1, self.right - self.left + 1


def extent(scores: Tensor, cell: tuple[int, int], images: Tensor) -> Box:
    """Return the smallest box of `images` outside of which nothing can change a cell's scores.

    Args:
        scores: `(N, C, h, w)`, computed from `images` with gradients on.
        cell: Row and column in `scores`.
        images: `(N, 3, H, W)`, with `requires_grad`.

    Raises:
        ValueError: If `scores` were not computed from `images`, or by an operation that is not
            known here.
    """
    row, column = cell
    needed = {scores.grad_fn: Box(row, row, column, column)}
    for node in _from_last_to_first(scores.grad_fn):
        if getattr(node, "variable", None) is images:
            return needed[node]
        box = _before(node, needed.pop(node))
        for earlier in _inputs(node):
            needed[earlier] = _hull(needed.get(earlier, box), box)
    raise ValueError("scores were not computed from images with gradients on")


def _from_last_to_first(last: Node) -> list[Node]:
    """Return all nodes, each before those whose output it read."""
    order, seen, stack = [], set(), [(last, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack.extend((earlier, False) for earlier in _inputs(node))
    return order[::-1]


def _inputs(node: Node) -> list[Node]:
    """Return the nodes that made what `node` read; weights that could learn are no such thing."""
    earlier = [each for each, _ in node.next_functions]
    read = earlier if _name(node) in JOINING else earlier[:1]
    return [each for each in read if each is not None]


def _name(node: Node) -> str:
    return node.name().split("Backward")[0]


def _hull(one: Box, other: Box) -> Box:
    top, left = min(one.top, other.top), min(one.left, other.left)
    return Box(top, max(one.bottom, other.bottom), left, max(one.right, other.right))


def _before(node: Node, box: Box) -> Box:
    name = _name(node)
    if name in POINTWISE:
        return box
    if name not in RULES:
        raise ValueError(f"the operation {name} is not known here")
    rows, columns = (
        RULES[name](node, axis, interval) for axis, interval in ((-2, box[:2]), (-1, box[2:]))
    )
    return Box(*rows, *columns)


def _convolution(node: Node, axis: int, interval: Interval) -> Interval:
    size, stride, padding, dilation = (
        each[axis]
        for each in (
            node._saved_weight.shape, node._saved_stride, node._saved_padding, node._saved_dilation
        )
    )  # fmt: skip
    first, last, reach = interval[0] + padding, interval[1] + padding, dilation * (size - 1)
    if node._saved_transposed:  # input i reaches the outputs i stride - padding and on
        return -((reach - first) // stride), last // stride
    return _window(interval, stride, padding, reach)


def _pooling(node: Node, axis: int, interval: Interval) -> Interval:
    size, stride, padding = (
        each[axis] for each in (node._saved_kernel_size, node._saved_stride, node._saved_padding)
    )
    return _window(interval, stride, padding, size - 1)


def _window(interval: Interval, stride: int, padding: int, reach: int) -> Interval:
    return interval[0] * stride - padding, interval[1] * stride - padding + reach


def _zero_padding(node: Node, axis: int, interval: Interval) -> Interval:
    before = node._saved_pad[-2 * axis - 2]  # left, right, top, bottom
    return interval[0] - before, interval[1] - before


def _repeating(node: Node, axis: int, interval: Interval) -> Interval:
    before, border = node._saved_padding[-2 * axis - 2], node._saved_self.shape[axis] - 1
    first, last = interval[0] - before, interval[1] - before
    if last < 0 or first > border:  # wholly in the padding, which repeats the outermost pixel
        return (0, 0) if last < 0 else (border, border)
    return first, last


def _slice(node: Node, axis: int, interval: Interval) -> Interval:
    sizes = node._saved_self_sym_sizes
    start = node._saved_start if node._saved_dim == len(sizes) + axis else 0
    return interval[0] + start, interval[1] + start


def _mean(node: Node, axis: int, interval: Interval) -> Interval:
    return 0, node._saved_self_sym_sizes[axis] - 1


def _expansion(node: Node, axis: int, interval: Interval) -> Interval:
    return (0, 0) if node._saved_self_sym_sizes[axis] == 1 else interval


JOINING = {"Add", "Cat"}  # read several maps alike
POINTWISE = {*JOINING, "Alias", "Mul", "Relu", "Hardtanh", "NativeBatchNorm"}
RULES: dict[str, Callable[[Node, int, Interval], Interval]] = {
    "Convolution": _convolution,
    "MaxPool2DWithIndices": _pooling,
    "AvgPool2D": _pooling,
    "ConstantPadNd": _zero_padding,
    "ReplicationPad2D": _repeating,
    "Slice": _slice,
    "Mean": _mean,
    "Expand": _expansion,
}
