"""Pictures on their way to the browser: PNG files in a folder of their own, swept as it grows."""

import atexit
import re
import shutil
import tempfile
import time
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

import numpy as np
from PIL import Image

SECONDS_KEPT = 600  # Gradio copies a file at once; what is older was copied or is not wanted
LEVEL = 1  # zlib's quickest: flat colours shrink all the same


def save(picture: np.ndarray | Image.Image, name: str) -> str:
    """Write `picture` as PNG and return its path, whose last part is `name`.png.

    What a path could not hold, such as a slash in the name of a stranger's class, becomes "-".
    Files, not arrays, go to Gradio: it turns arrays into lossy WebP, and two visitors with the
    same result would race for one file.
    """
    plain = re.sub(r"[^\w.-]+", "-", name)
    path = folder() / f"{plain}.png"
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(path, compress_level=LEVEL)
    return str(path)


def folder() -> Path:
    """Return a new empty folder, to be swept away with what is put there."""
    sweep()
    new = _folder() / uuid4().hex
    new.mkdir()
    return new


def sweep(now: float | None = None) -> None:
    """Delete what was saved more than `SECONDS_KEPT` ago."""
    oldest = (time.time() if now is None else now) - SECONDS_KEPT
    for each in _folder().iterdir():
        try:
            if each.stat().st_mtime < oldest:
                shutil.rmtree(each, ignore_errors=True)
        except FileNotFoundError:  # another visitor's sweep was first
            continue


@lru_cache(maxsize=1)
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="coarse-to-crisp-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
