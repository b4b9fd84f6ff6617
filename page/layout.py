"""The components of the page, and which handler each of them calls."""

import gradio as gr

from seg_models import zoo

from . import handlers, photos, serving, wording

ITERATIONS = 5  # of the CRF at first: most of what it changes, in half the time of ten
CHOOSE = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-index]');
  if (button) trigger('click', { index: Number(button.dataset.index) });
});
"""
PRIVATE = {"api_visibility": "private"}


def build() -> gr.Blocks:
    """Return the page, ready to be launched."""
    with gr.Blocks(
        title=wording.TITLE, analytics_enabled=False, delete_cache=(900, 3600), fill_width=True
    ) as page:
        gr.HTML(
            f"<header><h1>{wording.TITLE}</h1><p>{wording.TAGLINE}</p></header>", elem_id="title"
        )
        key = gr.State(time_to_live=3600, delete_callback=handlers.RESULTS.forget)
        with gr.Row(elem_id="bench"):
            with gr.Column(scale=3, min_width=300, elem_id="controls"):
                photo, model, button = _controls()
            with gr.Column(scale=9, min_width=320, elem_id="stages"):
                panels = _panels()
                legend, status, details, crf, iterations = _facts()
        pictures, headings = zip(*panels, strict=True)
        outputs = [key, *pictures, *headings, legend, status, details]
        _join(photo, model, crf, iterations, button, key, outputs)
        endpoint = gr.Button(visible=False)
        endpoint.click(
            handlers.segment,
            [photo, model, iterations],
            [*pictures, details],
            api_name="segment",
            concurrency_id="gpu",
        )
    page.queue(max_size=serving.WAITING, default_concurrency_limit=1)
    return page


def _controls() -> tuple[gr.Image, gr.Dropdown, gr.Button]:
    photo = photos.photo_input()
    model = gr.Dropdown(
        [(wording.choice(each), each.name) for each in zoo.checkpoints()],
        value=serving.default_model(),
        label="Network",
        elem_id="model",
        render=False,
    )
    found = photos.examples()
    if found:
        strip = gr.HTML(photos.gallery(found), elem_id="examples", js_on_load=CHOOSE)
        strip.click(_choose, model, [photo, model], show_progress="hidden", **PRIVATE)
    model.render()
    button = gr.Button("Segment", variant="primary", elem_id="segment", size="lg")
    gr.HTML(f"<p>{wording.PRIVACY}</p>", elem_id="privacy")
    return photo, model, button


def _panels() -> list[tuple[gr.Image, gr.HTML]]:
    panels = []
    with gr.Row(elem_id="panels"):
        for number, (name, title) in enumerate(wording.STAGES.items(), 1):
            with gr.Column(min_width=220):
                heading = gr.HTML(wording.panel(number), elem_classes="heading")
                picture = gr.Image(
                    type="filepath", format="png", interactive=False, show_label=False,
                    label=title, elem_id=name, buttons=["download", "fullscreen"],
                    alt_text=f"{title}: nothing yet",
                )  # fmt: skip
                panels.append((picture, heading))
    return panels


def _facts() -> tuple[gr.HTML, gr.HTML, gr.JSON, gr.Checkbox, gr.Slider]:
    with gr.Row(elem_id="facts"):
        with gr.Column(scale=2, min_width=220):
            legend = gr.HTML("", elem_id="legend")
            status = gr.HTML(
                "",
                elem_id="status",
                html_template='<p role="status" aria-live="polite">${value}</p>',
            )
        with gr.Column(scale=1, min_width=220, elem_id="crf-controls"):
            crf = gr.Checkbox(True, label="Dense CRF", elem_id="crf", container=False)
            iterations = gr.Slider(
                0, 20, ITERATIONS, step=1, label="Iterations", elem_id="iterations"
            )
    with gr.Accordion("Details", open=False):
        details = gr.JSON(label="Every fact of this result", elem_id="details")
    return legend, status, details, crf, iterations


def _join(photo, model, crf, iterations, button, key, outputs) -> None:
    """Join the button to the network and the CRF, and the CRF's controls to the CRF alone."""
    photo.upload(handlers.check, photo, photo, show_progress="hidden", **PRIVATE)
    analysed = button.click(
        _analyse,
        [photo, model, key],
        outputs,
        concurrency_id="gpu",
        show_progress="minimal",
        show_progress_on=outputs[1:4],
        **PRIVATE,
    )
    refining = {
        "inputs": [key, crf, iterations],
        "outputs": outputs,
        "concurrency_id": "crf",
        "show_progress": "minimal",
        "show_progress_on": outputs[3],
        **PRIVATE,
    }
    analysed.success(handlers.refine, **refining)
    for change in (iterations.change, crf.input):
        change(handlers.rerefine, trigger_mode="always_last", **refining)


def _analyse(photo, model, key, progress=gr.Progress()):  # noqa: B008 (how Gradio asks for one)
    yield from handlers.analyse(photo, model, key, progress)


def _choose(model: str | None, event: gr.EventData) -> tuple[str, str | None]:
    example = photos.examples()[event.index]
    return str(example.path), photos.matching_model(example, model)
