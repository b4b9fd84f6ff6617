"""The photos that come in: a visitor's own, or one of the examples."""

import base64
import html
import io
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import gradio as gr
from gradio import processing_utils
from gradio.data_classes import ImageData
from PIL import Image, ImageOps

from seg_models.checkpoints import registry

from . import guard, guestbook
from .translations import name, say, text

ASSETS = Path(__file__).parents[1] / "assets"
THUMBNAIL = 112  # pixels, twice what is shown, for sharp screens


def photo_input() -> gr.Image:
    """Return the component that takes a photo and hands over the path of the file as it came.

    Gradio would decode the file itself, turn what it cannot decode into a bare "Error", and lose
    16-bit levels; `seg_models.preprocess` does all that better.
    """
    photo = gr.Image(
        type="filepath",
        image_mode=None,
        sources=["upload", "webcam", "clipboard"],
        label=text("photo"),
        show_label=False,
        elem_id="photo",
        alt_text=text("photo-alt"),
        buttons=["fullscreen"],
        placeholder=text("drop"),
    )
    # On the instance, because the front end takes a subclass for a component of its own.
    photo.preprocess = lambda payload: _path(payload, photo.GRADIO_CACHE)
    return photo


def _path(payload: ImageData | None, cache: str) -> str | None:
    if payload is None:
        return None
    if payload.url and payload.url.startswith("data:"):
        return processing_utils.save_base64_to_cache(payload.url, cache, "photo.png")
    return guard.uploaded(payload.path, cache)


@dataclass(frozen=True)
class Example:
    """A photo that comes with the page."""

    path: Path
    title: str
    domain: str  # whose networks know what is on it
    alt: str
    truth: Path | None = None  # an indexed PNG of its classes, made by hand


@lru_cache(maxsize=1)
def examples() -> tuple[Example, ...]:
    """Return the photos that assets/examples/examples.json lists."""
    folder = ASSETS / "examples"
    listing = folder / "examples.json"
    if not listing.is_file():
        return ()
    facts = json.loads(listing.read_text(encoding="utf-8"))
    return tuple(
        Example(
            folder / each["file"],
            each["title"],
            each["domain"],
            each["alt"],
            folder / each["truth"] if "truth" in each else None,
        )
        for each in facts
    )


def matching_model(example: Example, model: str | None) -> str | None:
    """Return the checkpoint to use for `example`: as like `model` as knows the example's domain."""
    known = {each.name: each for each in registry.checkpoints()}
    chosen = guestbook.lookup(model)
    if chosen and chosen.domain == example.domain:
        return model
    fitting = [each for each in known.values() if each.domain == example.domain]
    same = [each for each in fitting if chosen and each.architecture == chosen.architecture]
    here = [each for each in fitting if each.embedded]
    return next((each.name for each in (*same, *here, *fitting)), model)


def example_of(truth: str) -> Example | None:
    """Return the example whose truth the file `truth` is, by its name, if it is one's."""
    name = Path(truth).name
    return next((each for each in examples() if each.truth and each.truth.name == name), None)


def gallery(shown: tuple[Example, ...], language: str) -> str:
    """Return the examples as buttons, each a small picture named by its title."""
    titles = [html.escape(name(language, each.title)) for each in shown]
    buttons = "".join(
        f'<button type="button" data-index="{index}" title="{title}">'
        f'<img src="{_thumbnail(each.path)}" alt="{say(language, "example", title=title)}">'
        "</button>"
        for index, (each, title) in enumerate(zip(shown, titles, strict=True))
    )
    return f'<div class="strip">{buttons}</div>'


@lru_cache(maxsize=64)
def _thumbnail(path: Path) -> str:
    """Return the photo's middle, square and small, as a data URL: no request, no path shown."""
    with Image.open(path) as photo:
        photo.draft("RGB", (2 * THUMBNAIL, 2 * THUMBNAIL))
        small = ImageOps.fit(photo.convert("RGB"), (THUMBNAIL, THUMBNAIL))
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=75)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()
