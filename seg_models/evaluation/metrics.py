"""How well labels agree with the ground truth: intersection over union and pixel accuracy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..specs import VOID, Message


@dataclass(frozen=True)
class Scores:
    """Agreement over a whole data set, 0-1."""

    miou: float  # mean of `iou` over the classes that occur
    pixel_accuracy: float  # share of the pixels with a true class that got it
    iou: tuple[float | None, ...]  # per class; None where neither labels nor ground truth have it


def confusion(labels: np.ndarray, ground_truth: np.ndarray, classes: int) -> np.ndarray:
    """Count pixels by true class (row) and predicted class (column): `(C, C)` int64.

    Args:
        labels: Predicted class indices, any shape, integers in `0 .. classes - 1`.
        ground_truth: True class indices in the same shape; what is 255 (void) is not counted.

    Raises:
        ValueError: If the shapes differ or a label is no class.
    """
    labels, ground_truth = np.asarray(labels), np.asarray(ground_truth)
    if labels.shape != ground_truth.shape:
        raise ValueError(
            f"labels are {labels.shape} but the ground truth is {ground_truth.shape}; "
            "both must be of one size"
        )
    known = ground_truth != VOID
    labels, ground_truth = labels[known].astype(np.int64), ground_truth[known].astype(np.int64)
    for name, values in (("labels", labels), ("ground truth", ground_truth)):
        if values.size and not 0 <= values.min() <= values.max() < classes:
            raise ValueError(
                Message(
                    "{name} hold {low} to {high}, but {classes} classes need 0 to {last} "
                    "(and {void} for void, in the ground truth)",
                    name=name, low=values.min(), high=values.max(), classes=classes,
                    last=classes - 1, void=VOID,
                )
            )  # fmt: skip
    counts = np.bincount(ground_truth * classes + labels, minlength=classes**2)
    return counts.reshape(classes, classes)


def scores(confusion: np.ndarray) -> Scores:
    """Return the figures of a `(C, C)` confusion summed over the whole data set.

    Intersections and unions are summed over all photos before they are divided, as VOC and
    CamVid are scored. A class that occurs neither in the ground truth nor among the predictions is
    left out of the mean; one that is only predicted counts as 0.

    Raises:
        ValueError: If no pixel was counted.
    """
    if not confusion.any():
        raise ValueError(Message("no pixel has a true class, so there is nothing to score"))
    hits = np.diag(confusion)
    unions = confusion.sum(0) + confusion.sum(1) - hits
    iou = [float(hit / union) if union else None for hit, union in zip(hits, unions, strict=True)]
    occurring = [each for each in iou if each is not None]
    return Scores(sum(occurring) / len(occurring), float(hits.sum() / confusion.sum()), tuple(iou))
