"""Mean-field inference in pure PyTorch, on the processor or a GPU.

Krähenbühl & Koltun 2011, algorithm 1. Every pixel keeps marginals, one probability for each class.
In an iteration it gets a message for each class: the marginals of all pixels, weighed by the two
kernels of `kernels`; the lattice makes that affordable (`lattice`). A message raises its class's
odds over the network's, and the marginals are scaled to sum to 1 again.
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

CHUNK = 2**18  # numbers at a time on a processor, so that the messages stay in its cache


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
    marginals = prior / prior.sum(1, keepdim=True)
    for _ in range(settings.iterations):
        marginals = _iterate(weighted, prior, marginals)
        yield marginals.view(height, width, classes).permute(2, 0, 1)


def _iterate(kernels: list[Lattice], prior: Tensor, marginals: Tensor) -> Tensor:
    tables = [spread(kernel, marginals) for kernel in kernels]
    updated = torch.empty_like(marginals)
    chunk = len(marginals) if marginals.is_cuda else max(1, CHUNK // marginals.shape[1])
    for start in range(0, len(marginals), chunk):
        part = slice(start, start + chunk)
        messages, other = (
            equal_sums(kernel.vertices[part], kernel.shares[part], table)
            for kernel, table in zip(kernels, tables, strict=True)
        )
        _update(prior[part], messages.add_(other), out=updated[part])
    return updated


def _update(prior: Tensor, messages: Tensor, out: Tensor) -> None:
    """Write prior * 2^messages, scaled to sum to 1 over the classes, into `out`; all `(n, C)`."""
    if messages.is_cuda:
        torch.softmax(prior.log().add_(messages, alpha=log(2)), 1, out=out)
        return
    # On a processor softmax takes three times as long as this, with so few classes in a row.
    votes = messages.exp2().mul_(prior)
    totals = votes.mv(votes.new_ones(votes.shape[1]))
    if not totals.amax() < torch.inf:  # only weights of 40 and more shout so loud
        votes = messages.sub(messages.amax(1, keepdim=True)).exp2_().mul_(prior)
        totals = votes.sum(1)
    torch.div(votes, totals[:, None], out=out)
