"""What the figures keep for the next click: results and layers' maps, each in bounded memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any

import numpy as np
from cachetools import LRUCache
from torch import Tensor

from seg_models import pipeline, preprocess
from seg_models.pipeline import Segmenter
from seg_models.specs import Checkpoint
from seg_models.visualize.segmentation import Segmentation

from ..segment import network
from ..segment.photos import Photo


class Stock:
    """Values by what they were computed from; those unused for longest go first."""

    def __init__(self, limit_bytes: int, size: Callable[[Any], int]):
        self._kept: LRUCache = LRUCache(limit_bytes, lambda value: min(size(value), limit_bytes))
        self._lock = threading.Lock()

    def get(self, key: Hashable, compute: Callable[[], Any]) -> Any:
        """Return what is kept under `key`, or what `compute` gives, and keep it."""
        with self._lock:
            if key in self._kept:
                return self._kept[key]
        value = compute()
        with self._lock:
            self._kept[key] = value
        return value


def _result_bytes(result: Segmentation) -> int:
    tensors = (result.score_map, result.probabilities)
    return result.photo.nbytes + sum(each.nbytes for each in tensors if isinstance(each, Tensor))


RESULTS = Stock(2**28, _result_bytes)  # two dozen of 480 x 360 pixels and eleven classes
CALLS = Stock(2**28, lambda call: call.reads.nbytes + call.gives.nbytes)
DIAGRAMS = Stock(2**20, lambda stages: 1000 * len(stages))


def segmenter(checkpoint: Checkpoint) -> Segmenter:
    """Return the network, where a look inside is taken: not on a Space's shared GPU."""
    return pipeline.load(checkpoint, "cpu" if network.ZERO_GPU else "auto")


def prepared(checkpoint: Checkpoint, photo: Photo, side: int) -> tuple[Segmenter, Tensor]:
    """Return the network and its input, made of the photo as the figures have it."""
    found = segmenter(checkpoint)
    images = preprocess.images(capped(photo, side), checkpoint.preprocessing)
    return found, images.to(found.device)


def capped(photo: Photo, side: int) -> np.ndarray:
    """Return the photo at the figures' size, `(H, W, 3)` uint8."""
    return preprocess.cap(photo.pixels, side)


def size(photo: np.ndarray, side: int) -> tuple[int, int]:
    """Return that size, (height, width)."""
    height, width = photo.shape[:2]
    return preprocess.fit((height, width), side) if max(height, width) > side else (height, width)


def levels(values: np.ndarray, most: float | None = None) -> np.ndarray:
    """Return values from 0 to `most`, or to their largest, as 0 to 255: uint8."""
    most = float(values.max()) if most is None else most
    return (np.clip(values / (most or 1), 0, 1) * 255).round().astype(np.uint8)
