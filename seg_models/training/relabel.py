"""Correcting the labels that a network made by a better network: self-training.

Photos without labels were labelled by a public network of 0.59 mIoU. Where our own, trained on real
labels as well, is sure of another class, one of the two is wrong, and the pixel becomes void; where
the first was not sure and ours is, ours says what it is.

Xie, Luong, Hovy & Le, "Self-training with Noisy Student improves ImageNet classification",
CVPR 2020, arXiv:1911.04252.
"""

from __future__ import annotations

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm import tqdm

from ..device import autocast
from ..specs import VOID, Preprocessing
from . import augmentation
from .dataset import Dataset

SCALES = (0.75, 1.0, 1.25)  # of the photos as they are stored
SURE = 0.7  # mean probability over the scales and the mirror image
TOGETHER = 32  # photos a step


@torch.no_grad()
def corrected(data: Dataset, network: nn.Module, preprocessing: Preprocessing) -> Dataset:
    """Return `data` with other labels where `data.pseudo` is set; photos with real ones stay.

    Args:
        data: On the network's device.
        network: In evaluation mode, for the same classes.
        preprocessing: Its normalisation.
    """
    labels = data.labels.clone()
    for some in tqdm(
        data.pseudo.nonzero()[:, 0].split(TOGETHER), "relabelling", unit="batch", disable=None
    ):
        sure, kind = _judged(data.photos[some].float() / 255, network, preprocessing).max(1)
        labels[some] = agreed(labels[some], kind, sure, _inside(data.sizes[some], labels.shape[-1]))
    return replace(data, labels=labels)


def agreed(labels: Tensor, kind: Tensor, sure: Tensor, inside: Tensor) -> Tensor:
    """Return the labels that both networks can stand for.

    Args:
        labels: (N, S, S) uint8 of the first network, `VOID` where it was not sure.
        kind: (N, S, S) the second network's most probable class.
        sure: (N, S, S) its probability.
        inside: (N, S, S) bool, where there is a photo.
    """
    certain = sure > SURE
    kind = kind.to(labels.dtype)
    filled = torch.where((labels == VOID) & certain & inside, kind, labels)
    return torch.where((labels != VOID) & certain & (labels != kind), VOID, filled)


def _judged(photos: Tensor, network: nn.Module, preprocessing: Preprocessing) -> Tensor:
    """Return mean probabilities `(N, C, S, S)` over scales and mirror images."""
    total = 0
    for scale in SCALES:
        side = round(photos.shape[-1] * scale)
        shown = F.interpolate(photos, (side, side), mode="bilinear", antialias=True)
        images = augmentation.normalised(shown, preprocessing)
        for mirror in (False, True):
            with autocast(str(photos.device)):
                scores = network(images.flip(-1) if mirror else images).float()
            chances = F.interpolate(scores, photos.shape[-2:], mode="bilinear").softmax(1)
            total = total + (chances.flip(-1) if mirror else chances)
    return total / (2 * len(SCALES))


def _inside(sizes: Tensor, side: int) -> Tensor:
    """Return (N, S, S) bool: true on the photo, false beside it."""
    steps = torch.arange(side, device=sizes.device)
    return (steps[:, None] < sizes[:, 0, None, None]) & (steps < sizes[:, 1, None, None])
