"""From whatever a person hands in to an upright RGB photo, and from that to a network's input."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import numpy as np
import torch
from PIL import ExifTags, Image, ImageOps
from torch import Tensor

from .specs import Preprocessing

MAX_PIXELS = 100_000_000  # 300 MB as RGB; the largest cameras of today, and no decompression bomb
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
# Pillow only warns between its limit and twice that; an error is what `_decode` can explain.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
# What is odd about a file's metadata is nobody's concern as long as there are pixels.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

# Pillow knows more, among them EPS, which would run Ghostscript on a stranger's program.
Image.init()
FORMATS = [
    name
    for name in ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "PPM", "JPEG2000", "AVIF")
    if name in Image.OPEN
]
SIXTEEN_BITS = ("I;16", "I;16L", "I;16B", "I;16N", "I")  # "I": how Pillow < 11 reads a 16-bit PNG


def open_photo(source: str | os.PathLike | Image.Image | np.ndarray) -> np.ndarray:
    """Return `source` as `(H, W, 3)` uint8 RGB, the right way up.

    Args:
        source: A file, a PIL picture, or an array: `(H, W)` grey, `(H, W, 3)` RGB or
            `(H, W, 4)` RGBA, all uint8.

    Transparent parts lie on white, 16 bits become 8, grey, palette and CMYK become RGB, EXIF's
    rotation is carried out, and of an animation the first frame is taken.

    Raises:
        ValueError: If `source` is no picture, is damaged, or has more than 100 megapixels (told
            by its header, before anything is decoded).
    """
    if isinstance(source, np.ndarray):
        return _to_array(_from_array(source))
    if isinstance(source, Image.Image):
        return _decode(source, "the picture")
    path = Path(source)
    if not path.is_file():
        raise ValueError(f"{path} is not a file; give the path of a photo")
    with _open(path) as image:
        return _decode(image, path.name)


def cap(photo: np.ndarray, long_side: int = 1024) -> np.ndarray:
    """Return `photo` made smaller, if need be, until neither side exceeds `long_side` pixels."""
    if max(photo.shape[:2]) <= long_side:
        return photo
    return _resize(photo, fit(photo.shape[:2], long_side))


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
    resized = _resize(photo, fit(photo.shape[:2], preprocessing.long_side))
    unit = torch.from_numpy(resized).permute(2, 0, 1).float() / 255
    mean, std = torch.tensor(preprocessing.mean), torch.tensor(preprocessing.std)
    return ((unit - mean[:, None, None]) / std[:, None, None])[None]


def _resize(photo: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    height, width = size
    if photo.shape[:2] == (height, width):
        return photo
    # Pillow's bilinear filter widens when it shrinks, so that nothing aliases.
    picture = Image.fromarray(photo).resize((width, height), Image.Resampling.BILINEAR)
    return np.array(picture)


def _damage(name: str, error: Exception) -> str:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    reason = " ".join(reason.split())[:100] or type(error).__name__
    return f"{name} is damaged: {reason}; export or download it anew"


def _size_rule() -> str:
    return f"at most {MAX_PIXELS // 1_000_000} megapixels are taken; make it smaller and try again"


def _open(path: Path) -> Image.Image:
    try:
        return Image.open(path, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError(f"{path.name} is too large: {_size_rule()}") from error
    except Image.UnidentifiedImageError as error:
        what = "empty" if path.stat().st_size == 0 else "not a picture this program reads"
        raise ValueError(f"{path.name} is {what}; give a JPEG, PNG, WebP or the like") from error
    except Exception as error:  # decoders raise what they like on damaged files
        raise ValueError(_damage(path.name, error)) from error


def _decode(image: Image.Image, name: str) -> np.ndarray:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise ValueError(f"{name} is too large, {width}x{height} pixels: {_size_rule()}")
    if width * height == 0:
        raise ValueError(f"{name} is {width}x{height} pixels; at least one pixel is needed")
    try:
        image.load()
        turned = image.getexif().get(ExifTags.Base.Orientation, 1) != 1
        return _to_array(ImageOps.exif_transpose(image) if turned else image)
    except Exception as error:  # as above
        raise ValueError(_damage(name, error)) from error


def _from_array(array: np.ndarray) -> Image.Image:
    shape = array.shape
    if array.dtype != np.uint8 or not (array.ndim == 2 or (array.ndim == 3 and shape[2] in (3, 4))):
        raise ValueError(
            f"an array must be (H, W), (H, W, 3) or (H, W, 4) uint8, got {shape} {array.dtype}"
        )
    if array.size == 0:
        raise ValueError(f"an array of shape {shape} has no pixels; at least one is needed")
    if shape[0] * shape[1] > MAX_PIXELS:
        raise ValueError(f"the array is too large, {shape[1]}x{shape[0]} pixels: {_size_rule()}")
    return Image.fromarray(array)


def _to_array(image: Image.Image) -> np.ndarray:
    if image.mode in SIXTEEN_BITS:
        levels = (np.arange(65536) * 255 + 32767) // 65535
        grey = levels.astype(np.uint8)[np.clip(np.array(image), 0, 65535)]
        return np.stack([grey] * 3, axis=2)
    if image.mode == "F":
        raise ValueError("its pixels are floats, whose range no file states")
    if not image.has_transparency_data:
        return np.array(image if image.mode == "RGB" else image.convert("RGB"))
    image = image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return np.array(white)
