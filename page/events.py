"""Which component's event calls which handler; only `/segment` is public (see `layout`)."""

import gradio as gr

from . import drawing, handlers, photos

# The page says itself how far it is; Gradio's veil over the panels would hide what is there.
QUIET = {"show_progress": "hidden", "api_visibility": "private"}


def join_network(button, inputs, crf_inputs, outputs) -> None:
    """Join the button to the network, and the network's result to the CRF."""
    analysed = button.click(_analyse, inputs, outputs, concurrency_id="gpu", **QUIET)
    analysed.success(_refine, crf_inputs, outputs, concurrency_id="crf", **QUIET)


def join_crf(crf, look, inputs, outputs) -> None:
    """Join the CRF's controls to the CRF, and the look's to drawing alone."""
    latest = {"trigger_mode": "always_last", **QUIET}
    switch, iterations = crf
    for change in (iterations.change, switch.input):
        change(_rerefine, inputs, outputs, concurrency_id="crf", **latest)
    for each in look:
        each.input(_redraw, inputs, outputs, **latest)


def join_pointer(inspect, inputs, probe) -> None:
    """Join a click on a panel's picture to the probabilities of its pixel."""
    inspect.select(_probe, inputs, probe, **QUIET)


def join_photo(photo) -> None:
    """Join a file that was dropped to the look whether it is a photo."""
    photo.upload(handlers.check, photo, photo, **QUIET)


def join_examples(strip, photo, model) -> None:
    """Join a click on an example to the photo, and to a network that knows what is on it."""
    strip.click(_choose, model, [photo, model], **QUIET)


def _analyse(photo, model, view, safe, key):
    yield from handlers.analyse(photo, model, drawing.Look(view, safe), key)


def _refine(key, crf, iterations, view, safe):
    yield from handlers.refine(key, crf, iterations, drawing.Look(view, safe))


def _rerefine(key, crf, iterations, view, safe):
    yield from handlers.rerefine(key, crf, iterations, drawing.Look(view, safe))


def _redraw(key, crf, iterations, view, safe):
    return handlers.redraw(key, crf, iterations, drawing.Look(view, safe))


def _probe(key, view, safe, event: gr.EventData) -> str:
    return handlers.probe(key, drawing.Look(view, safe), event.x, event.y)


def _choose(model: str | None, event: gr.EventData) -> tuple[str, str | None]:
    example = photos.examples()[event.index]
    return str(example.path), photos.matching_model(example, model)
