"""True masks that visitors hand in, kept as they came for a bounded time."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import numpy as np

from seg_models.evaluation import labelled_photos

from ..i18n.errors import NO_TRUTH
from ..server import files
from ..server.kept import Folders

SECONDS_KEPT = 3600
MOST_KEPT = 100  # when one more comes, the one unused for longest goes


@dataclass(frozen=True)
class _Kept:
    folder: Path
    name: str


_kept = Folders(MOST_KEPT, SECONDS_KEPT)  # by key
_lock = threading.Lock()


def receive(path: Path, name: str) -> str:
    """Keep a mask that was handed in, and return its key.

    Raises:
        ValueError: If it is no picture of labels.
    """
    folder = files.lasting_folder()
    kept = folder / name
    path.replace(kept)
    try:
        labels(kept)
    except ValueError:
        files.remove(folder)
        raise
    key = uuid4().hex
    with _lock:
        _kept[key] = _Kept(folder, name)
    return key


def labels(path: Path) -> np.ndarray:
    """Return a mask's class indices, `(H, W)`.

    Raises:
        ValueError: If it is no picture of labels (see `labelled_photos.read_ground_truth`).
    """
    return labelled_photos.read_ground_truth(path)


def find(key: str) -> Path:
    """Return the mask of that key.

    Raises:
        ValueError: If there is none, or none any more.
    """
    with _lock:
        if key not in _kept:
            raise ValueError(NO_TRUTH)
        kept = _kept[key]
    return kept.folder / kept.name


def sweep(now: float | None = None) -> None:
    """Delete the masks that came more than `SECONDS_KEPT` ago."""
    with _lock:
        _kept.expire(now)
