"""The components of the page, and which handler each of them calls."""

import gradio as gr

from . import (
    choosing,
    endpoint,
    events,
    guard,
    handlers,
    inspection,
    markup,
    photos,
    serving,
    tabs,
    wording,
)
from .look import choices
from .results import MOST
from .translations import ENGLISH, text

ITERATIONS = 5  # of the CRF at first: most of what it changes, in half the time of ten
OPACITY = 65  # percent, of the masks over the photo
CHOOSE = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-index]');
  if (button) trigger('click', { index: Number(button.dataset.index) });
});
"""
PLAY = f'<button type="button" aria-pressed="false">{text("play")}</button>'
STATUS = '<p role="status" aria-live="polite">${value}</p>'


def build() -> gr.Blocks:
    """Return the page, ready to be launched."""
    with guard.Blocks(
        title=wording.TITLE, analytics_enabled=False, delete_cache=(900, 3600), fill_width=True
    ) as page:
        gr.HTML(
            f"<header><h1>{wording.TITLE}</h1><p>{text('tagline')}</p></header>", elem_id="title"
        )
        key = gr.State(time_to_live=3600, delete_callback=handlers.RESULTS.forget)
        with gr.Row(elem_id="bench"):
            with gr.Column(scale=3, min_width=300, elem_id="controls"):
                photo, model, button, strip = _controls(page)
            with gr.Column(scale=9, min_width=320, elem_id="stages"):
                panels = _panels()
                facts, look, crf = _facts()
                details = gr.JSON(show_label=False, elem_id="details", render=False)
                networks, truth = tabs.build(tabs.Controls(photo, model, *crf, *look, key, details))
                with gr.Accordion(text("details"), open=False):
                    details.render()
        pictures, headings = zip(*panels, strict=True)
        legend, status, chart, inspect, probe = facts
        outputs = [
            key, *pictures, *headings, legend, status, chart, inspect, probe, look[0], details,
        ]  # fmt: skip
        events.join_network(button, [photo, model, *look, key], [key, *crf, *look], outputs)
        events.join_crf(crf, look, [key, *crf, *look], outputs)
        events.join_pointer(inspect, [key, *crf, *look], probe)
        events.join_examples(strip, photo, model, truth)
        events.join_arrival(page, strip, [model, networks], look[0])
        gr.Button(visible=False).click(
            endpoint.segment,
            [photo, model, crf[1]],
            [*pictures, details],
            api_name="segment",
            concurrency_id="gpu",
        )
    page.queue(max_size=serving.WAITING, default_concurrency_limit=serving.AT_ONCE)
    return page


def _controls(page: gr.Blocks) -> tuple[gr.Image, gr.Dropdown, gr.Button, gr.HTML]:
    photo = photos.photo_input()
    events.join_photo(photo)
    model = choosing.network_input()
    gallery = photos.gallery(photos.examples(), ENGLISH)
    strip = gr.HTML(gallery, elem_id="examples", js_on_load=CHOOSE)
    model.render()
    mine = gr.State((), time_to_live=3600)
    choosing.show_whereabouts(page, model)
    button = gr.Button(text("segment"), variant="primary", elem_id="segment", size="lg")
    gr.HTML(f"<p>{text('privacy')}</p>", elem_id="privacy")
    choosing.own_network(model, mine)
    return photo, model, button, strip


def _panels() -> list[tuple[gr.Image, gr.HTML]]:
    panels = []
    with gr.Row(elem_id="panels"):
        for stage, name in enumerate(wording.STAGES):
            with gr.Column(min_width=220):
                heading = gr.HTML(markup.panel(stage), elem_classes="heading")
                picture = gr.Image(
                    type="filepath", format="png", interactive=False, show_label=False,
                    label=text(name), elem_id=name, buttons=["download", "fullscreen"],
                    alt_text=text(f"{name}-empty"),
                )  # fmt: skip
                panels.append((picture, heading))
    return panels


def _facts():
    """Return what is said of a result, how it is looked at, and the CRF's controls."""
    with gr.Row(elem_id="facts"):
        with gr.Column(min_width=220):
            legend = gr.HTML("", elem_id="legend")
            status = gr.HTML("", elem_id="status", html_template=STATUS)
            probe = gr.HTML("", elem_id="probe")
        with gr.Column(min_width=220):
            view = gr.Dropdown(
                choices(None, ENGLISH), value="classes", label=text("show"), elem_id="view"
            )
            gr.Slider(0, 100, OPACITY, step=5, label=text("opacity"), elem_id="opacity")
            safe = gr.Checkbox(False, label=text("safe"), elem_id="safe", container=False)
        with gr.Column(min_width=220):
            iterations = gr.Slider(
                0, MOST, ITERATIONS, step=1, label=text("iterations"), elem_id="iterations"
            )
            crf = gr.Checkbox(True, label=text("crf"), elem_id="crf", container=False)
            gr.HTML(
                f'<button type="button" aria-pressed="false">{text("play")}</button>',
                elem_id="play",
            )
            chart = gr.HTML("", elem_id="chart")
    inspect = gr.HTML(
        None, elem_id="inspect", html_template=inspection.TEMPLATE, js_on_load=inspection.script()
    )
    return (legend, status, chart, inspect, probe), (view, safe), (crf, iterations)
