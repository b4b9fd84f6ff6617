"""How far a score could see at most: kernels, strides and dilations, from the score to the photo.

A value needs an interval of rows and one of columns of what its layer read; that interval needs a
wider one of the layer before, and so on. The layers are those that really ran: PyTorch keeps them,
with their settings, as the graph along which gradients go back.
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

from .intervals import JOINING, POINTWISE, RULES, Node


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
        raise ValueError(f"the operation {name} is not known to seg_models.insight.intervals")
    rows, columns = (
        RULES[name](node, axis, interval) for axis, interval in ((-2, box[:2]), (-1, box[2:]))
    )
    return Box(*rows, *columns)
