"""Mean-field inference in pure PyTorch, on the processor or a GPU.

Krähenbühl & Koltun 2011, algorithm 1. Every pixel keeps a belief, one probability for each class.
In an iteration it hears the beliefs of all pixels, weighed by the two kernels of `kernels`; the
lattice makes that affordable (`lattice`). What it hears for a class raises that class's odds
over what the network said, and the beliefs are scaled to sum to 1 again.
"""

from collections.abc import Iterator
from dataclasses import replace
from math import e, log, log2

import numpy as np
import torch
from torch import Tensor

from ..specs import CrfSettings
from .bags import equal_sums
from .kernels import appearance, smoothness
from .lattice import Lattice, spread
from .weak_classes import LEAST_PROBABILITY

CHUNK = 2**18  # numbers at a time on a processor, so that what is heard stays in its cache


def iterations(probabilities: Tensor, photo: np.ndarray, settings: CrfSettings) -> Iterator[Tensor]:
    """Yield the probabilities after each iteration; `mean_field` says more about them."""
    classes, height, width = probabilities.shape
    # One pixel after another, as the lattice reads and writes them.
    prior = probabilities.new_empty((height * width, classes))
    torch.clamp(probabilities.reshape(classes, -1).T, LEAST_PROBABILITY, 1, out=prior)
    kernels = [
        (smoothness(photo, settings, prior.device), settings.smoothness_weight),
        (appearance(photo, settings, prior.device), settings.appearance_weight),
    ]
    weighted = [
        replace(lattice, shares=lattice.shares * (weight * log2(e))) for lattice, weight in kernels
    ]
    beliefs = prior / prior.sum(1, keepdim=True)
    for _ in range(settings.iterations):
        beliefs = _iterate(weighted, prior, beliefs)
        yield beliefs.view(height, width, classes).permute(2, 0, 1)


def _iterate(kernels: list[Lattice], prior: Tensor, beliefs: Tensor) -> Tensor:
    tables = [spread(kernel, beliefs) for kernel in kernels]
    updated = torch.empty_like(beliefs)
    chunk = len(beliefs) if beliefs.is_cuda else max(1, CHUNK // beliefs.shape[1])
    for start in range(0, len(beliefs), chunk):
        part = slice(start, start + chunk)
        heard, other = (
            equal_sums(kernel.vertices[part], kernel.shares[part], table)
            for kernel, table in zip(kernels, tables, strict=True)
        )
        _update(prior[part], heard.add_(other), out=updated[part])
    return updated


def _update(prior: Tensor, heard: Tensor, out: Tensor) -> None:
    """Write prior * 2^heard, scaled to sum to 1 over the classes, into `out`; all `(n, C)`."""
    if heard.is_cuda:
        torch.softmax(prior.log().add_(heard, alpha=log(2)), 1, out=out)
        return
    # On a processor softmax takes three times as long as this, with so few classes in a row.
    votes = heard.exp2().mul_(prior)
    totals = votes.mv(votes.new_ones(votes.shape[1]))
    if not totals.amax() < torch.inf:  # only weights of 40 and more shout so loud
        votes = heard.sub(heard.amax(1, keepdim=True)).exp2_().mul_(prior)
        totals = votes.sum(1)
    torch.div(votes, totals[:, None], out=out)
