"""Which pixels speak to one pixel in the dense CRF: a row of its kernel matrix, exactly."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..crf.validation import check_settings, checked_photo
from ..specs import CrfSettings


class Affinity(NamedTuple):
    """The two kernels of Krähenbühl & Koltun (2011), equation 3, between a pixel and all others.

    Both are 1 at the pixel itself, and not normalised: the CRF weighs its messages by
    w1 K[i, j] / sqrt(n[i] n[j]) ("symmetric") or w1 K[i, j] / n[i] ("after"), where n[i]
    is the sum of row i, and the smoothness kernel likewise through w2.
    """

    appearance: np.ndarray  # (H, W) float32, 0 to 1: near and of like colour
    smoothness: np.ndarray  # (H, W) float32, 0 to 1: very near


def affinity(photo: np.ndarray, pixel: tuple[int, int], settings: CrfSettings) -> Affinity:
    """Return how loud each pixel of `photo` is for one of them.

    Args:
        photo: `(H, W, 3)` uint8 RGB.
        pixel: Column and row of the one that listens.
        settings: The reaches; weights, iterations and normalisation play no part.

    Raises:
        ValueError: If `photo` or `settings` are not as `mean_field` takes them, or there is no
            such pixel.
    """
    check_settings(settings)
    photo = checked_photo(photo)
    height, width = photo.shape[:2]
    x, y = pixel
    if not (0 <= x < width and 0 <= y < height):
        raise ValueError(
            f"pixel is column {x}, row {y}; the photo has columns 0 to {width - 1} and rows 0 to "
            f"{height - 1}"
        )
    rows = (np.arange(height, dtype=np.float32) - y) ** 2
    columns = (np.arange(width, dtype=np.float32) - x) ** 2
    levels = photo.astype(np.int32) - photo[y, x]
    colours = np.einsum("ijk,ijk->ij", levels, levels).astype(np.float32)
    far = _gaussian(rows, settings.appearance_reach)[:, None]
    near = _gaussian(rows, settings.smoothness_reach)[:, None]
    return Affinity(
        far * _gaussian(columns, settings.appearance_reach)
        * _gaussian(colours, settings.colour_reach),
        near * _gaussian(columns, settings.smoothness_reach),
    )  # fmt: skip


def loudness(kernels: Affinity, settings: CrfSettings) -> np.ndarray:
    """Return equation 3, w1 times the one kernel plus w2 times the other: `(H, W)` float32."""
    return (
        settings.appearance_weight * kernels.appearance
        + settings.smoothness_weight * kernels.smoothness
    )


def _gaussian(squares: np.ndarray, reach: float) -> np.ndarray:
    return np.exp(squares * np.float32(-0.5 / reach**2))
