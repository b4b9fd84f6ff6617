"""A result against the truth: what each CRF iteration put right, and what it spoilt."""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from seg_models.evaluation import metrics
from seg_models.evaluation.metrics import Scores
from seg_models.labels import renumbered
from seg_models.preprocess import MAX_PIXELS
from seg_models.specs import VOID, Message
from seg_models.upsample import argmax
from seg_models.visualize.segmentation import Segmentation

from ..i18n import ENGLISH, name, say
from ..i18n.errors import NO_TRUTH
from ..segment import photos
from ..segment.pictures import cells, png_url
from ..segment.results import RESULTS
from ..server.turns import Work
from . import masks

RIGHT, SPOILT = (46, 160, 90), (214, 48, 49)  # green, red; named in words beside the picture
DIM = 0.45  # how bright the photo is left where the CRF made no difference
CLEAR = 0.0005  # mIoU; less is called no difference


def answer(asked: dict[str, Any], work: Work, language: str) -> Iterator[dict[str, str]]:
    """Yield the report on a run, once, as HTML.

    Args:
        asked: "run" is the result's, "truth" the key of a mask that was handed in; without one,
            the example's own.
        work: Not asked: this takes a moment.
        language: In which it is told.
    """
    result = RESULTS.find(asked.get("run"))
    example = photos.example_of(result.photo)
    path = masks.find(asked["truth"]) if asked.get("truth") else example and example.truth
    if path is None:
        raise ValueError(NO_TRUTH)
    given = None if asked.get("truth") else example
    known = read(path, result.segmentation, given)
    yield {"html": report(result.segmentation, known, language), "status": ""}


def read(path: Path, segmentation: Segmentation, example: photos.Example | None) -> np.ndarray:
    """Return the true class indices of a file, `(H, W)` uint8, at the result's working size.

    Raises:
        ValueError: If the file is no indexed or grey PNG, has another shape than the photo, or
            holds a label that is no class.
    """
    truth = masks.labels(path)
    where = example and example.positions(segmentation.checkpoint)
    if example and where is None:
        raise ValueError(
            Message(
                "the truth of this example names {domain}, the network knows {other}; "
                "choose a network that knows both",
                domain=name(ENGLISH, example.domain),
                other=name(ENGLISH, segmentation.checkpoint.domain),
            )
        )
    size = segmentation.photo.shape[:2]
    if truth.size > MAX_PIXELS or truth.shape not in (segmentation.photo_size, size):
        height, width = segmentation.photo_size
        raise ValueError(
            Message(
                "the mask is {size} pixels, the photo {other}; give the mask of this photo",
                size=f"{truth.shape[1]}×{truth.shape[0]}", other=f"{width}×{height}",
            )
        )  # fmt: skip
    truth = cells(truth, size)
    return renumbered(truth, where) if where else truth


def report(segmentation: Segmentation, truth: np.ndarray, language: str) -> str:
    """Return the verdict, the map of what changed and the table of IoU per class, as HTML.

    Args:
        segmentation: A result, with the history of its CRF.
        truth: `(H, W)` class indices at working size; 255 is not counted.
        language: To say it in.
    """
    classes = segmentation.checkpoint.labels.classes
    stages = [argmax(segmentation.probabilities).numpy()]
    stages += [each.numpy() for each in segmentation.history]
    scores = [metrics.scores(metrics.confusion(each, truth, len(classes))) for each in stages]
    picture = ""
    if len(stages) > 1:
        drawn = png_url(difference(segmentation.photo, truth, stages[0], stages[-1]))
        picture = (
            f'<img src="{drawn}" alt="{say(language, "difference-alt")}">'
            f"<p>{say(language, 'difference')}</p>"
        )
    names = [name(language, each) for each in classes]
    return (
        f'<p class="verdict">{verdict(scores, language)}</p>{picture}'
        f'<div class="scroll" tabindex="0">{_table(scores, names, language)}</div>'
    )


def verdict(scores: list[Scores], language: str) -> str:
    """Say plainly whether the CRF helped, from the scores before it and after each iteration."""
    gain = scores[-1].miou - scores[0].miou
    before, after = (f"{100 * each.miou:.1f}" for each in (scores[0], scores[-1]))
    if len(scores) == 1:
        return say(language, "without", before=before)
    mious = say(language, "mious", before=before, after=after)
    if abs(gain) < CLEAR:
        return say(language, "same", mious=mious)
    best = max(range(len(scores)), key=lambda number: scores[number].miou)
    if gain > 0:
        return say(language, "helps", mious=mious, best=best)
    return say(language, "hurts" if best else "only-hurts", mious=mious, best=best)


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


def _table(scores: list[Scores], classes: list[str], language: str) -> str:
    head = "".join(f'<th scope="col">{number}</th>' for number in range(1, len(scores)))
    rows = [_row(say(language, "mean"), [each.miou for each in scores])]
    rows += [
        _row(each_class, [each.iou[index] for each in scores])
        for index, each_class in enumerate(classes)
        if scores[-1].iou[index] is not None
    ]
    return (
        f"<table><caption>{say(language, 'iou')}</caption>"
        f'<tr><th scope="col">{say(language, "class")}</th>'
        f'<th scope="col">{say(language, "upsampled")}</th>{head}</tr>'
        f"{''.join(rows)}</table>"
    )


def _row(title: str, values: list[float | None]) -> str:
    first = values[0] or 0.0
    cells = "".join(_cell(value or 0.0, first) for value in values[1:])
    return f'<tr><th scope="row">{html.escape(title)}</th><td>{100 * first:.1f}</td>{cells}</tr>'


def _cell(value: float, first: float) -> str:
    if abs(value - first) < CLEAR:
        return f"<td>{100 * value:.1f}</td>"
    sign, kind = ("▲", "better") if value > first else ("▼", "worse")
    return f'<td class="{kind}">{sign} {100 * value:.1f}</td>'
