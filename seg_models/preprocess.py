"""From whatever a person hands in to an upright RGB photo, and from that to a network's input."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from .photos import arrays, files
from .photos.files import MAX_PIXELS as MAX_PIXELS
from .specs import Preprocessing


def open_photo(
    source: str | os.PathLike | bytes | BinaryIO | Image.Image | np.ndarray | Tensor,
) -> np.ndarray:
    """Return `source` as `(H, W, 3)` uint8 RGB, the right way up, in memory of its own.

    Args:
        source: A file's path (its name need not say what it is), its bytes, or an open file; a PIL
            picture; an array or a tensor, `(H, W)` grey or with an axis of 1, 3 or 4 channels:
            uint8 (0-255), uint16, or floats (0-1). Its channels are the last axis, a tensor's the
            first; else the other of the two.

    Files may be JPEG, PNG, WebP, HEIC/HEIF, AVIF, TIFF, GIF, BMP, PPM or JPEG 2000. Transparent
    parts lie on white; 16 bits become 8; grey, palette, CMYK and Lab become RGB; the rotation
    that EXIF or XMP state is carried out; of an animation the first frame is taken. Whatever else
    is in a file, odd or damaged, makes no difference as long as the pixels can be decoded.

    Raises:
        ValueError: If `source` is nothing of the kind, is damaged, or has more than 100
            megapixels (told by its header, before anything is decoded).
    """
    if isinstance(source, np.ndarray):
        return arrays.from_array(source)
    if isinstance(source, Tensor):
        return arrays.from_tensor(source)
    if isinstance(source, Image.Image):
        return files.read_picture(source)
    if isinstance(source, bytes | bytearray | memoryview):
        return files.read(io.BytesIO(source), "the photo")
    if isinstance(source, str | os.PathLike):
        return files.read_path(Path(os.fsdecode(source)))
    if hasattr(source, "read"):
        name = getattr(source, "name", None)
        return files.read_stream(source, Path(name).name if isinstance(name, str) else "the photo")
    raise ValueError(
        f"a photo cannot be a {type(source).__name__}; give a file's path, its bytes or the open "
        "file, a PIL picture, a NumPy array or a tensor"
    )


def cap(photo: np.ndarray, long_side: int = 1024) -> np.ndarray:
    """Return `photo` made smaller, if need be, until neither side exceeds `long_side` pixels."""
    if max(photo.shape[:2]) <= long_side:
        return photo
    return resize(photo, fit(photo.shape[:2], long_side))


def fit(size: tuple[int, int], long_side: int) -> tuple[int, int]:
    """Return the (height, width) of this shape whose longer side has `long_side` pixels."""
    scale = long_side / max(size)
    height, width = (max(1, round(side * scale)) for side in size)
    return height, width


def images(photo: np.ndarray, preprocessing: Preprocessing) -> Tensor:
    """Return the network's input `(1, 3, h, w)` float32: `photo` resized and normalised."""
    if photo.ndim != 3 or photo.shape[2] != 3 or photo.dtype != np.uint8:
        raise ValueError(
            f"photo must be (H, W, 3) uint8, got {photo.shape} {photo.dtype}; "
            "open it with preprocess.open_photo"
        )
    resized = resize(photo, fit(photo.shape[:2], preprocessing.long_side))
    unit = torch.from_numpy(resized).permute(2, 0, 1).float() / 255
    mean, std = torch.tensor(preprocessing.mean), torch.tensor(preprocessing.std)
    return ((unit - mean[:, None, None]) / std[:, None, None])[None]


def resize(photo: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return `photo` at another (height, width)."""
    height, width = size
    if photo.shape[:2] == (height, width):
        return photo
    # Pillow's bilinear filter widens when it shrinks, so that nothing aliases.
    picture = Image.fromarray(photo).resize((width, height), Image.Resampling.BILINEAR)
    return np.array(picture)
