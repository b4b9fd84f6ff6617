"""A number for every vertex of the lattice, such that steps between neighbours are sums."""

from dataclasses import dataclass
from math import ceil, floor

import torch
from torch import Tensor

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
        raise ValueError(
            "the CRF's reaches are too small for this photo: its lattice would have more than "
            "2^62 places; take an appearance_reach and a colour_reach of 0.1 or more"
        )
    if stride + max(map(abs, steps)) < 2**31:
        # Half as many bytes to sort. Sums may wrap round on the way, the keys themselves fit.
        return Numbering(tuple(steps), (lowest + 2**31) % 2**32 - 2**31, torch.int32)
    return Numbering(tuple(steps), lowest, torch.int64)
