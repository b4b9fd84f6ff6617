"""Files on their way to the browser, in a folder of this process's own, swept as it grows."""

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
FOLDER = re.compile(r"[0-9a-f]{32}")
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
    return _new(_root() / "passing")


def passing(folder: str, name: str) -> Path | None:
    """Return the file of that name in one of the folders that `folder` gave, if it is there."""
    path = _root() / "passing" / folder / name
    inside = FOLDER.fullmatch(folder) and Path(name).name == name
    return path if inside and path.is_file() else None


def lasting_folder() -> Path:
    """Return a new empty folder that stays until it is removed, or this process ends."""
    return _new(_root() / "lasting")


def remove(folder: Path) -> None:
    """Delete a folder and what is in it."""
    shutil.rmtree(folder, ignore_errors=True)


def sweep(now: float | None = None) -> None:
    """Delete what was saved more than `SECONDS_KEPT` ago."""
    oldest = (time.time() if now is None else now) - SECONDS_KEPT
    for each in (_root() / "passing").iterdir():
        try:
            if each.stat().st_mtime < oldest:
                remove(each)
        except FileNotFoundError:  # another visitor's sweep was first
            continue


def _new(parent: Path) -> Path:
    new = parent / uuid4().hex
    new.mkdir()
    return new


@lru_cache(maxsize=1)
def _root() -> Path:
    root = Path(tempfile.mkdtemp(prefix="coarse-to-crisp-"))
    atexit.register(remove, root)
    for name in ("passing", "lasting"):
        (root / name).mkdir()
    return root
