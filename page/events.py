"""Which component's event calls which handler; only `/segment` is public (see `layout`)."""

import gradio as gr

from . import choosing, handlers, photos
from .look import Look, choices
from .shown import SKIP
from .translations import ENGLISH, preferred

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
    photo.upload(_check, photo, photo, **QUIET)


def join_arrival(page, strip, choosers, view) -> None:
    """Join the page's opening to what the browser cannot translate by itself, or what is new."""
    page.load(_greet, None, [strip, *choosers, view], **QUIET)


def join_examples(strip, photo, model, truth) -> None:
    """Join a click on an example to photo, truth and a network that knows what is on it."""
    strip.click(_choose, model, [photo, model, truth], **QUIET)
    photo.input(lambda: None, None, truth, **QUIET)  # another photo's truth is no truth


def _greet(request: gr.Request):
    language = preferred(request)
    networks = gr.update(choices=choosing.choices((), language))
    if language == ENGLISH:  # as it stands there already, but for what was fetched since
        return [SKIP, networks, networks, SKIP]
    gallery = photos.gallery(photos.examples(), language)
    return [gallery, networks, networks, gr.update(choices=choices(None, language))]


def _check(photo, request: gr.Request):
    return handlers.check(photo, preferred(request))


def _analyse(photo, model, view, safe, key, request: gr.Request):
    yield from handlers.analyse(photo, model, _look(view, safe, request), key)


def _refine(key, crf, iterations, view, safe, request: gr.Request):
    yield from handlers.refine(key, crf, iterations, _look(view, safe, request))


def _rerefine(key, crf, iterations, view, safe, request: gr.Request):
    yield from handlers.rerefine(key, crf, iterations, _look(view, safe, request))


def _redraw(key, crf, iterations, view, safe, request: gr.Request):
    return handlers.redraw(key, crf, iterations, _look(view, safe, request))


def _probe(key, crf, iterations, view, safe, request: gr.Request, event: gr.EventData) -> str:
    return handlers.probe(key, crf, iterations, _look(view, safe, request), event.x, event.y)


def _look(view: str, safe: bool, request: gr.Request) -> Look:
    return Look(view, safe, preferred(request))


def _choose(model: str | None, event: gr.EventData) -> tuple[str, str | None, str | None]:
    example = photos.examples()[event.index]
    truth = str(example.truth) if example.truth else None
    return str(example.path), photos.matching_model(example, model), truth
