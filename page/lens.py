"""The photo of the tab "Look inside", of which a visitor chooses a pixel."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from uuid import uuid4

import numpy as np

from seg_models import preprocess
from seg_models.pipeline import WORKING_SIDE
from seg_models.visualize import draw

from .inspection import joined, png_url
from .translations import say

TEMPLATE = (
    '<canvas hidden tabindex="0" role="application"></canvas>'
    '<p class="said" aria-live="polite"></p>'
)


def script() -> str:
    """Return what the browser runs: the CRF's affinity asks no server."""
    return joined("pixels.js", "affinity.js", "lens.js")


def data(photo: str | None, language: str) -> dict[str, Any] | None:
    """Return the photo of a file as the CRF works on it, without loss; nothing if it is none."""
    if photo is None:
        return None
    try:
        capped = preprocess.cap(preprocess.open_photo(photo), WORKING_SIDE)
    except ValueError:  # the photo's own place says so
        return None
    return {
        "id": uuid4().hex,
        "width": capped.shape[1],
        "height": capped.shape[0],
        "photo": png_url(capped),
        "ramp": _ramp(),
        "label": say(language, "lens"),
        "pixel": say(language, "pixel", x="{x}", y="{y}"),
    }


@lru_cache(maxsize=1)
def _ramp() -> list[list[int]]:
    """Return 256 colours, from silence to the loudest."""
    return draw.heat(np.linspace(0, 1, 256)[None])[0].tolist()
