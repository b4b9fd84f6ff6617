"""The permutohedral lattice: a blur over all pairs of pixels that costs a few visits to each.

Adams, Baek & Davis, "Fast High-Dimensional Filtering Using the Permutohedral Lattice",
Eurographics 2010. Summing a Gaussian of the difference in place and colour over all pairs of N
pixels takes N * N steps. Instead, every pixel becomes a point among the vertices of a lattice
that is about as coarse as the Gaussian is wide, and

- *splat* adds the pixel to the vertices around it, to each by its share (`simplex`),
- *blur* mixes every vertex with the next one on either side, along one axis after another,
- *slice* reads the pixel off the vertices around it, with the same shares.

Only vertices that some pixel touches exist; an absent one counts as zero. The result is the sum
over all pairs up to a constant factor, which falls out when the kernel is normalised (`kernels`).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from .bags import Bags, equal_sums, sums
from .simplex import embed


@dataclass(frozen=True)
class Lattice:
    """Where the pixels lie among the vertices, which are counted in the order of the photo.

    After the last vertex there is a row of zeros, which stands for every absent neighbour.
    """

    splat: tuple[Bags, ...]  # from pixels to vertices: one step, or several in turn
    blur: tuple[Tensor, ...]  # each (vertices + 1, 3) int32: itself and two neighbours, by axis
    vertices: Tensor  # (pixels, d + 1) int32: the vertices around each pixel
    shares: Tensor  # (pixels, d + 1) float32: what the pixel takes from them


def spread(lattice: Lattice, values: Tensor) -> Tensor:
    """Splat and blur `values`, `(pixels, C)`, to the lattice's `(vertices + 1, C)`."""
    for bags in lattice.splat:
        values = sums(bags, values)
    halves = values.new_tensor([1, 0.5, 0.5]).repeat(len(values), 1)
    for neighbours in lattice.blur:
        values = equal_sums(neighbours, halves, values)
    return values


def build(features: Tensor, pixels: int) -> Lattice:
    """Lay the lattice around the columns of `features`, `(d, n)` float32.

    Columns from `pixels` on make vertices, but hold nothing and ask for nothing.
    """
    simplices = embed(features)
    axes, points = simplices.keys.shape
    # One stable sort finds the vertices, and lists for each the pixels around it, in their order.
    keys, order = simplices.keys.view(-1).sort(stable=True)
    is_first = torch.cat([keys.new_ones(1, dtype=torch.bool), keys[1:] != keys[:-1]])
    starts = is_first.nonzero()[:, 0]
    numbers = is_first.cumsum(0, dtype=torch.int32).sub_(1)
    vertices = torch.empty_like(numbers).scatter_(0, order, numbers).view(axes, points)
    splat = _splat_bags(simplices.weights, order, starts, pixels)
    blur = _neighbours(keys[starts], simplices.steps)
    shares = simplices.weights[:, :pixels].T.contiguous()
    return Lattice((splat,), blur, vertices[:, :pixels].T.contiguous(), shares)


def _splat_bags(weights: Tensor, order: Tensor, starts: Tensor, pixels: int) -> Bags:
    points = weights.shape[1]
    rows = (order % points).int()
    weights = weights.reshape(-1).index_select(0, order)
    if points > pixels:
        weights[rows >= pixels] = 0
        rows[rows >= pixels] = 0
    end = starts.new_tensor([len(order)] * 2)  # twice: the row of zeros is an empty bag
    return Bags(rows, weights, torch.cat([starts, end]).int())


def _neighbours(keys: Tensor, steps: tuple[int, ...]) -> tuple[Tensor, ...]:
    """Return, for each axis, every vertex with the one after and the one before it."""
    count = len(keys)
    wanted = keys + torch.tensor(steps, dtype=keys.dtype, device=keys.device)[:, None]
    # Sorted among the vertices, a wanted key comes right behind the vertex that bears it.
    mixed, order = torch.cat([keys, wanted.view(-1)]).sort(stable=True)
    vertex = (order < count).cumsum(0, dtype=torch.int32).sub_(1).clamp_(min=0)
    places = torch.where(keys.index_select(0, vertex) == mixed, vertex, count)
    places = torch.empty_like(places).scatter_(0, order, places)[count:].view(-1, count)
    itself = torch.arange(count + 1, dtype=torch.int32, device=keys.device)
    blur = []
    for after in F.pad(places, (0, 1), value=count):
        # Who comes after me has me before it. The many that have none all write to the last row.
        before = torch.full_like(itself, count).scatter_(0, after.long(), itself)
        before[count] = count
        blur.append(torch.stack([itself, after, before], 1))
    return tuple(blur)
