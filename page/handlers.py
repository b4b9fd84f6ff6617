"""What happens when a visitor presses something: the engine's stages, as updates of the page."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any, NamedTuple

import gradio as gr

from seg_models import preprocess, render, weights, zoo
from seg_models.specs import Segmentation

from . import drawing, inspection, network, wording
from .drawing import REFINED, SCORE_MAP, UPSAMPLED, Look
from .errors import told
from .results import Result, Results

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
    chart: Any = SKIP
    inspect: Any = SKIP  # what the browser needs to look closely by itself
    probe: Any = SKIP
    view: Any = SKIP
    details: Any = SKIP


NOTHING = Shown(
    key=None, score_map=None, upsampled=None, refined=None, legend="", chart="", inspect=None,
    probe="", details=None,
    **{f"{name}_heading": wording.panel(stage)
       for stage, name in enumerate(("score_map", "upsampled", "refined"))},
)  # fmt: skip


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
    photo: str | None, model: str | None, look: Look, key: str | None = None, progress=None
) -> Iterator[Shown]:
    """Show the score map, then its upsampling; what follows is `refine`'s.

    Args:
        photo: Path of the file as it came.
        model: Name of a checkpoint.
        look: How to draw.
        key: The visitor's last result, to be replaced.
        progress: Told the share and a sentence while weights are downloaded.
    """
    with told():
        if photo is None:
            raise ValueError(wording.NO_PHOTO)
        yield NOTHING._replace(status="Loading the network …")
        checkpoint = zoo.find(model or "")
        weights.locate(checkpoint, progress)
        look, label_set = look.valid(checkpoint), look.labels(checkpoint)
        yield Shown(
            status="Running the network …",
            view=gr.update(choices=drawing.choices(checkpoint.labels), value=look.view),
        )
        stages = network.stages(model, photo)
        segmentation = next(stages)
        yield Shown(
            score_map=drawing.picture(segmentation, SCORE_MAP, look),
            score_map_heading=wording.panel(0, wording.score_map_caption(segmentation)),
            inspect=inspection.data(segmentation, None, look.view, label_set),
            status="Upsampling …",
        )
        segmentation = next(stages)
        key = RESULTS.keep(segmentation, key)
        yield Shown(
            key=key,
            upsampled=drawing.picture(segmentation, UPSAMPLED, look),
            upsampled_heading=wording.panel(1, wording.upsampled_caption(segmentation)),
            legend=_legend(segmentation, UPSAMPLED, look),
            inspect=inspection.data(segmentation, None, look.view, label_set),
            status="CRF: looking for edges …",
        )


def refine(key: str | None, crf: bool, iterations: int, look: Look) -> Iterator[Shown]:
    """Show the refined mask after `iterations` of the CRF, stored ones at once.

    Args:
        key: The visitor's result.
        crf: Whether there is to be a CRF at all.
        iterations: How many; 0 is none, too.
        look: How to draw.
    """
    with told():
        result = RESULTS.find(key)
        if result is None:
            raise ValueError(wording.NO_RESULT)
        look = look.valid(result.segmentation.checkpoint)
        wanted = iterations if crf else 0
        fresh = not result.spent or wanted > len(result.spent)
        for step in result.advance(wanted):
            done = len(step.history)
            if done < wanted:
                yield _refined(result, done, look, f"CRF: iteration {done} of {wanted} …")
        whole = result.at(wanted)
        labels = drawing.labels(whole, REFINED)
        shown = _refined(result, wanted, look, wording.summary(whole, labels))
        if fresh:
            shown = shown._replace(inspect=_inspect(result, look))
        yield shown._replace(details=render.details(whole, labels))


def rerefine(key: str | None, crf: bool, iterations: int, look: Look) -> Iterator[Shown]:
    """Do as `refine`, but nothing as long as there is no result."""
    if RESULTS.find(key) is not None:
        yield from refine(key, crf, iterations, look)


def redraw(key: str | None, crf: bool, iterations: int, look: Look) -> Shown:
    """Draw the panels anew in another look; nothing is computed."""
    result = RESULTS.find(key)
    if result is None:
        return Shown()
    with told():
        done = min(iterations if crf else 0, len(result.spent))
        shown = _refined(result, done, look, SKIP)
        return shown._replace(
            score_map=drawing.picture(result.segmentation, SCORE_MAP, look),
            upsampled=drawing.picture(result.segmentation, UPSAMPLED, look),
            inspect=_inspect(result, look),
            probe="",
        )


def probe(key: str | None, look: Look, x: int, y: int) -> str:
    """Return what is known of the pixel at column `x` and row `y`, as HTML."""
    result = RESULTS.find(key)
    if result is None:
        return ""
    segmentation = result.segmentation
    return inspection.probe(segmentation, x, y, look.labels(segmentation.checkpoint))


def _refined(result: Result, iteration: int, look: Look, status: Any) -> Shown:
    segmentation = result.at(iteration)
    caption = wording.refined_caption(segmentation)
    return Shown(
        refined=drawing.picture(segmentation, REFINED, look),
        refined_heading=wording.panel(2, caption),
        legend=_legend(segmentation, REFINED, look),
        chart=wording.chart(render.changed(result.segmentation), iteration),
        status=status,
    )


def _inspect(result: Result, look: Look) -> dict[str, Any]:
    segmentation = result.segmentation
    label_set = look.labels(segmentation.checkpoint)
    return inspection.data(segmentation, result.run, look.view, label_set)


def _legend(segmentation: Segmentation, stage: int, look: Look) -> str:
    label_set = look.labels(segmentation.checkpoint)
    return wording.legend(
        render.shares(drawing.labels(segmentation, stage), label_set), label_set, look.view
    )
