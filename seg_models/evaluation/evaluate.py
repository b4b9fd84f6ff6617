"""Scoring a checkpoint over a data set, with the CRF and without."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..checkpoints import registry
from ..pipeline import Segmenter
from ..specs import Checkpoint, CrfSettings
from . import metrics
from .labelled_photos import INDICES, LabelForm, Pairs, read_ground_truth
from .metrics import Scores


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate` found over a data set."""

    images: int
    scores: Scores  # of the final labels
    without_crf: Scores  # of the upsampled ones; the same where no CRF ran
    seconds_per_image: float  # everything included, from opening the photo to counting


def evaluate(
    segmenter: Segmenter,
    found: Pairs,
    crf: CrfSettings | None = None,
    watch: Callable[[Iterable], Iterable] = iter,
    form: LabelForm = INDICES,
) -> Evaluation:
    """Score a network on labelled photos (see `pairs`), at each photo's own size.

    Args:
        segmenter: The network.
        found: Paths of photo and ground truth.
        crf: Refine by this before scoring; both figures are returned.
        watch: What the pairs go through, such as tqdm for a progress bar.
        form: How the labels are written down.

    Raises:
        ValueError: If a photo or its ground truth cannot be used; the message names it.
            `dataset_check.check` says beforehand what is wrong with any of them.
    """
    classes = len(segmenter.checkpoint.labels.classes)
    plain, refined = (np.zeros((classes, classes), np.int64) for _ in range(2))
    began = time.perf_counter()
    for photo, ground_truth_path in watch(found):
        ground_truth = read_ground_truth(ground_truth_path, form)
        segmentation = segmenter.segment(photo, crf)
        before = replace(segmentation, refined=None).labels()
        after = before if segmentation.refined is None else segmentation.labels()
        try:
            plain = plain + metrics.confusion(before, ground_truth, classes)
            refined = refined + metrics.confusion(after, ground_truth, classes)
        except ValueError as error:
            name = ground_truth_path.name
            raise ValueError(f"{name} does not fit {photo.name}: {error}") from error
    seconds = (time.perf_counter() - began) / len(found)
    return Evaluation(len(found), metrics.scores(refined), metrics.scores(plain), seconds)


def figures(result: Evaluation, checkpoint: Checkpoint) -> dict[str, Any]:
    """Return the figures as plain values, ready for JSON."""
    return {
        "images": result.images,
        **_named(result.scores, checkpoint),
        "miou_without_crf": result.without_crf.miou,
        "seconds_per_image": result.seconds_per_image,
    }


def table(facts: dict[str, Any]) -> str:
    """Return the `figures` as lines to read, in per cent."""
    rows = {
        **facts["iou"],
        "mIoU": facts["miou"],
        "  without CRF": facts["miou_without_crf"],
        "pixel accuracy": facts["pixel_accuracy"],
    }
    shown = {row: "-" if share is None else f"{100 * share:.1f}" for row, share in rows.items()}
    lines = [f"{row:16}{share:>6}" for row, share in shown.items()]
    return "\n".join([*lines, f"{facts['images']} images, {facts['seconds_per_image']:.2f} s each"])


def record(result: Evaluation, checkpoint: Checkpoint, crf: CrfSettings | None) -> None:
    """Write the figures, as those of val, to the checkpoint's config.json and model card."""
    plain = _named(result.without_crf, checkpoint)
    results = {"val_images": result.images, **{f"val_{key}": plain[key] for key in plain}}
    if crf is not None:
        refined = _named(result.scores, checkpoint)
        results |= {f"val_{key}_crf": refined[key] for key in refined}
        results["crf_iterations"] = crf.iterations
    results = {**checkpoint.results, **results}
    registry.save(replace(checkpoint, results=results))


def _named(scores: Scores, checkpoint: Checkpoint) -> dict[str, Any]:
    rounded = [None if iou is None else round(iou, 4) for iou in scores.iou]
    return {
        "miou": round(scores.miou, 4),
        "pixel_accuracy": round(scores.pixel_accuracy, 4),
        "iou": dict(zip(checkpoint.labels.classes, rounded, strict=True)),
    }
