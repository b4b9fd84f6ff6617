"""Where each pixel falls in the permutohedral lattice: its simplex and its place inside it.

Adams, Baek & Davis, "Fast High-Dimensional Filtering Using the Permutohedral Lattice",
Eurographics 2010, section 3. A point of d features is lifted onto the plane in d + 1 dimensions
where the coordinates sum to zero. The lattice's vertices are the points of that plane with whole
coordinates that all leave the same remainder modulo d + 1, the *colour* of the vertex. They cut
the plane into equal simplices with one vertex of every colour. To find a point's simplex takes a
rounding and a ranking, no search; its barycentric coordinates there share it out to the vertices.

The arithmetic is float32, in the order of the authors' C++ code: a point on the border of two
simplices must fall to the same side in both programs.
"""

from dataclasses import dataclass
from math import ceil, floor, sqrt

import torch
from torch import Tensor

CHUNK = 12000  # points at a time on a processor, so that the many small steps stay in its cache
LARGEST_KEY = 2**62

# A vertex is numbered by d whole numbers, each a sum over its d + 1 coordinates; the rows say what
# a step along each axis adds to them. The first depend on one feature each (y, then x), so that
# vertices sorted by number lie in the order of the photo; the last also tells the colour.
DIGITS = {
    2: [[1, 1, -2], [-1, 2, -1]],
    5: [
        [1, 1, -2, 0, 0, 0],
        [1, -1, 0, 0, 0, 0],
        [0, 0, 1, -1, 0, 0],
        [0, 0, 0, 1, -1, 0],
        [-1, -1, -1, -1, 5, -1],
    ],
}


@dataclass(frozen=True)
class Simplices:
    """The simplices around n points: d + 1 vertices each, in the order of their colours."""

    keys: Tensor  # (d + 1, n) int32 or int64: a number for each vertex, no two the same
    weights: Tensor  # (d + 1, n) float32: barycentric coordinates, from 0 to 1, summing to 1
    steps: tuple[int, ...]  # what a step along each of the d + 1 axes adds to a vertex's key


def embed(features: Tensor) -> Simplices:
    """Find the simplex of every column of `features`, `(d, n)` float32."""
    dimensions, points = features.shape
    steps, lowest, size = _numbering(features)
    key_type = torch.int64
    if size + max(map(abs, steps)) < 2**31:
        # Half as many bytes to sort. Sums may wrap round on the way, the keys themselves fit.
        key_type = torch.int32
        lowest = (lowest + 2**31) % 2**32 - 2**31
    step_of_axis = torch.tensor(steps, dtype=key_type, device=features.device)[:, None]
    keys = features.new_empty((dimensions + 1, points), dtype=key_type)
    weights = features.new_empty((dimensions + 1, points))
    chunk = points if features.is_cuda else CHUNK
    for start in range(0, points, chunk):
        part = slice(start, start + chunk)
        elevated = _elevate(features[:, part])
        multiples, ranks = _nearest_vertex(elevated)
        offsets = (elevated - multiples * (dimensions + 1)) * (1 / (dimensions + 1))
        _barycentric(offsets, ranks, out=weights[:, part])
        _walk(multiples.to(key_type), ranks, step_of_axis, lowest, out=keys[:, part])
    return Simplices(keys, weights, steps)


def _elevate(features: Tensor) -> Tensor:
    """Lift `(d, n)` features to `(d + 1, n)` coordinates that sum to zero (page 5)."""
    dimensions = len(features)
    # A blur by [1 2 1] / 4 along each axis then has a standard deviation of one feature unit.
    deviation = torch.tensor(sqrt(2 / 3) * (dimensions + 1), dtype=torch.float32).item()
    elevated = features.new_empty((dimensions + 1, features.shape[1]))
    total = torch.zeros_like(features[0])
    for axis in range(dimensions, 0, -1):
        scaled = features[axis - 1] * (1 / sqrt((axis + 1) * axis) * deviation)
        torch.sub(total, scaled * axis, out=elevated[axis])
        total = total + scaled
    elevated[0] = total
    return elevated


def _nearest_vertex(elevated: Tensor) -> tuple[Tensor, Tensor]:
    """Return the simplex's vertex of colour 0, over d + 1, and the ranks of the coordinates.

    Rank 0 has the coordinate that lies furthest above that vertex (page 4).
    """
    axes = len(elevated)
    multiples = (elevated * (1 / axes)).round_()
    above = elevated - multiples * axes
    ranks = torch.arange(axes, dtype=torch.float32, device=elevated.device)
    ranks = ranks[:, None].repeat(1, elevated.shape[1])
    for shift in range(1, axes):  # every pair of axes once
        behind = torch.empty_like(above[shift:])
        torch.lt(above[:-shift], above[shift:], out=behind)
        ranks[:-shift] += behind
        ranks[shift:] -= behind
    # Rounding may have left the plane: the coordinates that it moved furthest step back.
    ranks += multiples.sum(0)
    turns = (ranks * (1 / axes)).floor_()
    return multiples.sub_(turns), ranks.sub_(turns, alpha=axes).long()


def _barycentric(offsets: Tensor, ranks: Tensor, out: Tensor) -> None:
    """Write the weights of the d + 1 vertices, by colour, into `out` (page 6, proposition 4.2)."""
    by_rank = torch.empty_like(offsets).scatter_(0, ranks, offsets).flip(0)
    torch.sub(by_rank[1:], by_rank[:-1], out=out[1:])
    torch.add(by_rank[0], 1 - by_rank[-1], out=out[0])


def _walk(multiples: Tensor, ranks: Tensor, steps: Tensor, lowest: int, out: Tensor) -> None:
    """Write the keys of the d + 1 vertices, by colour, into `out`.

    Each colour is one step back from the one before, along the axis of the last rank first.
    """
    step_of_rank = torch.empty_like(multiples).scatter_(0, ranks, steps.expand_as(multiples))
    torch.sub((multiples * steps).sum(0), lowest, out=out[0])
    for colour in range(1, len(out)):
        torch.sub(out[colour - 1], step_of_rank[-colour], out=out[colour])


def _numbering(features: Tensor) -> tuple[tuple[int, ...], int, int]:
    """Choose what a step along each axis adds to a key, so that no two vertices share one.

    A key is a number with mixed radix whose digits are the sums of `DIGITS`. Each digit has room
    for the values it takes among the vertices, and for a gap as wide as one step. So a vertex's
    key plus a step is a key in use only if it is the neighbour's: all else falls in a gap.

    Returns the steps, the lowest key, to be subtracted, and a bound on the keys after that.
    """
    dimensions = len(features)
    digits = torch.tensor(DIGITS[dimensions], dtype=torch.float32, device=features.device)
    matrix = _elevate(torch.eye(dimensions, device=features.device)) / (dimensions + 1)
    bounds = torch.stack((digits @ matrix @ features).aminmax(dim=1), 1).tolist()
    steps, lowest, stride = [0] * (dimensions + 1), 0, 1
    for digit, (low, high) in reversed(list(zip(DIGITS[dimensions], bounds, strict=True))):
        # A vertex lies at most so far from a point in its simplex: every step one way.
        reach = sum(map(abs, digit)) / 2 + 0.01 + 1e-5 * max(abs(low), abs(high))
        first, last = ceil(low - reach), floor(high + reach)
        steps = [step + stride * change for step, change in zip(steps, digit, strict=True)]
        lowest += stride * first
        stride *= last - first + 1 + max(map(abs, digit))
    if stride > LARGEST_KEY:
        raise ValueError(
            "the CRF's reaches are too small for this photo: its lattice would have more than "
            "2^62 places; take an appearance_reach and a colour_reach of 0.1 or more"
        )
    return tuple(steps), lowest, stride
