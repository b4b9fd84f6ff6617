"""The tabs below the panels: compare networks, look inside them, take the result home, check it."""

from __future__ import annotations

import html
from typing import NamedTuple

import gradio as gr

from seg_models.checkpoints import registry

from . import compare, handlers, inside_tab, serving, takeaway, truth, wording
from .errors import told
from .look import Look
from .translations import ENGLISH, preferred, say, text
from .translations.errors import NO_RESULT, translated

PRIVATE = {"api_visibility": "private", "show_progress": "hidden"}
STATUS = '<p role="status" aria-live="polite">${value}</p>'
PRESSABLE = "() => ({{ __type__: 'update', interactive: {} }})"  # by the browser, at once


class Controls(NamedTuple):
    """The components that the tabs read."""

    photo: gr.Image
    model: gr.Dropdown
    crf: gr.Checkbox
    iterations: gr.Slider
    view: gr.Dropdown
    safe: gr.Checkbox
    key: gr.State
    details: gr.JSON  # changes with every result, so what is said of the last one goes


def build(controls: Controls) -> tuple[gr.CheckboxGroup, gr.File]:
    """Put the tabs on the page and join them; return the networks to compare and the truth."""
    with gr.Tabs(elem_id="more"):
        with gr.Tab(text("compare-tab"), elem_id="compare-tab"):
            models = _compare(controls)
        with gr.Tab(text("inside-tab"), elem_id="inside-tab") as inside:
            inside_tab.build(inside, controls.photo, controls.model)
        with gr.Tab(text("take-tab"), elem_id="take-tab"):
            _take(controls)
        with gr.Tab(text("truth-tab"), elem_id="truth-tab"):
            mask = _truth(controls)
    return models, mask


def _compare(controls: Controls) -> gr.CheckboxGroup:
    choices = [(wording.choice(each, ENGLISH), each.name) for each in registry.checkpoints()]
    models = gr.CheckboxGroup(
        choices, value=compare.fitting(serving.default_model()),
        label=text("compare-models"), elem_id="compare-models",
    )  # fmt: skip
    with gr.Row():
        start = gr.Button(text("compare"), variant="primary", elem_id="compare", min_width=120)
        everything = gr.Button(text("all"), min_width=120)
        stop = gr.Button(text("stop"), variant="stop", elem_id="compare-stop", min_width=120)
    status = gr.HTML("", html_template=STATUS, elem_id="compare-status")
    pictures = gr.HTML("", elem_id="comparison")
    inputs = [controls.photo, models, controls.crf, controls.iterations, controls.safe]
    # Gradio ignores presses as long as a run lasts, which after Stop is until its step is done.
    start.click(None, None, start, js=PRESSABLE.format("false"), **PRIVATE)
    running = start.click(
        _run_comparison, inputs, [pictures, status], concurrency_id="compare",
        concurrency_limit=1, **PRIVATE,
    )  # fmt: skip
    running.then(None, None, start, js=PRESSABLE.format("true"), **PRIVATE)
    # Said when it is so, or a step that was still under way would overwrite it.
    running.failure(_stopped, inputs[:2], status, **PRIVATE)
    stop.click(None, cancels=[running], **PRIVATE)
    everything.click(lambda: [name for _, name in choices], None, models, **PRIVATE)
    controls.model.change(compare.fitting, controls.model, models, **PRIVATE)
    return models


def _take(controls: Controls) -> None:
    make = gr.Button(text("take"), elem_id="take", min_width=160)
    made = gr.File(
        label=text("files"),
        file_count="multiple",
        interactive=False,
        elem_id="files",
        visible=False,
    )
    calls = gr.Markdown(elem_id="calls")
    inputs = [controls.key, controls.crf, controls.iterations, controls.safe]
    make.click(_pack, inputs, [made, calls], concurrency_id="crf", **PRIVATE)
    controls.details.change(_unmade, None, [made, calls], **PRIVATE)


def _truth(controls: Controls) -> gr.File:
    gr.HTML(f"<p>{text('truth-help')}</p>")
    mask = gr.File(label=text("truth"), file_types=[".png"], elem_id="truth", height=140)
    result = gr.HTML("", elem_id="truth-report", elem_classes="truth")
    inputs = [mask, controls.photo, controls.key, controls.crf, controls.iterations]
    gr.on([mask.upload, controls.details.change], _judge, inputs, result, **PRIVATE)
    gr.on([mask.clear, controls.photo.change], _offer, mask, result, **PRIVATE)
    return mask


def _run_comparison(photo, models, crf, iterations, safe, request: gr.Request):
    look = Look(safe=safe, language=preferred(request))
    yield from compare.compare(photo, models, crf, iterations, look)


def _stopped(photo, models, request: gr.Request) -> str:
    """Say that a comparison was stopped, unless it was refused for want of anything to compare."""
    return say(preferred(request), "stopped") if photo and models else ""


def _found(key: str | None):
    result = handlers.RESULTS.find(key)
    if result is None:
        raise ValueError(NO_RESULT)
    return result


def _pack(key, crf, iterations, safe, request: gr.Request):
    look = Look(safe=safe, language=preferred(request))
    with told(look.language):
        result = _found(key)
        segmentation = result.exactly(min(iterations if crf else 0, len(result.spent)))
        done = segmentation.crf.iterations if segmentation.crf else 0
        address = str(request.request.base_url).rstrip("/") if request else ""
        calls = takeaway.calls(segmentation.checkpoint, done, address, look.language)
        return gr.update(value=takeaway.pack(segmentation, look), visible=True), calls


def _unmade():
    return gr.update(value=None, visible=False), ""


def _offer(mask, request: gr.Request) -> str:
    """Return what a truth waits for, where there is one, in place of the last photo's report."""
    return f"<p>{say(preferred(request), 'truth-waits')}</p>" if mask else ""


def _judge(mask, photo, key, crf, iterations, request: gr.Request):
    """Return the report, or why there is none, in its place: no new photo calls for an alarm."""
    if mask is None:
        return ""
    language = preferred(request)
    result = handlers.RESULTS.find(key)
    if result is None or photo not in (None, result.source):
        return _offer(mask, request)
    try:
        segmentation = result.at(min(iterations if crf else 0, len(result.spent)))
        known = truth.read(mask, segmentation)
        return truth.report(segmentation, known, language)
    except ValueError as error:
        return f'<p class="worse">{html.escape(translated(language, str(error)))}</p>'
