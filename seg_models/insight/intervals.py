"""What an operation reads to make an interval of rows or columns, from how it was called.

The operations are nodes of autograd's graph, which keep their settings under names that begin with
`_saved_`; `axis` is -2 for rows and -1 for columns.
"""

from collections.abc import Callable
from typing import Any

Interval = tuple[int, int]  # first and last index; beyond a map's border lies its padding
Node = Any  # its type has no public name


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
