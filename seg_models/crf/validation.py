"""What the CRF refuses, and why: one wrong pixel would spread over the whole picture."""

from math import isfinite

import numpy as np
import torch
from torch import Tensor

from ..specs import CrfSettings

NORMALISATIONS = ("symmetric", "after")
SUM_TOLERANCE = 1e-2  # bfloat16 probabilities of 150 classes still pass, raw scores do not


def check_settings(settings: CrfSettings) -> None:
    """Raise a `ValueError` for settings that have no meaning."""
    iterations = settings.iterations
    if isinstance(iterations, bool) or not isinstance(iterations, int) or iterations < 0:
        raise ValueError(f"iterations must be a whole number from 0, got {iterations!r}")
    for name in ("appearance_reach", "colour_reach", "smoothness_reach"):
        reach = getattr(settings, name)
        if not (isfinite(reach) and reach > 0):
            raise ValueError(
                f"{name} must be above 0, got {reach!r}; to switch a kernel off, give it weight 0"
            )
    for name in ("appearance_weight", "smoothness_weight"):
        weight = getattr(settings, name)
        if not (isfinite(weight) and weight >= 0):
            raise ValueError(f"{name} must be 0 or more, got {weight!r}")
    if settings.normalisation not in NORMALISATIONS:
        raise ValueError(
            f"normalisation must be one of {', '.join(NORMALISATIONS)}, "
            f"got {settings.normalisation!r}"
        )


def checked_photo(photo: np.ndarray) -> np.ndarray:
    """Return `photo` as an array in C order, if it is `(H, W, 3)` uint8 and not empty."""
    photo = np.asarray(photo)
    if photo.dtype != np.uint8 or photo.ndim != 3 or photo.shape[2] != 3 or photo.size == 0:
        raise ValueError(
            f"photo must be (H, W, 3) uint8 with at least one pixel, got {photo.shape} "
            f"{photo.dtype}; convert it first, e.g. with PIL's image.convert('RGB')"
        )
    return np.ascontiguousarray(photo)


def checked_probabilities(probabilities: Tensor, photo: np.ndarray) -> Tensor:
    """Return `probabilities` as float32, if they are `(C, H, W)` of the photo's size and sum to 1.

    A NaN would reach half of the picture in two iterations, and raw scores would look like
    probabilities that are merely sure of themselves: both are refused.
    """
    probabilities = torch.as_tensor(probabilities).detach()
    height, width = photo.shape[:2]
    shape = tuple(probabilities.shape)
    if len(shape) != 3 or shape[0] == 0 or shape[1:] != (height, width):
        raise ValueError(
            f"probabilities must be (C, {height}, {width}), one for each class and pixel of the "
            f"photo, got {shape}; bring them to the photo's size first"
        )
    if not probabilities.is_floating_point():
        raise ValueError(f"probabilities must be floating point, got {probabilities.dtype}")
    probabilities = probabilities.float()
    lowest = probabilities.amin().item()
    furthest = (probabilities.sum(0) - 1).abs().amax().item()
    if not (lowest >= 0 and furthest <= SUM_TOLERANCE):  # written so that NaN is refused as well
        raise ValueError(
            "probabilities must be 0 or more and sum to 1 over the classes of each pixel, got "
            f"{lowest:.3g} as the lowest and a sum that is off by {furthest:.3g}; take the "
            "softmax of the scores first"
        )
    return probabilities
