"""A labelled data set, decoded once into uint8 tensors that live on the training device."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from tqdm import tqdm

from .. import preprocess
from ..evaluation import dataset_check
from ..evaluation.labelled_photos import INDICES, LabelForm, Pairs
from ..specs import VOID

PSEUDO = "pseudo.txt"  # beside images/ and labels/: names of photos that a network labelled
SHOWN = 0.005  # share of a photo from which on it counts as showing a class


@dataclass(frozen=True)
class Dataset:
    """Photos and labels on a common canvas, top left; what lies beside a photo is void.

    `photos` (N, 3, S, S) and `labels` (N, S, S), both uint8; `sizes` (N, 2) holds each photo's
    height and width, and S is the longest side of all. `pseudo` (N,) bool says whose labels a
    network made.
    """

    photos: Tensor
    labels: Tensor
    sizes: Tensor
    pseudo: Tensor

    def __len__(self) -> int:
        return len(self.sizes)


def load(
    found: Pairs,
    device: torch.device,
    classes: int = VOID,
    form: LabelForm = INDICES,
    long_side: int | None = None,
) -> Dataset:
    """Decode every photo and mask onto `device`.

    Args:
        found: Photos in images/ and their labels in labels/ of one folder, with `PSEUDO` beside
            these where some labels are a network's.
        device: Where the tensors are to live.
        classes: How many there are; a label beyond them is refused.
        form: How the labels are written down.
        long_side: Pixels that the longer side of every photo is brought to, or as many as the
            longest of all has, where that is less; without it, photos keep their sizes.

    Raises:
        ValueError: If a photo or its labels cannot be used: the message names all that is wrong.
    """
    folder = found[0][0].parents[1]
    listed = folder / PSEUDO
    pseudo = set(listed.read_text().split()) if listed.is_file() else set()
    watch = partial(tqdm, desc=f"reading {folder.name}", unit="photo", disable=None)
    decoded = dataset_check.read(found, classes, form, watch, long_side)
    side = max(max(labels.shape) for _, labels in decoded)
    if long_side is not None:
        decoded = [
            dataset_check.resized(photo, labels, preprocess.fit(labels.shape, side))
            for photo, labels in decoded
        ]
    photos = torch.zeros(len(found), 3, side, side, dtype=torch.uint8)
    canvas = torch.full((len(found), side, side), VOID, dtype=torch.uint8)
    for index, (photo, labels) in enumerate(decoded):
        height, width = labels.shape
        photos[index, :, :height, :width] = torch.from_numpy(photo).permute(2, 0, 1)
        canvas[index, :height, :width] = torch.from_numpy(labels)
    sizes = torch.tensor([labels.shape for _, labels in decoded])
    by_network = torch.tensor([photo.stem in pseudo for photo, _ in found])
    return Dataset(
        photos.to(device), canvas.to(device), sizes.to(device), by_network.to(device)
    )  # fmt: skip


def pixel_counts(dataset: Dataset, num_classes: int) -> Tensor:
    """Return how many pixels of each class each photo shows: (N, C) int64, on the CPU."""
    counts = [torch.bincount(each.flatten(), minlength=VOID + 1) for each in dataset.labels]
    return torch.stack(counts)[:, :num_classes].cpu()


def class_frequencies(dataset: Dataset, num_classes: int) -> Tensor:
    """Return each class's share of the pixels that have one: (C,) float32, sums to 1."""
    counts = pixel_counts(dataset, num_classes).sum(0).float()
    return counts / counts.sum()


def shown_classes(dataset: Dataset, num_classes: int) -> Tensor:
    """Return which classes each photo shows: (N, C) bool, on the CPU."""
    counts = pixel_counts(dataset, num_classes)
    return counts > SHOWN * counts.sum(1, keepdim=True)


def sampling_weights(
    dataset: Dataset, num_classes: int, power: float = 0.5, background_share: float = 0.0
) -> Tensor:
    """Return how often to draw each photo: one with a class that few photos show, more often.

    A photo's weight is that of its rarest class: (photos that show the class)^-power.

    Args:
        dataset: What is drawn from.
        num_classes: How many there are.
        power: How much rarity counts.
        background_share: 0-1, how many of the crops are to be of photos that show class 0 alone.
            They teach what is none of the classes: a zebra, unseen, passes for a horse. With 0,
            they come as seldom as their only class is frequent.
    """
    shown = shown_classes(dataset, num_classes)
    rarity = shown.sum(0).clamp(min=1).float() ** -power
    weights = (shown * rarity).amax(1)
    bare = ~shown[:, 1:].any(1)
    if background_share and bare.any() and not bare.all():
        rest = weights[~bare].sum()
        weights[bare] = rest * background_share / (1 - background_share) / bare.sum()
    return weights / weights.sum()
