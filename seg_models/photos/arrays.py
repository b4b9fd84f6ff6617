"""From a NumPy array or a tensor to a photo."""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from . import pixels
from .files import check_size

CHANNELS = (1, 3, 4)  # grey, RGB, RGBA


def from_array(array: np.ndarray, channels_first: bool = False, what: str = "array") -> np.ndarray:
    """Return `array` as a photo `(H, W, 3)` uint8 of its own.

    Args:
        array: `(H, W)` grey, or with an axis of 1, 3 or 4 channels (grey, RGB, RGBA): the last,
            else the first. uint8 0-255; uint16 (see `pixels.to_eight_bits`); floats 0-1. Any
            strides and byte order.
        channels_first: Look for the channels in the first axis, else in the last.
        what: What messages are to call it.

    Raises:
        ValueError: If it is no such array.
    """
    array = _with_channels_last(array, channels_first, what)
    check_size((array.shape[1], array.shape[0]), f"the {what}")
    levels = _levels(array, what)
    picture = levels[:, :, 0] if levels.shape[2] == 1 else levels
    return pixels.to_rgb(Image.fromarray(np.ascontiguousarray(picture)))


def from_tensor(tensor: Tensor) -> np.ndarray:
    """Return `tensor`, of any device, as a photo; its channels are the first axis, else the last.

    Raises:
        ValueError: As in `from_array`.
    """
    tensor = tensor.detach().cpu().resolve_conj().resolve_neg()
    tensor = tensor.float() if tensor.dtype == torch.bfloat16 else tensor  # NumPy has none
    return from_array(tensor.numpy(), channels_first=True, what="tensor")


def _with_channels_last(array: np.ndarray, channels_first: bool, what: str) -> np.ndarray:
    if array.ndim == 2:
        return array[:, :, None]
    if array.ndim == 3:
        for axis in (0, 2) if channels_first else (2, 0):
            if array.shape[axis] in CHANNELS:
                return np.moveaxis(array, axis, 2)
    many = "; give the photos of a batch one by one" if array.ndim == 4 else ""
    raise ValueError(
        f"{_article(what)} must be (H, W), (H, W, C) or (C, H, W) with 1, 3 or 4 channels, "
        f"got {tuple(array.shape)}{many}"
    )


def _levels(array: np.ndarray, what: str) -> np.ndarray:
    """Return `array` in uint8."""
    if array.dtype == np.uint8:
        return array
    if array.dtype.kind == "u" and array.dtype.itemsize == 2:
        return pixels.to_eight_bits(array.astype(np.uint16))
    if array.dtype.kind != "f":
        raise ValueError(
            f"{_article(what)} must be uint8 (0-255), uint16 or floats (0-1), got {array.dtype}; "
            "convert it, for 0-255 by .astype(numpy.uint8)"
        )
    lowest, highest = float(array.min()), float(array.max())
    if not 0 <= lowest <= highest <= 1:  # nor is it if there are NaNs
        raise ValueError(
            f"{_article(what)} of floats must lie in 0-1, got {lowest:.4g} to {highest:.4g}; "
            "undo a normalisation, divide 0-255 by 255, or convert to uint8"
        )
    return (array * np.float32(255) + np.float32(0.5)).astype(np.uint8)


def _article(what: str) -> str:
    return f"an {what}" if what[0] in "aeiou" else f"a {what}"
