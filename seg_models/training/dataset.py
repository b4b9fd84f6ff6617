"""A labelled data set, decoded once into uint8 tensors that live on the training device."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from ..evaluation.metrics import pairs, read_truth
from ..specs import VOID


@dataclass(frozen=True)
class Dataset:
    """Photos and labels on a common canvas, top left; what lies beside a photo is void.

    `photos` (N, 3, S, S) and `labels` (N, S, S), both uint8; `sizes` (N, 2) holds each photo's
    height and width, and S is the longest side of all.
    """

    photos: Tensor
    labels: Tensor
    sizes: Tensor

    def __len__(self) -> int:
        return len(self.sizes)


def load(folder: Path, device: torch.device) -> Dataset:
    """Decode every photo and mask below `folder` onto `device`."""
    found = pairs(folder)
    decoded = []
    for photo_path, label_path in tqdm(found, desc=f"reading {folder.name}", unit="photo"):
        with Image.open(photo_path) as picture:
            decoded.append((np.array(picture.convert("RGB")), read_truth(label_path)))
    side = max(max(labels.shape) for _, labels in decoded)
    photos = torch.zeros(len(found), 3, side, side, dtype=torch.uint8)
    canvas = torch.full((len(found), side, side), VOID, dtype=torch.uint8)
    for index, (photo, labels) in enumerate(decoded):
        height, width = labels.shape
        photos[index, :, :height, :width] = torch.from_numpy(photo).permute(2, 0, 1)
        canvas[index, :height, :width] = torch.from_numpy(labels)
    sizes = torch.tensor([labels.shape for _, labels in decoded])
    return Dataset(photos.to(device), canvas.to(device), sizes.to(device))


def class_frequencies(dataset: Dataset, num_classes: int) -> Tensor:
    """Return each class's share of the pixels that have one: (C,) float32, sums to 1."""
    counts = torch.stack([torch.bincount(each.flatten().int(), minlength=256)
                          for each in dataset.labels])[:, :num_classes].sum(0).float()  # fmt: skip
    return counts / counts.sum()


def sampling_weights(dataset: Dataset, num_classes: int, power: float = 0.5) -> Tensor:
    """Return how often to draw each photo: one with a class that few photos show, more often.

    A photo's weight is that of its rarest class: (photos that show the class)^-power.
    """
    shown = torch.stack(
        [torch.bincount(each.flatten().int(), minlength=256) > 0 for each in dataset.labels]
    )[:, :num_classes]
    rarity = shown.sum(0).clamp(min=1).float() ** -power
    weights = (shown * rarity).amax(1)
    return weights / weights.sum()
