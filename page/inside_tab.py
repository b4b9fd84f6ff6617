"""The components of the tab "Look inside", and what they call."""

from __future__ import annotations

from typing import Any

import gradio as gr

from seg_models.checkpoints import registry
from seg_models.specs import Checkpoint, CrfSettings

from . import inside, lens, wording
from .translations import name, preferred, say, text

QUIET = {"show_progress": "hidden", "api_visibility": "private"}
COMPUTING = {"concurrency_id": "inside", "concurrency_limit": 1, **QUIET}
STATUS = '<p role="status" aria-live="polite">${value}</p>'
STRONGEST = -1  # instead of a class's index
SCALE = (  # of a root: half of the way is a quarter of the whole
    '<div class="scale"><span class="ramp"></span><span>0</span><span id="heard-half"></span>'
    '<span id="heard-most"></span></div>'
)
REACHES = {  # elem_id: lowest, highest, step, field of CrfSettings
    "theta-alpha": (1, 200, 1, "appearance_reach"),
    "theta-beta": (1, 60, 1, "colour_reach"),
    "w1": (0, 20, 0.5, "appearance_weight"),
    "theta-gamma": (1, 20, 1, "smoothness_reach"),
    "w2": (0, 20, 0.5, "smoothness_weight"),
}


def build(tab: gr.Tab, photo: gr.Image, model: gr.Dropdown) -> None:
    """Put the tab's content on the page and join it.

    Args:
        tab: Where it is put; it is filled when first looked at.
        photo: The visitor's photo.
        model: The network chosen above, whose CRF and classes come first.
    """
    opened = gr.State(False)
    with gr.Row(elem_id="inside"):
        with gr.Column(scale=7, min_width=300):
            gr.HTML(f"<p>{text('inside-empty')}</p>", elem_id="inside-empty")
            view = gr.HTML(
                None, elem_id="lens", html_template=lens.TEMPLATE, js_on_load=lens.script()
            )
        with gr.Column(scale=5, min_width=300), gr.Tabs(elem_id="inside-figures"):
            with gr.Tab(text("affinity-tab")) as affinity:
                reaches = _affinity()
            with gr.Tab(text("fields-tab")) as fields:
                models, fields_absent, fields_status = _fields()
            with gr.Tab(text("growth-tab")) as growth:
                decoder, growth_absent, shown, start, growth_status = _growth()
    seen = gr.HTML("", elem_id="fields", elem_classes="multiples", visible=False)
    grown = gr.HTML("", elem_id="growth", elem_classes="multiples", visible=False)

    tab.select(lambda: True, None, opened, **QUIET)
    gr.on(
        [opened.change, photo.change], _look, [photo, opened],
        [view, seen, grown, fields_status, growth_status], **QUIET,
    )  # fmt: skip
    networks = [models, fields_absent, decoder, growth_absent, start]
    gr.on([opened.change, model.change], _offer, [model, opened], [*reaches, *networks], **QUIET)
    decoder.change(_classes, decoder, shown, **QUIET)
    for each in (affinity, fields, growth):
        visible = (each is fields, each is growth)
        each.select(lambda both=visible: _visible(*both), None, [seen, grown], **QUIET)
    view.select(
        _show_fields, [photo, models], [seen, fields_status],
        trigger_mode="always_last", **COMPUTING,
    )  # fmt: skip
    start.click(_show_growth, [photo, decoder, shown], [grown, growth_status], **COMPUTING)


def _affinity() -> list[gr.Slider]:
    with gr.Column(elem_id="affinity-controls"):
        gr.HTML(f"<p>{text('affinity-help')}</p>", elem_classes="help")
        sliders = [
            gr.Slider(low, high, step=step, label=text(each), elem_id=each)
            for each, (low, high, step, _) in REACHES.items()
        ]
        gr.HTML(SCALE)
        for sentence in ("heard-colour", "heard-place", "heard-help"):
            fact = "" if sentence == "heard-help" else f' <b id="{sentence}">–</b>'
            gr.HTML(f"<p>{text(sentence)}{fact}</p>", elem_classes="help")
    return sliders


def _fields() -> tuple[gr.CheckboxGroup, gr.HTML, gr.HTML]:
    gr.HTML(f"<p>{text('fields-help')}</p>", elem_classes="help")
    models = gr.CheckboxGroup([], label=text("fields-models"), elem_id="fields-models")
    absent = gr.HTML("", elem_id="fields-absent")
    return models, absent, gr.HTML("", html_template=STATUS, elem_id="fields-status")


def _growth() -> tuple[gr.Dropdown, gr.HTML, gr.Dropdown, gr.Button, gr.HTML]:
    gr.HTML(f"<p>{text('growth-help')}</p>", elem_classes="help")
    decoder = gr.Dropdown([], label=text("network"), elem_id="growth-model")
    absent = gr.HTML("", elem_id="growth-absent")
    shown = gr.Dropdown([("–", STRONGEST)], label=text("growth-shown"), elem_id="growth-shown")
    start = gr.Button(text("growth-start"), variant="primary", elem_id="growth-start")
    return decoder, absent, shown, start, gr.HTML("", html_template=STATUS, elem_id="growth-status")


def _look(photo: str | None, opened: bool, request: gr.Request) -> tuple[Any, ...]:
    """Return the photo, once anybody looks, and nothing of what was seen in the last one."""
    return lens.data(photo, preferred(request)) if opened else None, "", "", "", ""


def _visible(fields: bool, growth: bool) -> tuple[Any, Any]:
    return gr.update(visible=fields), gr.update(visible=growth)


def _offer(model: str | None, opened: bool, request: gr.Request) -> list[Any]:
    """Return the CRF's reaches of `model`, and the networks there are at this moment."""
    language = preferred(request)
    known = {each.name: each for each in registry.checkpoints()} if opened else {}
    crf = known[model].crf if model in known else CrfSettings()
    reaches = [gr.update(value=getattr(crf, field)) for *_, field in REACHES.values()]
    listeners, decoders = inside.fitting(inside.FIELDS), inside.fitting(inside.DECODERS)
    first = next(iter(inside.chosen(decoders, model)), None)
    return [
        *reaches,
        gr.update(choices=_choices(listeners, language), value=inside.chosen(listeners, model)),
        _absence(inside.absent(inside.EXPECTED_FIELDS, listeners)),
        gr.update(choices=_choices(decoders, language), value=first, interactive=bool(decoders)),
        _absence(inside.absent(inside.EXPECTED_DECODERS, decoders)),
        gr.update(interactive=bool(decoders)),
    ]


def _choices(checkpoints: list[Checkpoint], language: str) -> list[tuple[str, str]]:
    return [(wording.choice(each, language), each.name) for each in checkpoints]


def _absence(names: list[str]) -> str:
    return f"<p>{text('inside-absent')} {', '.join(names)}.</p>" if names else ""


def _classes(decoder: str | None, request: gr.Request) -> Any:
    """Return what there is to show of a network: its strongest units, or one of its classes."""
    known = {each.name: each for each in registry.checkpoints()}
    classes = known[decoder].labels.classes if decoder in known else ()
    language = preferred(request)
    choices = [(say(language, "strongest"), STRONGEST)]
    choices += [(name(language, each), index) for index, each in enumerate(classes)]
    return gr.update(choices=choices, value=STRONGEST)


def _show_fields(photo, models, request: gr.Request, event: gr.EventData):
    yield from inside.fields(photo, models, (event.x, event.y), preferred(request))


def _show_growth(photo, decoder, shown, request: gr.Request):
    yield from inside.grown(photo, decoder, shown, preferred(request))
