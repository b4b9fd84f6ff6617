"""Sums of weighted rows: the one operation that splat, blur and slice are made of.

PyTorch has it as the sum over a bag of word vectors. On a processor that is its fastest way to
gather, several times faster than indexing or sparse matrices; on a GPU it adds in a fixed order,
so the same input gives the same numbers every time, which adding at random places does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class Bags:
    """For each row of a result, the rows of a table to add up and how much of each to take."""

    rows: Tensor  # (n,) int32, bag after bag
    weights: Tensor  # (n,) float32
    bounds: Tensor  # (bags + 1,) int32: bag i is rows[bounds[i]:bounds[i + 1]], perhaps empty


def sums(bags: Bags, table: Tensor) -> Tensor:
    """Return the `(bags, C)` weighted sums of rows of `table`, `(n, C)`; zeros for empty bags."""
    return F.embedding_bag(
        bags.rows,
        table,
        bags.bounds,
        mode="sum",
        per_sample_weights=bags.weights,
        include_last_offset=True,
    )


def equal_sums(rows: Tensor, weights: Tensor, table: Tensor) -> Tensor:
    """Return `sums` for bags of one size: `rows` and `weights` are `(bags, size)`."""
    return F.embedding_bag(rows, table, mode="sum", per_sample_weights=weights)


def halved(bags: Bags, longest: int) -> tuple[Bags, Bags]:
    """Return two steps that do the same: sums of at most `longest` rows, then sums of those.

    A GPU gives each bag to one group of threads: a bag of thousands, such as a clear sky makes,
    would keep all the others waiting.
    """
    lengths = bags.bounds.diff()
    pieces = (lengths + longest - 1) // longest
    ends = torch.cat([pieces.new_zeros(1), pieces.cumsum(0, dtype=torch.int32)])
    total = int(ends[-1])
    bag_of_piece = torch.repeat_interleave(pieces, output_size=total)
    nth = torch.arange(total, dtype=torch.int32, device=ends.device) - ends[bag_of_piece]
    starts = bags.bounds[bag_of_piece] + nth * longest
    first = Bags(bags.rows, bags.weights, torch.cat([starts, bags.bounds[-1:]]))
    everything = torch.arange(total, dtype=torch.int32, device=ends.device)
    return first, Bags(everything, torch.ones_like(everything, dtype=torch.float32), ends)
