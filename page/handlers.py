"""What happens when a visitor presses something: the engine's stages, as updates of the page."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

import gradio as gr

from seg_models import preprocess, render, zoo

from . import drawing, fetching, inspection, markup, network, wording
from .drawing import REFINED, SCORE_MAP, UPSAMPLED, Look
from .errors import told
from .results import Results
from .shown import NOTHING, SKIP, Shown, inspectable, legend, refined

RESULTS = Results()


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
    photo: str | None, model: str | None, look: Look, key: str | None = None
) -> Iterator[Shown]:
    """Show the score map, then its upsampling; what follows is `refine`'s.

    Args:
        photo: Path of the file as it came.
        model: Name of a checkpoint.
        look: How to draw.
        key: The visitor's last result, to be replaced.
    """
    with told():
        if photo is None:
            raise ValueError(wording.NO_PHOTO)
        yield NOTHING._replace(status="Loading the network …")
        checkpoint = zoo.find(model or "")
        for said in fetching.words(checkpoint):
            yield Shown(status=html.escape(said))
        look, label_set = look.valid(checkpoint), look.labels(checkpoint)
        yield Shown(
            status="Running the network …",
            view=gr.update(choices=drawing.choices(checkpoint.labels), value=look.view),
        )
        stages = network.stages(model, photo)
        segmentation = next(stages)
        yield Shown(
            score_map=drawing.picture(segmentation, SCORE_MAP, look),
            score_map_heading=markup.panel(0, wording.score_map_caption(segmentation)),
            inspect=inspection.data(segmentation, None, look.view, label_set),
            status="Upsampling …",
        )
        segmentation = next(stages)
        key = RESULTS.keep(segmentation, key)
        yield Shown(
            key=key,
            upsampled=drawing.picture(segmentation, UPSAMPLED, look),
            upsampled_heading=markup.panel(1, wording.upsampled_caption(segmentation)),
            legend=legend(segmentation, UPSAMPLED, look),
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
                yield refined(result, done, look, f"CRF: iteration {done} of {wanted} …")
        whole = result.at(wanted)
        labels = drawing.labels(whole, REFINED)
        update = refined(result, wanted, look, wording.summary(whole, labels))
        if fresh:
            update = update._replace(inspect=inspectable(result, look))
        yield update._replace(details=render.details(whole, labels))


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
        return refined(result, done, look, SKIP)._replace(
            score_map=drawing.picture(result.segmentation, SCORE_MAP, look),
            upsampled=drawing.picture(result.segmentation, UPSAMPLED, look),
            inspect=inspectable(result, look),
            probe="",
        )


def probe(key: str | None, look: Look, x: int, y: int) -> str:
    """Return what is known of the pixel at column `x` and row `y`, as HTML."""
    result = RESULTS.find(key)
    if result is None:
        return ""
    segmentation = result.segmentation
    return inspection.probe(segmentation, x, y, look.labels(segmentation.checkpoint))
