"""A camera's frame: its labels at once, nothing of it kept."""

from __future__ import annotations

from typing import Any

from seg_models import preprocess
from seg_models.upsample import argmax

from ..models import custom_models
from ..segment import network
from ..segment.pictures import packed
from .turns import WISHES, turn

KIND = "image/jpeg"  # a page of another site cannot send this content type unasked
LARGEST_FRAME_BYTES = 2 * 2**20
LONG_SIDE = 640  # pixels: no network here looks at much more


def labels(content: bytes, model: str, visitor: str) -> dict[str, Any]:
    """Return the frame's labels, as `pictures.packed` has them, and the network's milliseconds.

    A visitor's newer frame cancels an older one that still waits for its turn.

    Raises:
        ValueError: If the frame is no picture, or there is no such network.
        WeightsError: If the network's weights cannot be had.
        Cancelled: If a newer frame came.
    """
    frame = preprocess.cap(preprocess.open_photo(content), LONG_SIDE)
    checkpoint = custom_models.find(model)
    with WISHES.newest(visitor, "live") as work, turn(work):
        *_, segmentation = network.stages(checkpoint, frame)
    spent = sum(segmentation.milliseconds.values())
    return {"map": packed(argmax(segmentation.probabilities)), "milliseconds": spent}
