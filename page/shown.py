"""What a handler shows: the page's outputs as one record, and how its parts are made."""

from __future__ import annotations

from typing import Any, NamedTuple

import gradio as gr

from seg_models.specs import Segmentation
from seg_models.visualize import draw

from . import drawing, inspection, markup, wording
from .drawing import REFINED, SCORE_MAP, UPSAMPLED
from .look import Look
from .results import Result

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
    **{f"{name}_heading": markup.panel(stage)
       for stage, name in enumerate(("score_map", "upsampled", "refined"))},
)  # fmt: skip


def refined(result: Result, iteration: int, look: Look, status: Any) -> Shown:
    """Return the update that shows the refined mask after `iteration`; 0 is before the first."""
    segmentation = result.at(iteration)
    caption = wording.refined_caption(segmentation, look.language)
    return Shown(
        refined=drawing.picture(segmentation, REFINED, look),
        refined_heading=markup.panel(2, caption),
        legend=legend(segmentation, REFINED, look),
        chart=markup.chart(draw.changed(result.segmentation), iteration, look.language),
        status=status,
    )


def inspectable(result: Result, look: Look) -> dict[str, Any]:
    """Return what the browser needs to look closely at a result by itself."""
    levels = []
    if look.graded:
        plain = result.at(0)
        levels = [drawing.levels(plain, stage, look) for stage in (SCORE_MAP, UPSAMPLED)]
        known = range(1, len(result.spent) + 1)
        levels += [drawing.levels(result.at(each), REFINED, look) for each in known]
    return inspection.data(result.segmentation, result.run, look, levels)


def legend(segmentation: Segmentation, stage: int, look: Look) -> str:
    """Return the legend of a stage's labels, as HTML."""
    label_set = look.labels(segmentation.checkpoint)
    return markup.legend(
        draw.shares(drawing.labels(segmentation, stage), label_set), label_set, look
    )
