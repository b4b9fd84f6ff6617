"""Class names and colours of each domain, in label order; what share of labels each class has."""

from typing import Any

import numpy as np
from torch import Tensor

from .specs import LabelSet

# CamVid's eleven classes in the order and colours of the SegNet release.
CAMVID = LabelSet(
    "camvid",
    (
        "sky", "building", "pole", "road", "pavement", "tree",
        "sign", "fence", "car", "pedestrian", "bicyclist",
    ),
    (
        (128, 128, 128), (128, 0, 0), (192, 192, 128), (128, 64, 128), (60, 40, 222), (128, 128, 0),
        (192, 128, 128), (64, 64, 128), (64, 0, 128), (64, 64, 0), (0, 128, 192),
    ),
)  # fmt: skip

VOC = LabelSet(
    "voc",
    (
        "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat",
        "chair", "cow", "dining table", "dog", "horse", "motorbike", "person", "potted plant",
        "sheep", "sofa", "train", "tv monitor",
    ),
    (
        (0, 0, 0), (128, 0, 0), (0, 128, 0), (128, 128, 0), (0, 0, 128), (128, 0, 128),
        (0, 128, 128), (128, 128, 128), (64, 0, 0), (192, 0, 0), (64, 128, 0), (192, 128, 0),
        (64, 0, 128), (192, 0, 128), (64, 128, 128), (192, 128, 128), (0, 64, 0), (128, 64, 0),
        (0, 192, 0), (128, 192, 0), (0, 64, 128),
    ),
)  # fmt: skip


def subset(name: str, whole: LabelSet, classes: tuple[str, ...]) -> LabelSet:
    """Return `classes` of `whole`, in the order given, in the colours they have there."""
    colours = dict(zip(whole.classes, whole.colours, strict=True))
    return LabelSet(name, classes, tuple(colours[each] for each in classes))


ANIMALS = subset("animals", VOC, ("background", "cat", "cow", "dog", "horse", "person", "sheep"))

# What our own everyday networks know: VOC's classes, in VOC's order and colours.
EVERYDAY = LabelSet("everyday", VOC.classes, VOC.colours)

DOMAINS = {labels.name: labels for labels in (CAMVID, ANIMALS, EVERYDAY, VOC)}


def shares(labels: np.ndarray | Tensor, label_set: LabelSet) -> list[dict[str, Any]]:
    """Return the classes that occur, the largest first: class, index, share of the area (0-1)."""
    counts = np.bincount(np.asarray(labels, np.uint8).ravel(), minlength=256)
    found = sorted(np.flatnonzero(counts), key=lambda index: -counts[index])
    names = dict(enumerate(label_set.classes))
    return [
        {"class": names.get(int(index), "void"), "index": int(index),
         "share": float(counts[index] / counts.sum())}
        for index in found
    ]  # fmt: skip
