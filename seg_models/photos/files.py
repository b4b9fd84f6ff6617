"""From a file, in whatever format and state people have it, to an upright RGB photo."""

from __future__ import annotations

import io
import os
import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pillow_heif
from PIL import ExifTags, Image

from ..specs import Message
from . import pixels, png

MAX_PIXELS = 100_000_000  # 300 MB as RGB; the largest cameras of today, and no decompression bomb
MAX_BYTES = 1 << 30  # of a file that has to be held in memory: 100 megapixels, uncompressed RGBA16
MOST_MB = MAX_BYTES >> 20
SIZE_RULE = Message(
    "at most {size} megapixels are taken; make it smaller and try again",
    size=MAX_PIXELS // 1_000_000,
)
UNKNOWN = "{name} is not a picture this program reads; give a JPEG, PNG, WebP or the like"
EMPTY = "{name} is empty; give a JPEG, PNG, WebP or the like"
HEIF_HEAD = 1 << 20  # bytes at a HEIF's beginning, within which its boxes lie
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
# Pillow only warns between its limit and twice that; an error is what `_opened` can explain.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
# What is odd about a file's metadata is nobody's concern as long as there are pixels.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

# Pillow knows more, among them EPS, which would run Ghostscript on a stranger's program.
Image.init()
pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
FORMATS = [
    name
    for name in ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "PPM", "JPEG2000", "AVIF", "HEIF")
    if name in Image.OPEN
]


class DamagedError(ValueError):
    """A file whose pixels cannot be decoded as it stands."""


class TooLargeError(ValueError):
    """A picture with more pixels than are taken, or with none."""


def read_path(path: Path) -> np.ndarray:
    """Return the photo in the file `path`, `(H, W, 3)` uint8.

    Raises:
        ValueError: If there is no such file, or as in `read`.
    """
    if not path.is_file():
        if "://" in str(path) or str(path).startswith(("http:/", "https:/")):
            raise ValueError(f"{path} is an address; download the photo and give its path")
        raise ValueError(f"{path} is not a file; give the path of a photo")
    try:
        with path.open("rb") as file:
            return read(file, path.name)
    except OSError as error:
        raise ValueError(_damage(path.name, error)) from error


def read_stream(stream: BinaryIO, name: str) -> np.ndarray:
    """Return the photo in an open file, from its beginning where it can be rewound.

    Raises:
        ValueError: If the file was opened as text, or as in `read`.
    """
    try:
        stream.seek(0)
    except (AttributeError, OSError):  # a socket, a pipe
        stream = io.BytesIO(_held(stream, name))
    if isinstance(stream.read(0), str):
        raise ValueError(f'{name} is open as text; open it as bytes, by open(path, "rb")')
    return read(stream, name)


def read(file: BinaryIO, name: str) -> np.ndarray:
    """Return the photo in a rewindable `file` that messages are to call `name`.

    Raises:
        ValueError: If it is no picture, is damaged, or has more than 100 megapixels (told by its
            header, before anything is decoded).
    """
    try:
        return _decoded(file, name)
    except DamagedError:
        file.seek(0)
        if file.read(len(png.SIGNATURE)) != png.SIGNATURE:
            raise
        file.seek(0)
        bare = io.BytesIO(png.without_metadata(_held(file, name)))
        try:
            return _decoded(bare, name)
        except ValueError:  # the pixels' fault after all, as the first complaint says
            pass
        raise


def read_picture(image: Image.Image, name: str = "the picture") -> np.ndarray:
    """Return a Pillow picture, which is left as it is, as a photo.

    Raises:
        ValueError: As in `read`.
    """
    check_size(image.size, name)
    try:
        image.load()
        check_size(image.size, name)  # a HEIF's header is not bound to be true
        return pixels.to_rgb(pixels.upright(image))
    except TooLargeError:
        raise
    except Exception as error:  # as in `_opened`
        raise DamagedError(_damage(name, error)) from error


def check_size(size: tuple[int, int], name: str) -> None:
    """Refuse a width and height of more than `MAX_PIXELS` pixels, or of none.

    Raises:
        ValueError: If it is refused.
    """
    width, height = size
    if width * height > MAX_PIXELS:
        template = "{name} is too large, {size} pixels: {rule}"
        raise TooLargeError(Message(template, name=name, size=f"{width}x{height}", rule=SIZE_RULE))
    if width * height == 0:
        template = "{name} is {size} pixels; at least one pixel is needed"
        raise TooLargeError(Message(template, name=name, size=f"{width}x{height}"))


def _decoded(file: BinaryIO, name: str) -> np.ndarray:
    with _opened(file, name) as image:
        if image.format == "HEIF":
            _state_orientation(image, file)
        return read_picture(image, name)


def _opened(file: BinaryIO, name: str) -> Image.Image:
    try:
        return Image.open(file, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError(
            Message("{name} is too large: {rule}", name=name, rule=SIZE_RULE)
        ) from error
    except Image.UnidentifiedImageError as error:
        template = UNKNOWN if file.seek(0, os.SEEK_END) else EMPTY
        raise DamagedError(Message(template, name=name)) from error
    except Exception as error:  # decoders raise what they like on damaged files
        raise DamagedError(_damage(name, error)) from error


def _state_orientation(image: Image.Image, file: BinaryIO) -> None:
    """Give a HEIF back the orientation that its EXIF states, if it is not turned otherwise.

    A HEIF's boxes say how it is to be turned (ISO/IEC 23008-12, 6.5.10 and 6.5.12), the decoder
    does it, and EXIF repeats what was done; but many a converter copies EXIF and writes no boxes.
    """
    stated = image.info.get("original_orientation")
    file.seek(0)
    head = file.read(HEIF_HEAD)
    if stated is not None and b"irot" not in head and b"imir" not in head:
        image.getexif()[ExifTags.Base.Orientation] = stated


def _held(file: BinaryIO, name: str) -> bytes:
    content = file.read(MAX_BYTES + 1)
    if isinstance(content, str):
        raise ValueError(f'{name} is open as text; open it as bytes, by open(path, "rb")')
    if len(content) > MAX_BYTES:
        raise ValueError(
            Message("{name} is too large: at most {size} MB are taken", name=name, size=MOST_MB)
        )
    return content


def _damage(name: str, error: Exception) -> Message:
    if isinstance(error, OSError) and error.strerror:
        return Message("{name} cannot be read: {fault}", name=name, fault=error.strerror)
    fault = " ".join(str(error).split())[:100] or type(error).__name__
    return Message(
        "{name} is damaged: {fault}; export or download it anew", name=name, fault=fault
    )  # fmt: skip
