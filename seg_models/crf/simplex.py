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

CHUNK = 30_000  # points at a time on a processor, so that what is in hand stays in its cache
LARGEST_KEY = 2**62
REACHES_TOO_SMALL = (
    "the CRF's reaches are too small for this photo: its lattice would have more than 2^62 places; "
    "take an appearance_reach and a colour_reach of 0.1 or more"
)

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
    matrix = elevate(torch.eye(dimensions, device=features.device))
    numbering = number_vertices(features, matrix)
    steps = torch.tensor(numbering.steps, dtype=numbering.dtype, device=features.device)[:, None]
    keys = features.new_empty((dimensions + 1, points), dtype=numbering.dtype)
    weights = features.new_empty((dimensions + 1, points))
    chunk = points if features.is_cuda else CHUNK
    for start in range(0, points, chunk):
        part = slice(start, start + chunk)
        elevated = elevate(features[:, part])
        multiples, turns = _nearest_vertex(elevated)
        offsets = (elevated - multiples * (dimensions + 1)).mul_(1 / (dimensions + 1))
        _barycentric(offsets, turns, out=weights[:, part])
        _walk(multiples.to(steps.dtype), turns, steps, numbering.lowest, out=keys[:, part])
    return Simplices(keys, weights, numbering.steps)


def elevate(features: Tensor) -> Tensor:
    """Lift `(d, n)` features to `(d + 1, n)` coordinates that sum to zero: matrix E of section 3.

    The scale is the width of splat, blur and slice together, so that the Gaussian they make has a
    standard deviation of one feature unit.
    """
    dimensions = len(features)
    axes = torch.arange(1, dimensions + 1, dtype=torch.float64, device=features.device)
    deviation = torch.tensor(sqrt(2 / 3) * (dimensions + 1), dtype=torch.float32)
    scales = 1 / (axes * (axes + 1)).sqrt() * deviation.double()
    scaled = features * scales.float()[:, None]
    products = scaled * axes.float()[:, None]
    elevated = features.new_empty((dimensions + 1, features.shape[1]))
    elevated[0] = 0
    for axis in range(dimensions, 0, -1):
        torch.sub(elevated[0], products[axis - 1], out=elevated[axis])
        elevated[0] += scaled[axis - 1]
    return elevated


def _nearest_vertex(elevated: Tensor) -> tuple[Tensor, Tensor]:
    """Return the simplex's vertex of colour 0, over d + 1, and the turn of each axis.

    From the vertex of colour k to that of colour k + 1 it is a step back along the axis with
    turn k. The first turn has the axis along which the point lies least far from the vertex.
    """
    axes = len(elevated)
    multiples = (elevated * (1 / axes)).round_()
    above = elevated - multiples * axes
    turns = torch.arange(axes - 1, -1, -1, dtype=torch.float32, device=elevated.device)
    turns = turns[:, None].repeat(1, elevated.shape[1])
    for shift in range(1, axes):  # every pair of axes once
        behind = torch.empty_like(above[shift:])
        torch.lt(above[:-shift], above[shift:], out=behind)
        turns[:-shift] -= behind
        turns[shift:] += behind
    # Rounding may have left the plane. The axes that it moved furthest go back, to the other end.
    turns -= multiples.sum(0)
    rounds = (turns * (1 / axes)).floor_()
    return multiples.add_(rounds), turns.sub_(rounds, alpha=axes).long()


def _barycentric(offsets: Tensor, turns: Tensor, out: Tensor) -> None:
    """Write the weights of the d + 1 vertices, by colour, into `out`."""
    by_turn = torch.empty_like(offsets).scatter_(0, turns, offsets)
    torch.sub(by_turn[1:], by_turn[:-1], out=out[1:])
    torch.add(by_turn[0], 1 - by_turn[-1], out=out[0])


def _walk(multiples: Tensor, turns: Tensor, steps: Tensor, lowest: int, out: Tensor) -> None:
    """Write the keys of the d + 1 vertices, by colour, into `out`."""
    by_turn = torch.empty_like(multiples).scatter_(0, turns, steps.expand_as(multiples))
    torch.sub((multiples * steps).sum(0, dtype=steps.dtype), lowest, out=out[0])
    for colour in range(1, len(out)):
        torch.sub(out[colour - 1], by_turn[colour - 1], out=out[colour])


@dataclass(frozen=True)
class Numbering:
    """How vertices get their keys: whole numbers from 0, no two the same."""

    steps: tuple[int, ...]  # what a step along each axis adds to a vertex's key
    lowest: int  # to be subtracted from a sum of steps from the origin, to make it a key
    dtype: torch.dtype  # int32 or int64


def number_vertices(features: Tensor, matrix: Tensor) -> Numbering:
    """Number the vertices around the columns of `features`, `(d, n)`.

    A key is a number with mixed radix whose digits are the sums of `DIGITS`. Each digit has room
    for the values it takes among the vertices, and for a gap as wide as one step. So a vertex's
    key plus a step is a key in use only if it is the neighbour's: all else falls in a gap.

    Args:
        features: The points, before they are lifted into the lattice's plane.
        matrix: `(d + 1, d)`, what lifts them there.

    Raises:
        ValueError: If no whole number of 64 bits is large enough.
    """
    axes, dimensions = matrix.shape
    digits = torch.tensor(DIGITS[dimensions], dtype=torch.float64, device=features.device)
    factors = (digits @ matrix.double() / axes).tolist()
    steps, lowest, stride = [0] * axes, 0, 1
    for digit, row in reversed(list(zip(DIGITS[dimensions], factors, strict=True))):
        # One by one: a product of matrices may be rounded to half its digits, if so configured.
        sums = sum(
            feature * factor
            for feature, factor in zip(features, row, strict=True)
            if abs(factor) > 1e-6  # the others are 0, but for rounding
        )
        low, high = torch.stack(sums.aminmax()).tolist()
        # A vertex lies at most so far from a point in its simplex: every step one way.
        reach = sum(map(abs, digit)) / 2 + 0.01 + 1e-5 * max(abs(low), abs(high))
        first, last = ceil(low - reach), floor(high + reach)
        steps = [step + stride * change for step, change in zip(steps, digit, strict=True)]
        lowest += stride * first
        stride *= last - first + 1 + max(map(abs, digit))
    if stride > LARGEST_KEY:
        raise ValueError(REACHES_TOO_SMALL)
    if stride + max(map(abs, steps)) < 2**31:
        # Half as many bytes to sort. Sums may wrap round on the way, the keys themselves fit.
        return Numbering(tuple(steps), (lowest + 2**31) % 2**32 - 2**31, torch.int32)
    return Numbering(tuple(steps), lowest, torch.int64)
