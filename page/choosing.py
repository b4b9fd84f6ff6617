"""Choosing a network: the list, where the weights of the chosen one are, and one's own."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

import gradio as gr

from seg_models.checkpoints import registry, weights
from seg_models.specs import WeightsError

from . import fetching, guestbook, serving, wording
from .errors import told
from .translations import ENGLISH, count, preferred, say, text
from .translations.errors import translated

PRIVATE = {"api_visibility": "private", "show_progress": "hidden"}
STATUS = '<p role="status" aria-live="polite">${value}</p>'
Keys = tuple[str, ...]  # of the networks that a visitor brought along


def network_input() -> gr.Dropdown:
    """Return the list of networks, not yet on the page."""
    return gr.Dropdown(
        choices((), ENGLISH),
        value=serving.default_model(),
        label=text("network"),
        elem_id="model",
        render=False,
    )


def show_whereabouts(page: gr.Blocks, model: gr.Dropdown) -> None:
    """Say below the list where the weights of what is chosen are."""
    where = gr.HTML("", elem_id="weights", html_template=STATUS)
    model.change(_look, model, where, **PRIVATE)
    page.load(_whereabouts, model, where, **PRIVATE)


def own_network(model: gr.Dropdown, mine: gr.State) -> None:
    """Put the place to bring a network along on the page."""
    with gr.Accordion(text("bring"), open=False, elem_id="bring"):
        wish = gr.Textbox(
            label=text("bring-repo"), info=text("bring-help"), placeholder="me/my-network",
            max_lines=1, max_length=160, elem_id="bring-repo",
        )  # fmt: skip
        button = gr.Button(text("bring-open"), elem_id="bring-open")
        said = gr.HTML("", html_template=STATUS, elem_id="bring-status")
    gr.on(
        [wish.submit, button.click], _bring, [wish, mine], [said, model, mine],
        concurrency_id="bring", concurrency_limit=1, **PRIVATE,
    )  # fmt: skip


def choices(mine: Keys, language: str) -> list[tuple[str, str]]:
    """Return the list's lines and what they stand for: the zoo's, then a visitor's own."""
    own = [(wording.brought(key, each), key) for key, each in guestbook.known(mine).items()]
    return [(wording.choice(each, language), each.name) for each in registry.checkpoints()] + own


def whereabouts(model: str | None, language: str) -> str:
    """Say where the weights of `model` are, or why they cannot be had, as HTML."""
    checkpoint = guestbook.lookup(model)
    if checkpoint is None:
        return ""
    if model != checkpoint.name:
        return html.escape(say(language, "brought", network=wording.short(model)))
    reason = translated(language, weights.obstacle(checkpoint) or "")
    return html.escape(say(language, weights.status(checkpoint), reason=reason))


def look(model: str | None, language: str) -> str:
    """Return `whereabouts`, and warn at once of a network whose weights cannot be had."""
    checkpoint = guestbook.lookup(model)
    reason = weights.obstacle(checkpoint) if checkpoint else None
    if reason:
        network, reason = wording.architecture(checkpoint), translated(language, reason)
        gr.Warning(html.escape(say(language, "unavailable", network=network, reason=reason)))
    return whereabouts(model, language)


def bring(wish: str, mine: Keys, language: str) -> Iterator[tuple[Any, Any, Any]]:
    """Open a visitor's own network, telling how far it is, and choose it; or say why not."""
    with told(language):
        yield say(language, "asking"), gr.skip(), gr.skip()
        opened: list[str] = []
        try:
            for said in fetching.telling(lambda told: opened.append(guestbook.bring(wish, told))):
                yield html.escape(translated(language, said)), gr.skip(), gr.skip()
        except (ValueError, WeightsError) as error:
            reason = html.escape(translated(language, str(error)))
            yield f'<span class="worse">{reason}</span>', gr.skip(), gr.skip()
            return
        (key,) = opened
        mine = (*(each for each in mine if each != key), key)
        classes = count(language, len(guestbook.find(key).labels.classes), "classes")
        said = html.escape(say(language, "opened", network=wording.short(key), classes=classes))
        yield said, gr.update(choices=choices(mine, language), value=key), mine


def _look(model, request: gr.Request):
    return look(model, preferred(request))


def _whereabouts(model, request: gr.Request):
    return whereabouts(model, preferred(request))


def _bring(wish, mine, request: gr.Request):
    yield from bring(wish, mine, preferred(request))
