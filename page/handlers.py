"""What happens when a visitor presses something: the engine's stages, as updates of the page."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

import gradio as gr

from seg_models import preprocess
from seg_models.visualize import draw

from . import drawing, fetching, guestbook, inspection, markup, network, wording
from .drawing import REFINED, SCORE_MAP, UPSAMPLED
from .errors import told
from .look import Look, choices
from .results import Results
from .shown import NOTHING, SKIP, Shown, inspectable, legend, refined
from .translations import say
from .translations.errors import NO_PHOTO, RESULT_GONE, translated

RESULTS = Results()


def check(photo: str | None, language: str) -> Any:
    """Take a file that is no photo off the page again and say why; leave a photo as it is."""
    if photo is None:
        return SKIP
    try:
        preprocess.open_photo(photo)
    except ValueError as error:
        gr.Warning(html.escape(translated(language, str(error))))
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
    with told(look.language):
        if photo is None:
            raise ValueError(NO_PHOTO)
        yield NOTHING._replace(status=say(look.language, "loading"))
        checkpoint = guestbook.find(model or "")
        for said in fetching.words(checkpoint):
            yield Shown(status=html.escape(translated(look.language, said)))
        look = look.valid(checkpoint)
        yield Shown(
            status=say(look.language, "running"),
            view=gr.update(choices=choices(checkpoint.labels, look.language), value=look.view),
        )
        stages = network.stages(checkpoint, photo)
        segmentation = next(stages)
        caption = wording.score_map_caption(segmentation, look.language)
        yield Shown(
            score_map=drawing.picture(segmentation, SCORE_MAP, look),
            score_map_heading=markup.panel(0, caption),
            inspect=inspection.data(segmentation, None, look),
            status=say(look.language, "upsampling"),
        )
        segmentation = next(stages)
        caption = wording.upsampled_caption(segmentation, look.language)
        key = RESULTS.keep(segmentation, key, photo)
        yield Shown(
            key=key,
            upsampled=drawing.picture(segmentation, UPSAMPLED, look),
            upsampled_heading=markup.panel(1, caption),
            legend=legend(segmentation, UPSAMPLED, look),
            inspect=inspection.data(segmentation, None, look),
            status=say(look.language, "edges"),
        )


def refine(key: str | None, crf: bool, iterations: int, look: Look) -> Iterator[Shown]:
    """Show the refined mask after `iterations` of the CRF, stored ones at once.

    Args:
        key: The visitor's result.
        crf: Whether there is to be a CRF at all.
        iterations: How many; 0 is none, too.
        look: How to draw.
    """
    with told(look.language):
        result = RESULTS.find(key)
        if result is None:
            raise ValueError(RESULT_GONE)
        look = look.valid(result.segmentation.checkpoint)
        wanted = iterations if crf else 0
        fresh = not result.spent or wanted > len(result.spent)
        for step in result.advance(wanted):
            done = len(step.history)
            if done < wanted:
                status = say(look.language, "refining", done=done, wanted=wanted)
                yield refined(result, done, look, status)
        whole = result.at(wanted)
        labels = drawing.labels(whole, REFINED)
        update = refined(result, wanted, look, wording.summary(whole, labels, look.language))
        if fresh:
            update = update._replace(inspect=inspectable(result, look))
        yield update._replace(details=draw.details(whole, labels))


def rerefine(key: str | None, crf: bool, iterations: int, look: Look) -> Iterator[Shown]:
    """Do as `refine`, but nothing as long as there is no result."""
    if RESULTS.find(key) is not None:
        yield from refine(key, crf, iterations, look)


def redraw(key: str | None, crf: bool, iterations: int, look: Look) -> Shown:
    """Draw the panels anew in another look; nothing is computed."""
    result = RESULTS.find(key)
    if result is None:
        return Shown()
    with told(look.language):
        done = min(iterations if crf else 0, len(result.spent))
        return refined(result, done, look, SKIP)._replace(
            score_map=drawing.picture(result.segmentation, SCORE_MAP, look),
            upsampled=drawing.picture(result.segmentation, UPSAMPLED, look),
            inspect=inspectable(result, look),
            probe="",
        )


def probe(key: str | None, crf: bool, iterations: int, look: Look, x: int, y: int) -> str:
    """Return what is known of the pixel at column `x` and row `y`, as HTML."""
    result = RESULTS.find(key)
    if result is None:
        return ""
    done = min(iterations if crf else 0, len(result.spent))
    return inspection.probe(result.at(done), x, y, look)
