"""The photos that come in: a visitor's own, decoded once, or one of the examples."""

from __future__ import annotations

import io
import json
import os
import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

import gradio as gr
import numpy as np
from gradio import processing_utils
from gradio.data_classes import ImageData
from PIL import Image, ImageOps

from seg_models import labels, preprocess
from seg_models.pipeline import WORKING_SIDE
from seg_models.specs import Checkpoint

from ..i18n.errors import PHOTO_GONE
from ..server import files, guard
from ..server.kept import Folders

ASSETS = Path(__file__).parents[2] / "assets"
THUMBNAIL = 160  # pixels, twice what is shown, for sharp screens
QUALITY = 90  # JPEG, of the photo under the masks
SECONDS_KEPT = 3600  # after that a visitor's photo is deleted
MOST_KEPT = 400  # photos; when one more comes, the one unused for longest goes


@dataclass(frozen=True)
class Example:
    """A photo that comes with the page."""

    key: str  # what names it in an address
    path: Path
    title: str
    domain: str  # whose networks know what is on it
    alt: str
    truth: Path | None = None  # an indexed PNG of its classes, made by hand
    failure: bool = False  # whether it is there to show what networks get wrong

    @property
    def classes(self) -> list[str] | None:
        """The names of its domain's classes; None of a domain of the owner's own."""
        known = labels.DOMAINS.get(self.domain)
        return known and list(known.classes)

    def positions(self, checkpoint: Checkpoint) -> tuple[int, ...] | None:
        """Return where the truth's classes stand among the checkpoint's; None if one does not."""
        if checkpoint.domain == self.domain:
            return tuple(range(len(checkpoint.labels.classes)))
        known = labels.DOMAINS.get(self.domain)
        return known and labels.positions(known, checkpoint.labels)


@dataclass(frozen=True)
class Photo:
    """A photo as every stage works on it."""

    key: str  # unguessable, unless it is an example's
    name: str  # the file's, or the example's title
    size: tuple[int, int]  # (height, width) as it came
    pixels: np.ndarray  # (H, W, 3) uint8 RGB, upright, at working size
    example: Example | None = None


@dataclass(frozen=True)
class _Kept:
    name: str
    size: tuple[int, int]
    folder: Path  # of photo.png, without loss, and photo.jpg


_kept = Folders(MOST_KEPT, SECONDS_KEPT)  # by key
_lock = threading.Lock()


def api_input() -> gr.Image:
    """Return the component that takes a program's photo and hands over the file as it came.

    Gradio would decode the file itself, turn what it cannot decode into a bare "Error", and lose
    16-bit levels; `seg_models.preprocess` does all that better.
    """
    photo = gr.Image(type="filepath", image_mode=None, label="Photo")
    # On the instance, because the front end takes a subclass for a component of its own.
    photo.preprocess = lambda payload: _uploaded(payload, photo.GRADIO_CACHE)
    return photo


def _uploaded(payload: ImageData | None, cache: str) -> str | None:
    if payload is None:
        return None
    if payload.url and payload.url.startswith("data:"):
        return processing_utils.save_base64_to_cache(payload.url, cache, "photo.png")
    return guard.uploaded(payload.path, cache)


def receive(path: Path, name: str) -> Photo:
    """Decode a file that was handed in, and keep the photo at working size; the file may go.

    Raises:
        ValueError: If it is no photo (see `preprocess.open_photo`).
    """
    whole = preprocess.open_photo(path)
    pixels = preprocess.cap(whole, WORKING_SIDE)
    folder = files.lasting_folder()
    picture = Image.fromarray(pixels)
    picture.save(folder / "photo.png", compress_level=files.LEVEL)
    picture.save(folder / "photo.jpg", quality=QUALITY)
    photo = Photo(uuid4().hex, name, whole.shape[:2], pixels)
    with _lock:
        _kept[photo.key] = _Kept(name, photo.size, folder)
    return photo


def find(key: str | None) -> Photo:
    """Return the photo of that key.

    Raises:
        ValueError: If there is none, or none any more.
    """
    example = example_of(key)
    if example:
        size, pixels = _decoded(example.path)
        return Photo(example.key, example.title, size, pixels, example)
    with _lock:
        kept = _kept.get(key or "")
    if kept is None:
        raise ValueError(PHOTO_GONE)
    with Image.open(kept.folder / "photo.png") as picture:
        return Photo(key, kept.name, kept.size, np.array(picture))


def file_of(key: str, kind: str) -> Path | None:
    """Return the file that a browser is to show, "jpg", or to compute with, "png", if it exists."""
    example = example_of(key)
    if example:
        return example.path if kind == "jpg" else _lossless(example.path)
    with _lock:
        kept = _kept.get(key)
    return kept and kept.folder / f"photo.{kind}"


def facts(photo: Photo) -> dict:
    """Return what a browser is told of a photo."""
    height, width = photo.pixels.shape[:2]
    return {
        "key": photo.key,
        "name": photo.name,
        "example": None,
        "domain": None,
        "classes": None,
        "truth": False,
        "width": width,
        "height": height,
        "ownWidth": photo.size[1],
        "ownHeight": photo.size[0],
        **(_of_example(photo.example) if photo.example else {}),
    }


@lru_cache(maxsize=1)
def example_facts() -> list[dict]:
    """Return what a browser is told of each example, so that choosing one asks nobody."""
    found = []
    for each in examples():
        with Image.open(each.path) as picture:
            own = picture.height, picture.width
        height, width = preprocess.fit(own, min(WORKING_SIDE, max(own)))
        found.append(
            {
                "key": each.key,
                "name": each.title,
                "width": width,
                "height": height,
                "ownWidth": own[1],
                "ownHeight": own[0],
                **_of_example(each),
            }
        )
    return found


def _of_example(example: Example) -> dict:
    return {
        "example": example.key,
        "domain": example.domain,
        "classes": example.classes,
        "truth": example.truth is not None,
        "failure": example.failure,
        "alt": example.alt,
    }


def sweep(now: float | None = None) -> None:
    """Delete the photos that came more than `SECONDS_KEPT` ago."""
    with _lock:
        _kept.expire(now)


@lru_cache(maxsize=1)
def examples() -> tuple[Example, ...]:
    """Return the photos that examples.json lists, in `SEG_MODELS_EXAMPLES_DIR` or assets/."""
    folder = Path(os.environ.get("SEG_MODELS_EXAMPLES_DIR", ASSETS / "examples"))
    listing = folder / "examples.json"
    if not listing.is_file():
        return ()
    return tuple(
        Example(
            Path(each["file"]).stem,
            folder / each["file"],
            each["title"],
            each["domain"],
            each["alt"],
            folder / each["truth"] if "truth" in each else None,
            each.get("failure", False),
        )
        for each in json.loads(listing.read_text(encoding="utf-8"))
    )


def example_of(key: str | None) -> Example | None:
    """Return the example of that key, if it is one's."""
    return next((each for each in examples() if each.key == key), None)


@lru_cache(maxsize=64)
def thumbnail(example: Example) -> bytes:
    """Return the example's middle, square and small, as WebP."""
    with Image.open(example.path) as photo:
        photo.draft("RGB", (2 * THUMBNAIL, 2 * THUMBNAIL))
        small = ImageOps.fit(photo.convert("RGB"), (THUMBNAIL, THUMBNAIL))
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=80)
    return buffer.getvalue()


@lru_cache(maxsize=6)
def _decoded(path: Path) -> tuple[tuple[int, int], np.ndarray]:
    whole = preprocess.open_photo(path)
    pixels = preprocess.cap(whole, WORKING_SIDE)
    pixels.flags.writeable = False  # all visitors share it
    return whole.shape[:2], pixels


@lru_cache(maxsize=64)
def _lossless(path: Path) -> Path:
    picture = files.lasting_folder() / "photo.png"
    Image.fromarray(_decoded(path)[1]).save(picture, compress_level=files.LEVEL)
    return picture
