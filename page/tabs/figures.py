"""The figures of the tab "Look inside", as HTML: small multiples, each with its caption."""

from __future__ import annotations

import html

import numpy as np
from PIL import Image

from seg_models.explain.decoder_activations import Activation, Growth
from seg_models.explain.receptive_field import ReceptiveField
from seg_models.explain.theoretical_receptive_field import Box
from seg_models.specs import Checkpoint
from seg_models.visualize import draw

from ..i18n import name, say
from ..models import catalogue
from ..segment.pictures import png_url

SHARE = 0.95  # of the influence, within the dashed square
BRIGHTEST = 0.998  # quantile of the influence that is drawn as the most; beyond are single pixels
GREY, COVER = 0.4, 0.35  # of the photo under the heat, and the least of the heat over it
MARGIN = 0.15  # of the photo's longer side: how far beyond it is drawn
INSET = 2  # pixels between the view's border and what would lie beyond
COARSE = 160  # pixels; maps narrower than this are drawn as cells


def grid(figures: str) -> str:
    """Return figures side by side, as many as there is room for."""
    return f'<div class="grid">{figures}</div>' if figures else ""


def failure(checkpoint: Checkpoint, reason: str) -> str:
    """Return why there is no figure of a network."""
    title = html.escape(catalogue.architecture(checkpoint))
    failed = f"<b>{title}</b>{html.escape(reason)}"
    return f'<figure><figcaption class="failed">{failed}</figcaption></figure>'


def field(checkpoint: Checkpoint, photo: np.ndarray, found: ReceptiveField, language: str) -> str:
    """Return what a score saw: its influence over the photo, theory and practice as squares."""
    (height, width), side = found.possible.size, found.within(SHARE)
    words = [
        say(language, "theory-all" if _all(found) else "theory", width=width, height=height),
        say(language, "practice" if found.influence.any() else "blind", side=side),
        say(
            language, "cell",
            name=name(language, checkpoint.labels.classes[found.label]),
            column=found.cell[1], row=found.cell[0], columns=found.cells[1], rows=found.cells[0],
            width=found.influence.shape[1], height=found.influence.shape[0],
        ),
    ]  # fmt: skip
    title = catalogue.architecture(checkpoint)
    return _figure(_squares(photo, found, side, _alt(title, words)), title, words)


def growth(
    checkpoint: Checkpoint, photo: np.ndarray, found: Growth, label: int | None, language: str
) -> str:
    """Return the photo, a decoder's maps from coarse to fine, and what they lead to."""
    figures = [_picture(photo, say(language, "photo"), [])]
    figures += [_activation(each, language) for each in found.activations]
    if label is None:
        labels = found.probabilities.argmax(0).astype(np.uint8)
        last, title = draw.colour(labels, checkpoint.labels), say(language, "classes")
    else:
        last = draw.heat(found.probabilities[label])
        shown = name(language, checkpoint.labels.classes[label])
        title = say(language, "probability", name=shown)
    figures.append(_picture(last, title, [f"{last.shape[1]}×{last.shape[0]}"]))
    return "".join(figures)


def _activation(shown: Activation, language: str) -> str:
    height, width = shown.values.shape
    most = float(shown.values.max())
    unit = say(language, "unit", number=shown.unit + 1, units=shown.units, most=f"{most:.3g}")
    return _picture(
        draw.heat(shown.values / (most or 1)), f"{shown.layer} {width}×{height}", [unit]
    )


def _picture(picture: np.ndarray, title: str, words: list[str]) -> str:
    kind = ' class="cells"' if picture.shape[1] < COARSE else ""
    drawn = f'<img{kind} src="{png_url(picture)}" alt="{_alt(title, words)}">'
    return _figure(drawn, title, words)


def _figure(drawn: str, title: str, words: list[str]) -> str:
    lines = "<br>".join(html.escape(each) for each in words)
    return f"<figure>{drawn}<figcaption><b>{html.escape(title)}</b>{lines}</figcaption></figure>"


def _alt(title: str, words: list[str]) -> str:
    return html.escape(". ".join([title, *words]))


def _all(found: ReceptiveField) -> bool:
    """Return whether the theoretical field holds the whole photo."""
    (height, width), box = found.influence.shape, found.possible
    return box.top <= 0 and box.left <= 0 and box.bottom >= height - 1 and box.right >= width - 1


def _squares(photo: np.ndarray, found: ReceptiveField, side: int, alt: str) -> str:
    """Return the influence as heat over the photo, with the two squares, as an SVG.

    The view goes equally far beyond every photo, so that networks are drawn at one scale; a side
    of a square that lies farther is dotted, at the view's border.
    """
    height, width = found.influence.shape
    margin = round(MARGIN * max(height, width))
    view = Box(-margin, height + margin - 1, -margin, width + margin - 1)
    shapes = "".join(
        _square(each, view, name)
        for each, name in ((found.possible, "theory"), (_around(found.possible, side), "practice"))
    )
    rows, columns = view.size
    return (
        f'<svg role="img" aria-label="{alt}" viewBox="{view.left} {view.top} {columns} {rows}">'
        f'<image href="{png_url(_heat(photo, found.influence))}" width="{width}" '
        f'height="{height}"/>{shapes}</svg>'
    )


def _square(box: Box, view: Box, name: str) -> str:
    """Return a square, white on a dark halo, as far as it lies within the view."""
    top, left = max(box.top, view.top + INSET), max(box.left, view.left + INSET)
    bottom, right = min(box.bottom, view.bottom - INSET), min(box.right, view.right - INSET)
    beyond = "" if (top, bottom, left, right) == tuple(box) else " beyond"
    return "".join(
        f'<rect class="{kind}" x="{left}" y="{top}" width="{right - left + 1}" '
        f'height="{bottom - top + 1}"/>'
        for kind in ("halo", f"{name}{beyond}")
    )


def _heat(photo: np.ndarray, influence: np.ndarray) -> np.ndarray:
    """Return the influence's square root as heat over the photo, grey and at its size."""
    height, width = influence.shape
    small = Image.fromarray(photo).resize((width, height), Image.Resampling.BILINEAR)
    grey = GREY * np.asarray(small.convert("L"), np.float32)[:, :, None]
    most = np.quantile(influence, BRIGHTEST) or influence.max() or 1
    values = np.sqrt(np.clip(influence / most, 0, 1))
    cover = (COVER + (1 - COVER) * values)[:, :, None]
    return (cover * draw.heat(values) + (1 - cover) * grey).round().astype(np.uint8)


def _around(box: Box, side: int) -> Box:
    """Return the square with this side and the box's middle."""
    top, left = ((sum(each) - side + 1) // 2 for each in (box[:2], box[2:]))
    return Box(top, top + side - 1, left, left + side - 1)
