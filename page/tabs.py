"""The tabs below the panels: compare networks, take the result home, hold it against the truth."""

from __future__ import annotations

from typing import NamedTuple

import gradio as gr

from seg_models import zoo

from . import compare, handlers, serving, takeaway, truth, wording
from .drawing import Look
from .errors import told

PRIVATE = {"api_visibility": "private", "show_progress": "hidden"}
STATUS = '<p role="status" aria-live="polite">${value}</p>'


class Controls(NamedTuple):
    """The components that the tabs read."""

    photo: gr.Image
    model: gr.Dropdown
    crf: gr.Checkbox
    iterations: gr.Slider
    view: gr.Dropdown
    safe: gr.Checkbox
    key: gr.State


def build(controls: Controls) -> None:
    """Put the tabs on the page and join them."""
    with gr.Tabs(elem_id="more"):
        with gr.Tab("Compare networks", elem_id="compare-tab"):
            _compare(controls)
        with gr.Tab("Take it home", elem_id="take-tab"):
            _take(controls)
        with gr.Tab("Against the truth", elem_id="truth-tab"):
            _truth(controls)


def _compare(controls: Controls) -> None:
    choices = [(wording.choice(each), each.name) for each in zoo.checkpoints()]
    models = gr.CheckboxGroup(
        choices, value=compare.fitting(serving.default_model()),
        label="One photo through these networks", elem_id="compare-models",
    )  # fmt: skip
    with gr.Row():
        start = gr.Button("Compare", variant="primary", elem_id="compare", min_width=120)
        everything = gr.Button("Choose all", min_width=120)
        stop = gr.Button("Stop", variant="stop", elem_id="compare-stop", min_width=120)
    status = gr.HTML("", html_template=STATUS, elem_id="compare-status")
    pictures = gr.HTML("", elem_id="comparison")
    inputs = [controls.photo, models, controls.crf, controls.iterations, controls.safe]
    running = start.click(
        _run_comparison, inputs, [pictures, status], concurrency_id="compare",
        concurrency_limit=1, **PRIVATE,
    )  # fmt: skip
    stop.click(lambda: "Stopped.", None, status, cancels=[running], **PRIVATE)
    everything.click(lambda: [name for _, name in choices], None, models, **PRIVATE)
    controls.model.input(compare.fitting, controls.model, models, **PRIVATE)


def _take(controls: Controls) -> None:
    make = gr.Button("Make the files", elem_id="take", min_width=160)
    made = gr.File(
        label="Files of this result", file_count="multiple", interactive=False, elem_id="files"
    )
    calls = gr.Markdown(elem_id="calls")
    inputs = [controls.key, controls.crf, controls.iterations, controls.safe]
    make.click(_pack, inputs, [made, calls], concurrency_id="crf", **PRIVATE)


def _truth(controls: Controls) -> None:
    gr.HTML(
        "<p>If you know the right answer, hold the result against it: give a PNG of the photo's "
        "size whose pixels are class indices, 255 for “not counted”.</p>"
    )
    mask = gr.File(label="The true mask", file_types=[".png"], elem_id="truth", height=140)
    result = gr.HTML("", elem_id="truth-report", elem_classes="truth")
    inputs = [mask, controls.key, controls.crf, controls.iterations]
    mask.change(_judge, inputs, result, **PRIVATE)


def _run_comparison(photo, models, crf, iterations, safe):
    yield from compare.compare(photo, models, crf, iterations, Look(safe=safe))


def _found(key: str | None):
    result = handlers.RESULTS.find(key)
    if result is None:
        raise ValueError("There is no result yet: choose a photo and press Segment first.")
    return result


def _pack(key, crf, iterations, safe, request: gr.Request):
    with told():
        result = _found(key)
        segmentation = result.exactly(min(iterations if crf else 0, len(result.spent)))
        label_set = Look(safe=safe).labels(segmentation.checkpoint)
        done = segmentation.crf.iterations if segmentation.crf else 0
        address = str(request.request.base_url).rstrip("/") if request else ""
        calls = takeaway.calls(segmentation.checkpoint.name, done, address)
        return takeaway.pack(segmentation, label_set), calls


def _judge(mask, key, crf, iterations):
    if mask is None:
        return ""
    with told():
        result = _found(key)
        segmentation = result.at(min(iterations if crf else 0, len(result.spent)))
        known = truth.read(mask, segmentation)
        return truth.report(segmentation, known, segmentation.checkpoint.labels)
