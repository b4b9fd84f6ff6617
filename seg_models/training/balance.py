"""Rare classes: how much the loss makes of them, and how readily finished scores choose them.

The likeliest class is not the choice of best IoU. A class gains by each pixel that it holds with a
probability above IoU / (1 + IoU), far below one half where it is hard to find (for F1, the same
order: Lipton, Elkan & Naryanaswamy, "Optimal Thresholding of Classifiers to Maximize F1 Measure",
ECML 2014, arXiv:1402.1892). So each class's score gets an offset, found on the training photos.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from .. import evaluation, scoring
from ..specs import VOID, Recipe
from . import dataset, validation

PHOTOS = 200  # that offsets are found on, spread evenly over the training photos
PIXELS = 4000  # of each
STRIDES = (1.0, 0.5, 0.25, 0.125)  # by which an offset is tried, in turn; e^0.125 is 1.13


def class_weights(data: dataset.Dataset, class_power: float, classes: int) -> Tensor:
    """Return what the loss weighs each class by: its frequency^-power, (C,), mean 1 over pixels."""
    frequencies = dataset.class_frequencies(data, classes)
    weights = frequencies.clamp(min=1e-5) ** -class_power
    return weights / (weights * frequencies).sum()


def sample(
    network: nn.Module, recipe: Recipe, folder: Path, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Return log-probabilities `(C, M)` and true classes `(M,)` of pixels of `folder`'s photos."""
    random = np.random.default_rng(0)
    found = scoring.spread(evaluation.pairs(folder), PHOTOS)
    chances, truths = [], []
    for photo_path, truth_path in tqdm(found, desc="balancing", unit="photo"):
        truth = evaluation.read_truth(truth_path)
        known = np.flatnonzero(truth != VOID)
        chosen = random.choice(known, min(PIXELS, len(known)), replace=False)
        probabilities = validation.probabilities(network, recipe, photo_path, device).cpu()
        chances.append(probabilities.flatten(1)[:, chosen].clamp(min=1e-8).log())
        truths.append(torch.from_numpy(truth.flat[chosen]).long())
    return torch.cat(chances, dim=1), torch.cat(truths)


def fit(log_probabilities: Tensor, truth: Tensor) -> Tensor:
    """Return the offset `(C,)` to each class's score by which the mean IoU is best.

    One class at a time, as long as anything is gained, by ever smaller steps.

    Args:
        log_probabilities: (C, M) of pixels.
        truth: (M,) their classes. Classes that do not occur keep their scores.
    """
    occurring = truth.bincount(minlength=len(log_probabilities)) > 0

    def miou(offsets: Tensor) -> float:
        labels = (log_probabilities + offsets[:, None]).max(0).indices
        return _iou(labels, truth, len(offsets))[occurring].mean().item()

    offsets = torch.zeros(len(log_probabilities))
    best = miou(offsets)
    for stride in STRIDES:
        gained = True
        while gained:
            gained = False
            for change in stride * torch.cat([torch.eye(len(offsets)), -torch.eye(len(offsets))]):
                while occurring[change != 0] and (reached := miou(offsets + change)) > best + 1e-6:
                    offsets, best, gained = offsets + change, reached, True
    return offsets


@torch.no_grad()
def shift(network: nn.Module, offsets: Tensor) -> None:
    """Add to each class's score its offset `(C,)`, in place.

    The network's last convolution with a bias for each class takes it.
    """
    biases = [
        module.bias
        for module in network.modules()
        if isinstance(module, nn.Conv2d)
        and module.out_channels == len(offsets)
        and module.bias is not None
    ]
    biases[-1] += offsets.to(biases[-1].device)


def _iou(labels: Tensor, truth: Tensor, classes: int) -> Tensor:
    counts = (truth * classes + labels).bincount(minlength=classes**2).view(classes, classes)
    hits = counts.diagonal()
    return hits / (counts.sum(0) + counts.sum(1) - hits).clamp(min=1)
