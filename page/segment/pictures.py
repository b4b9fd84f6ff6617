"""Labels and values on their way to the browser, exactly; and pictures as data URLs."""

from __future__ import annotations

import base64
import io
import zlib
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from seg_models.visualize import draw
from seg_models.visualize.segmentation import Segmentation

from .results import Result

VIEWS = ("confidence", "entropy")
CLASS = "class-"  # and its index: the probability of that class
LEVEL = 1  # zlib's quickest: labels shrink a hundredfold all the same


def packed(values: np.ndarray | Tensor) -> dict[str, Any]:
    """Return `(H, W)` uint8 as its size and its bytes, row after row, deflated, in base64.

    No picture format stands between: a browser may change the colours of one.
    """
    array = np.ascontiguousarray(values, np.uint8)
    height, width = array.shape
    content = base64.b64encode(zlib.compress(array.tobytes(), LEVEL)).decode()
    return {"width": width, "height": height, "content": content}


def levels(result: Result, view: str) -> list[dict[str, Any]]:
    """Return what a view that shows values shows of each stage and iteration: 255 is 1.

    Args:
        result: Whose CRF is run once more, since no iteration's probabilities are remembered.
        view: One of `VIEWS`, or `CLASS` and an index.

    Raises:
        ValueError: If there is no such view.
    """
    plain = result.at(0)
    stages = [plain.score_map.float().softmax(0), plain.probabilities]
    found = [_packed_levels(each, view) for each in stages]
    if plain.history != result.segmentation.history:
        found += [_packed_levels(each.refined, view) for each in result.again()]
    return found


def probe(result: Result, x: int, y: int, iteration: int, most: int = 5) -> dict[str, Any]:
    """Return the likeliest classes of the pixel at column `x`, row `y`, before and after the CRF.

    A pixel beyond the photo is moved to its border.
    """
    segmentation = result.at(iteration)
    height, width = segmentation.photo.shape[:2]
    x, y = min(max(0, x), width - 1), min(max(0, y), height - 1)
    return {
        "x": x,
        "y": y,
        "iteration": len(segmentation.history),
        "upsampled": _likeliest(segmentation.probabilities[:, y, x], most),
        "refined": _after(segmentation, x, y, most),
    }


def ramp() -> list[list[int]]:
    """Return the colour of each level, 256 times RGB."""
    return draw.heat(np.arange(256)[None] / 255)[0].tolist()


def png_url(picture: np.ndarray) -> str:
    """Return a picture as a data URL, without loss."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", compress_level=LEVEL)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def cells(values: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return `(h, w, ...)` values at `size`, each cell a rectangle, as `render` draws them."""
    rows, columns = (
        (2 * np.arange(length) + 1) * count // (2 * length)
        for length, count in zip(size, values.shape[:2], strict=True)
    )
    return values[rows[:, None], columns]


def _packed_levels(probabilities: Tensor, view: str) -> dict[str, Any]:
    if view == "confidence":
        values = draw.confidence(probabilities)
    elif view == "entropy":
        values = draw.entropy(probabilities)
    else:
        index = view.removeprefix(CLASS)
        if not (view.startswith(CLASS) and index.isdecimal() and int(index) < len(probabilities)):
            raise ValueError(f"there is no view called {view[:40]!r}")
        values = probabilities[int(index)]
    return packed((values * 255).round().to(torch.uint8).cpu())


def _after(segmentation: Segmentation, x: int, y: int, most: int) -> list | None:
    refined = segmentation.refined
    return None if refined is None else _likeliest(refined[:, y, x], most)


def _likeliest(probabilities: Tensor, most: int) -> list[list[float]]:
    shares, indices = probabilities.float().cpu().sort(descending=True)
    return [list(each) for each in zip(indices.tolist(), shares.tolist(), strict=True)][:most]
