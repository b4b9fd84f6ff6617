"""What a Pillow picture's pixels mean: the right way up, in RGB, with eight bits a channel."""

from __future__ import annotations

import io

import numpy as np
from PIL import ExifTags, Image, ImageCms

SIXTEEN_BITS = ("I;16", "I;16L", "I;16B", "I;16N", "I")  # "I": a 16-bit PGM, a 32-bit TIFF
DEPTHS = (8, 10, 12, 16)  # bits that cameras and scanners write into 16
# EXIF 2.32, tag 0x0112: what a viewer has to do with a picture of each orientation.
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def turn(image: Image.Image) -> Image.Transpose | None:
    """Return what puts `image` the right way up, by its EXIF or else its XMP; None: nothing."""
    try:
        return TURNS.get(image.getexif().get(ExifTags.Base.Orientation))
    except Exception:  # parsers raise what they like on nonsense, which then states no orientation
        return None


def upright(image: Image.Image) -> Image.Image:
    """Return `image` as its metadata says it is to be held; only a turned one is a new picture.

    `ImageOps.exif_transpose` would also write the metadata anew, and fail on odd ones.
    """
    method = turn(image)
    return image if method is None else image.transpose(method)


def to_rgb(image: Image.Image) -> np.ndarray:
    """Return `(H, W, 3)` uint8 RGB; what is transparent lies on white.

    CMYK goes by the file's own profile, and without one as if inks were pure; 16 bits become 8 by
    `to_eight_bits`.

    Raises:
        ValueError: If the pixels are floats.
    """
    if image.mode in SIXTEEN_BITS:
        grey = to_eight_bits(np.clip(np.asarray(image), 0, 65535).astype(np.uint16))
        return np.stack([grey] * 3, axis=2)
    if image.mode == "F":
        raise ValueError("its pixels are floats, whose range no file states")
    if image.mode in ("CMYK", "LAB"):
        image = _managed(image)
    if not image.has_transparency_data:
        return np.array(image if image.mode == "RGB" else image.convert("RGB"))
    image = image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A"))
    return np.array(white)


def to_eight_bits(levels: np.ndarray) -> np.ndarray:
    """Return uint16 `levels` as uint8, their depth's largest value as 255, rounded.

    No file states how many of the 16 bits its maker uses, so it is the fewest of 8, 10, 12 and 16
    that hold the brightest level: a full 16-bit picture has brighter ones than 4095, 1/16 of white,
    unless all of it looks black.
    """
    brightest = int(levels.max())
    largest = next(2**bits - 1 for bits in DEPTHS if brightest < 2**bits)
    table = (np.arange(largest + 1) * 255 + largest // 2) // largest
    return table.astype(np.uint8)[levels]


def _managed(image: Image.Image) -> Image.Image:
    """Return a CMYK or Lab picture in sRGB, by its embedded profile where that can be used."""
    srgb = ImageCms.createProfile("sRGB")
    if image.mode == "LAB":
        return ImageCms.profileToProfile(
            image, ImageCms.createProfile("LAB"), srgb, outputMode="RGB"
        )
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info.get("icc_profile") or b""))
        return ImageCms.profileToProfile(image, profile, srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, TypeError):  # none, damaged, or of another colour space
        return image.convert("RGB")
