"""Pictures of a result; with `palettes` and `summary`, all that is shown of a segmentation."""

from __future__ import annotations

import math

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..labels import shares
from ..specs import LabelSet
from ..upsample import argmax
from .palettes import heat, palette, safe_colours

__all__ = [
    "colour", "confidence", "entropy", "heat", "indexed_png", "overlay", "safe_colours",
    "score_map_picture", "shares",
]  # fmt: skip


def colour(labels: np.ndarray | Tensor, label_set: LabelSet) -> np.ndarray:
    """Return labels `(H, W)` in their classes' colours: `(H, W, 3)` uint8 RGB."""
    return palette(label_set)[np.asarray(labels, np.uint8)]


def indexed_png(labels: np.ndarray | Tensor, label_set: LabelSet) -> Image.Image:
    """Return labels `(H, W)` as an indexed picture: a pixel is its class index, exactly."""
    picture = Image.fromarray(np.asarray(labels, np.uint8))
    picture.putpalette(palette(label_set).tobytes())
    return picture


def score_map_picture(score_map: Tensor, size: tuple[int, int], label_set: LabelSet) -> np.ndarray:
    """Return the most probable class of each cell of `(C, h, w)` scores as `(H, W, 3)` at `size`.

    Each cell becomes a rectangle of one colour: what the network gave, and no more.
    """
    cells = argmax(score_map).numpy()
    rows, columns = (
        (2 * np.arange(length) + 1) * count // (2 * length)  # the cell a pixel's centre lies in
        for length, count in zip(size, cells.shape, strict=True)
    )
    return colour(cells[rows[:, None], columns], label_set)


def overlay(
    photo: np.ndarray, labels: np.ndarray | Tensor, label_set: LabelSet, opacity: float = 0.6
) -> np.ndarray:
    """Return the photo `(H, W, 3)` under its labels `(H, W)`, each region outlined in white.

    Args:
        photo: uint8 RGB.
        labels: Class indices at the photo's size.
        label_set: Its colours; a class called "background" leaves the photo as it is.
        opacity: 0 shows the photo alone, 1 the colours alone.

    Raises:
        ValueError: If the sizes differ or `opacity` is not within 0 and 1.
    """
    labels = np.asarray(labels, np.uint8)
    if photo.shape[:2] != labels.shape:
        raise ValueError(f"the photo is {photo.shape[:2]}, the labels are {labels.shape}")
    if not 0 <= opacity <= 1:
        raise ValueError(f"opacity is {opacity}; it must be within 0 and 1")
    strength = np.full(256, opacity, np.float32)
    if label_set.classes[0] == "background":
        strength[0] = 0
    share = strength[labels][:, :, None]
    mixed = photo * (1 - share) + colour(labels, label_set) * share
    mixed[_outlines(labels, max(1, round(max(labels.shape) / 500)))] = 255
    return mixed.round().astype(np.uint8)


def confidence(probabilities: Tensor) -> Tensor:
    """Return the largest of `(C, H, W)` probabilities per pixel, `(H, W)` in 1/C to 1."""
    return probabilities.amax(0)


def entropy(probabilities: Tensor) -> Tensor:
    """Return how undecided `(C, H, W)` probabilities are: 0 is certain, 1 all classes alike."""
    if len(probabilities) == 1:
        return torch.zeros_like(probabilities[0])
    return torch.special.entr(probabilities).sum(0) / math.log(len(probabilities))


def _outlines(labels: np.ndarray, thickness: int) -> np.ndarray:
    """Return `(H, W)` bool: true within `thickness` pixels, up or left, of another class."""
    found = np.zeros(labels.shape, bool)
    for step in range(1, thickness + 1):
        found[:-step] |= labels[:-step] != labels[step:]
        found[:, :-step] |= labels[:, :-step] != labels[:, step:]
    return found
