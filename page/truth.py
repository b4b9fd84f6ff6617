"""A result against the truth: what each CRF iteration put right, and what it spoilt."""

from __future__ import annotations

import html
from pathlib import Path

import numpy as np

from seg_models import evaluation
from seg_models.evaluation import Scores
from seg_models.preprocess import MAX_PIXELS
from seg_models.specs import VOID, LabelSet, Segmentation

from . import drawing
from .inspection import png_url

RIGHT, SPOILT = (46, 160, 90), (214, 48, 49)  # green, red; named in words beside the picture
DIM = 0.45  # how bright the photo is left where the CRF made no difference
CLEAR = 0.0005  # mIoU; less is called no difference


def read(path: str, segmentation: Segmentation) -> np.ndarray:
    """Return the true class indices of a file, `(H, W)` uint8, at the result's working size.

    Raises:
        ValueError: If the file is no indexed or grey PNG, has another shape than the photo, or
            holds a label that is no class.
    """
    try:
        truth = evaluation.read_truth(Path(path))
    except OSError as error:
        raise ValueError(f"{Path(path).name} is not a picture; give an indexed PNG") from error
    size = segmentation.photo.shape[:2]
    if truth.size > MAX_PIXELS or truth.shape not in (segmentation.photo_size, size):
        height, width = segmentation.photo_size
        raise ValueError(
            f"the mask is {truth.shape[1]}×{truth.shape[0]} pixels, the photo {width}×{height}; "
            "give the mask of this photo"
        )
    return drawing.cells(truth, size)


def report(segmentation: Segmentation, truth: np.ndarray, label_set: LabelSet) -> str:
    """Return the verdict, the map of what changed and the table of IoU per class, as HTML.

    Args:
        segmentation: A result, with the history of its CRF.
        truth: `(H, W)` class indices at working size; 255 is not counted.
        label_set: Its classes.
    """
    stages = [drawing.labels(segmentation, drawing.UPSAMPLED)]
    stages += [each.numpy() for each in segmentation.history]
    classes = len(label_set.classes)
    scores = [evaluation.scores(evaluation.confusion(each, truth, classes)) for each in stages]
    picture = ""
    if len(stages) > 1:
        drawn = png_url(difference(segmentation.photo, truth, stages[0], stages[-1]))
        picture = (
            f'<img src="{drawn}" alt="What the CRF put right and what it spoilt">'
            "<p>Green: the CRF put it right. Red: the CRF spoilt it.</p>"
        )
    return (
        f'<p class="verdict">{verdict(scores)}</p>{picture}'
        f'<div class="scroll" tabindex="0">{_table(scores, label_set)}</div>'
    )


def verdict(scores: list[Scores]) -> str:
    """Say plainly whether the CRF helped, from the scores before it and after each iteration."""
    before, after = scores[0].miou, scores[-1].miou
    if len(scores) == 1:
        return f"Without a CRF: mIoU {100 * before:.1f} %."
    figures = f"mIoU {100 * before:.1f} % before it, {100 * after:.1f} % after"
    if abs(after - before) < CLEAR:
        return f"The CRF makes no difference here: {figures}."
    best = max(range(len(scores)), key=lambda number: scores[number].miou)
    if after > before:
        return f"The CRF helps here: {figures}; best after iteration {best}."
    peak = f"best after iteration {best}" if best else "no iteration improves on it"
    return f"The CRF hurts here: {figures}; {peak}."


def difference(
    photo: np.ndarray, truth: np.ndarray, before: np.ndarray, after: np.ndarray
) -> np.ndarray:
    """Return the photo, dimmed, green where only `after` is true, red where only `before` is.

    Args:
        photo: `(H, W, 3)` uint8.
        truth: `(H, W)` class indices; 255 is left alone.
        before: `(H, W)` class indices.
        after: Likewise.
    """
    drawn = (photo * DIM).astype(np.uint8)
    known = truth != VOID
    drawn[known & (after == truth) & (before != truth)] = RIGHT
    drawn[known & (before == truth) & (after != truth)] = SPOILT
    return drawn


def _table(scores: list[Scores], label_set: LabelSet) -> str:
    head = "".join(f'<th scope="col">{number}</th>' for number in range(1, len(scores)))
    rows = [_row("mean", [each.miou for each in scores])]
    rows += [
        _row(name, [each.iou[index] for each in scores])
        for index, name in enumerate(label_set.classes)
        if scores[-1].iou[index] is not None
    ]
    return (
        "<table><caption>IoU in % before the CRF and after each iteration</caption>"
        f'<tr><th scope="col">Class</th><th scope="col">Upsampled</th>{head}</tr>'
        f"{''.join(rows)}</table>"
    )


def _row(name: str, values: list[float | None]) -> str:
    first = values[0] or 0.0
    cells = "".join(_cell(value or 0.0, first) for value in values[1:])
    return f'<tr><th scope="row">{html.escape(name)}</th><td>{100 * first:.1f}</td>{cells}</tr>'


def _cell(value: float, first: float) -> str:
    if abs(value - first) < CLEAR:
        return f"<td>{100 * value:.1f}</td>"
    sign, kind = ("▲", "better") if value > first else ("▼", "worse")
    return f'<td class="{kind}">{sign} {100 * value:.1f}</td>'
