"""What happens when a visitor presses something: the engine's stages, as updates of the page."""

from __future__ import annotations

import html
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

import gradio as gr

from seg_models import pipeline, preprocess, render, weights, zoo
from seg_models.specs import Segmentation, WeightsError

from . import files, wording
from .results import Results

log = logging.getLogger(__name__)
RESULTS = Results()
SKIP = gr.skip()


class Shown(NamedTuple):
    """The page's outputs, in the order that `layout` joins them; a skipped one stays as it is."""

    key: Any = SKIP  # of the visitor's result, in RESULTS
    score_map: Any = SKIP
    upsampled: Any = SKIP
    refined: Any = SKIP
    score_map_heading: Any = SKIP
    upsampled_heading: Any = SKIP
    refined_heading: Any = SKIP
    legend: Any = SKIP
    status: Any = SKIP
    details: Any = SKIP


@contextmanager
def told() -> Iterator[None]:
    """Turn what went wrong into one sentence for the visitor; the unforeseen is logged in full."""
    try:
        yield
    except (ValueError, WeightsError) as error:
        raise gr.Error(html.escape(str(error)), print_exception=False) from error
    except gr.Error:
        raise
    except Exception as error:
        log.exception("a visitor's request failed")
        raise gr.Error(
            "Something failed on the server; it was logged. Another photo or network may work.",
            print_exception=False,
        ) from error


def check(photo: str | None) -> Any:
    """Take a file that is no photo off the page again and say why; leave a photo as it is."""
    if photo is None:
        return SKIP
    try:
        preprocess.open_photo(photo)
    except ValueError as error:
        gr.Warning(html.escape(str(error)), title="That is not a photo")
        return None
    return SKIP


def analyse(
    photo: str | None, model: str | None, key: str | None = None, progress=None
) -> Iterator[Shown]:
    """Show the score map, then its upsampling; what follows is `refine`'s.

    Args:
        photo: Path of the file as it came.
        model: Name of a checkpoint.
        key: The visitor's last result, to be replaced.
        progress: Told the share and a sentence while weights are downloaded.
    """
    with told():
        if photo is None:
            raise gr.Error(wording.NO_PHOTO, print_exception=False)
        yield _cleared(f"Loading {model} …")
        weights.locate(zoo.find(model or ""), progress)
        segmenter = pipeline.load(model)
        segmentation = pipeline.score(segmenter, photo)
        yield Shown(
            score_map=_score_map(segmentation),
            score_map_heading=wording.panel(1, wording.score_map_caption(segmentation)),
            status="Upsampling …",
        )
        segmentation = pipeline.enlarge(segmenter.network, segmentation)
        yield Shown(
            key=RESULTS.keep(segmentation, key),
            upsampled=_upsampled(segmentation),
            upsampled_heading=wording.panel(2, wording.upsampled_caption(segmentation)),
            legend=_legend(segmentation, segmentation.probabilities.argmax(0).cpu()),
            status="",
        )


def refine(key: str | None, crf: bool, iterations: int) -> Iterator[Shown]:
    """Show the refined mask after `iterations` of the CRF, stored ones at once.

    Args:
        key: The visitor's result.
        crf: Whether there is to be a CRF at all.
        iterations: How many; 0 is none, too.
    """
    with told():
        segmentation = RESULTS.find(key)
        if segmentation is None:
            raise gr.Error(wording.NO_RESULT, print_exception=False)
        wanted = iterations if crf else 0
        if wanted > len(segmentation.history):
            settings = replace(segmentation.checkpoint.crf, iterations=wanted)
            for step in pipeline.refine(segmentation, settings):
                segmentation, done = step, len(step.history)
                if done < wanted:
                    yield _refined(step, done, f"CRF: iteration {done} of {wanted} …")
            RESULTS.keep(segmentation, key)
        yield _refined(segmentation, wanted, wording.summary(segmentation))._replace(
            details=render.details(segmentation)
        )


def rerefine(key: str | None, crf: bool, iterations: int) -> Iterator[Shown]:
    """Do as `refine`, but nothing as long as there is no result."""
    if key is not None:
        yield from refine(key, crf, iterations)


def segment(photo: str, model: str, iterations: int) -> tuple[str, str, str, dict]:
    """Segment a photo with a trained network and refine the result with a dense CRF.

    Args:
        photo: The photo: JPEG, PNG, WebP or another usual format.
        model: Name of a checkpoint, such as "deeplab_v3-animals".
        iterations: Iterations of the dense CRF, 0 to 20; with 0 the refined mask is the
            upsampled one.

    Returns:
        PNG of the score map, each cell a rectangle in its class's colour.
        PNG of the upsampled mask.
        PNG of the refined mask.
        All facts of the result: classes with their share of the area, times, sizes, settings.
    """
    with told():
        if photo is None:
            raise gr.Error(wording.NO_PHOTO, print_exception=False)
        segmenter = pipeline.load(model)
        crf = replace(segmenter.checkpoint.crf, iterations=iterations)
        segmentation = segmenter.segment(photo, crf)
        labels = segmentation.checkpoint.labels
        pictures = {
            "score_map": _cells(segmentation),
            "upsampled": render.colour(segmentation.probabilities.argmax(0).cpu(), labels),
            "refined": render.colour(pipeline.final(segmentation).argmax(0).cpu(), labels),
        }
        paths = [files.save(picture, name) for name, picture in pictures.items()]
        return (*paths, render.details(segmentation))


def _cleared(status: str) -> Shown:
    return Shown(
        key=None,
        score_map=None,
        upsampled=None,
        refined=None,
        score_map_heading=wording.panel(1),
        upsampled_heading=wording.panel(2),
        refined_heading=wording.panel(3),
        legend="",
        status=status,
        details=None,
    )


def _cells(segmentation: Segmentation):
    size = segmentation.photo.shape[:2]
    return render.score_map_picture(segmentation.score_map, size, segmentation.checkpoint.labels)


def _score_map(segmentation: Segmentation):
    path = files.save(_cells(segmentation), f"{segmentation.checkpoint.name}-score-map")
    labels = segmentation.score_map.argmax(0).cpu()
    return _picture(path, "Score map", labels, segmentation)


def _upsampled(segmentation: Segmentation):
    labels = segmentation.probabilities.argmax(0).cpu()
    return _mask("upsampled", "Upsampled mask", labels, segmentation)


def _refined(segmentation: Segmentation, iteration: int, status: str) -> Shown:
    """Return the update that shows the labels after `iteration`; 0 shows the upsampled ones."""
    labels = (
        segmentation.history[iteration - 1]
        if iteration
        else segmentation.probabilities.argmax(0).cpu()
    )
    caption = wording.refined_caption(segmentation, iteration)
    return Shown(
        refined=_mask(f"crf{iteration}", "Refined mask", labels, segmentation),
        refined_heading=wording.panel(3, caption),
        legend=_legend(segmentation, labels),
        status=status,
    )


def _mask(kind: str, stage: str, labels, segmentation: Segmentation):
    picture = render.colour(labels, segmentation.checkpoint.labels)
    path = files.save(picture, f"{segmentation.checkpoint.name}-{kind}")
    return _picture(path, stage, labels, segmentation)


def _picture(path: str, stage: str, labels, segmentation: Segmentation):
    return gr.update(value=path, alt_text=wording.alt_text(stage, labels, segmentation.checkpoint))


def _legend(segmentation: Segmentation, labels) -> str:
    label_set = segmentation.checkpoint.labels
    colours = dict(zip(label_set.classes, label_set.colours, strict=True))
    return wording.legend(render.shares(labels, label_set), colours)
