"""What the browser needs to look closely by itself, and what only the server knows of a pixel."""

import base64
import html
import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import numpy as np
from PIL import Image
from torch import Tensor

from seg_models.specs import LabelSet, Segmentation
from seg_models.upsample import argmax
from seg_models.visualize import draw

from . import wording
from .look import Look
from .photos import ASSETS
from .translations import count, name, say

TOP = 5  # classes listed of a pixel
TEMPLATE = '<div class="tip" hidden></div><p class="said" aria-live="polite"></p>'
QUALITY = 88  # JPEG, of the photo under the masks


def script() -> str:
    """Return what the browser runs: hovering, isolating a class and opacity ask no server."""
    return joined("pixels.js", "layers.js", "inspect.js", "pointer.js", "play.js")


def joined(*parts: str) -> str:
    """Return files of `assets/` as one script."""
    return "\n".join((ASSETS / part).read_text(encoding="utf-8") for part in parts)


def data(
    segmentation: Segmentation, run: str | None, look: Look, levels: Sequence[np.ndarray] = ()
) -> dict[str, Any]:
    """Return the photo and the class indices of every stage there is so far, as data URLs.

    Args:
        segmentation: At whatever stage.
        run: Of which run it is a stage: what a visitor had isolated lasts as long.
        look: What the panels' pictures show.
        levels: `(H, W)` uint8 for each stage where `look` shows values; without them the browser
            shows the panels' own pictures.
    """
    height, width = segmentation.photo.shape[:2]
    label_set = look.labels(segmentation.checkpoint)
    maps = [cells(argmax(segmentation.score_map).numpy(), (height, width))]
    if segmentation.probabilities is not None:
        maps.append(argmax(segmentation.probabilities).numpy())
    maps += [each.numpy() for each in segmentation.history]
    return {
        "id": uuid4().hex,
        "run": run,
        "view": look.view,
        "width": width,
        "height": height,
        "stages": [say(look.language, each) for each in wording.STAGES],
        "classes": [name(look.language, each) for each in label_set.classes],
        "colours": label_set.colours,
        "photo": _url(Image.fromarray(segmentation.photo), "JPEG", quality=QUALITY),
        "maps": [png_url(each) for each in maps],
        "levels": [png_url(each) for each in levels],
        "ramp": ramp().tolist() if levels else [],
    }


def ramp() -> np.ndarray:
    """Return the colour of each level, `(256, 3)` uint8."""
    return draw.heat(np.arange(256)[None] / 255)[0]


def cells(values: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return `(h, w, ...)` values at `size`, each cell a rectangle, as `draw` draws them."""
    rows, columns = (
        (2 * np.arange(length) + 1) * count // (2 * length)
        for length, count in zip(size, values.shape[:2], strict=True)
    )
    return values[rows[:, None], columns]


def probe(segmentation: Segmentation, x: int, y: int, look: Look) -> str:
    """Return the likeliest classes at column `x`, row `y`, before and after the CRF, as HTML."""
    height, width = segmentation.photo.shape[:2]
    x, y = min(max(0, int(x)), width - 1), min(max(0, int(y)), height - 1)
    label_set, language = look.labels(segmentation.checkpoint), look.language
    names = [name(language, each) for each in label_set.classes]
    listed = replace(label_set, classes=tuple(names))
    upsampled = say(language, "upsampled")
    tables = [_table(upsampled, segmentation.probabilities[:, y, x], listed)]
    if segmentation.refined is not None:
        done = count(language, len(segmentation.history), "iteration")
        after = say(language, "after", iterations=done)
        tables.append(_table(after, segmentation.refined[:, y, x], listed))
    return f"<h3>{say(language, 'pixel', x=x, y=y)}</h3>" + "".join(tables)


def _table(title: str, probabilities: Tensor, label_set: LabelSet) -> str:
    shares, indices = probabilities.float().cpu().sort(descending=True)
    rows = "".join(
        f"<tr><th scope=row>{html.escape(label_set.classes[index])}</th>"
        f'<td><span class="bar" style="width:{100 * share:.1f}%;'
        f'background:rgb{label_set.colours[index]}"></span></td>'
        f"<td>{wording.percent(share)}</td></tr>"
        for share, index in list(zip(shares.tolist(), indices.tolist(), strict=True))[:TOP]
    )
    return f"<table><caption>{title}</caption>{rows}</table>"


def png_url(picture: np.ndarray) -> str:
    """Return a picture as a data URL, without loss."""
    return _url(Image.fromarray(picture), "PNG")


def _url(picture: Image.Image, kind: str, **options: Any) -> str:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(buffer.getvalue()).decode()}"
