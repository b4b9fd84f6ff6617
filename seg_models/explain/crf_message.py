"""What one pixel hears in an iteration of the dense CRF, and from where: the engine's own sum.

Krähenbühl & Koltun 2011, algorithm 1. The message to a pixel, for a class, is a sum over all
pixels; it is linear in what they say. So the engine's own lattice, given the marginals of one part
of the photo at a time, tells how much of the message each part sent, and the parts add up to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..crf import kernels
from ..crf.bags import equal_sums
from ..crf.lattice import spread
from ..crf.validation import check_settings, checked_photo, checked_probabilities
from ..crf.weak_classes import LEAST_PROBABILITY
from ..specs import CrfSettings


@dataclass(frozen=True, eq=False)
class CrfMessage:
    """One pixel's update: e to the power of the messages raises the network's odds."""

    prior: np.ndarray  # (C,) the network's probabilities
    appearance: np.ndarray  # (C,) w1 times what pixels near and of like colour say
    smoothness: np.ndarray  # (C,) w2 times what the nearest pixels say
    label: int  # the class whose message is taken apart
    parts: np.ndarray  # (rows, columns) how much of that message each part of the photo sent

    @property
    def messages(self) -> np.ndarray:
        """`(C,)`, the two kernels' together."""
        return self.appearance + self.smoothness

    @property
    def votes(self) -> np.ndarray:
        """`(C,)`, prior times e to the power of the message, less the largest message."""
        return self.prior * np.exp(self.messages - self.messages.max())

    @property
    def marginals(self) -> np.ndarray:
        """`(C,)`, the pixel's probabilities after the iteration: the votes, summing to 1."""
        return self.votes / self.votes.sum()


@torch.no_grad()
def crf_message(
    prior: Tensor,
    marginals: Tensor,
    photo: np.ndarray,
    settings: CrfSettings,
    pixel: tuple[int, int],
    label: int,
    parts: tuple[int, int] = (8, 8),
) -> CrfMessage:
    """Return one pixel's messages in the next iteration of the CRF, each class by itself.

    Args:
        prior: `(C, H, W)` the network's probabilities.
        marginals: `(C, H, W)` the probabilities before this iteration; before the first, `prior`.
        photo: `(H, W, 3)` uint8 RGB.
        settings: The CRF's.
        pixel: Column and row of the one that listens.
        label: The class whose message is taken apart.
        parts: Rows and columns of the parts of the photo.

    Raises:
        ValueError: If the arguments are not as `mean_field` takes them, or there is no such pixel
            or class.
    """
    check_settings(settings)
    photo = checked_photo(photo)
    prior, marginals = (checked_probabilities(each, photo).cpu() for each in (prior, marginals))
    classes, height, width = marginals.shape
    x, y = pixel
    if not (0 <= x < width and 0 <= y < height and 0 <= label < classes):
        raise ValueError(
            f"no column {x}, row {y}, class {label}: the photo has {width} columns and {height} "
            f"rows, the network {classes} classes"
        )
    said = marginals.reshape(classes, -1).T.clamp(LEAST_PROBABILITY, 1)
    said = said / said.sum(1, keepdim=True)
    values = torch.cat([said, said[:, label, None] * _members(height, width, parts)], 1)
    at = y * width + x
    heard = [
        weight * _heard(kernel, values, at)
        for kernel, weight in (
            (kernels.appearance(photo, settings, said.device), settings.appearance_weight),
            (kernels.smoothness(photo, settings, said.device), settings.smoothness_weight),
        )
    ]
    given = prior[:, y, x].clamp(LEAST_PROBABILITY, 1).double().numpy()
    both = heard[0] + heard[1]
    return CrfMessage(given, heard[0][:classes], heard[1][:classes], label,
                      both[classes:].reshape(parts))  # fmt: skip


def _heard(kernel, values: Tensor, at: int) -> np.ndarray:
    """Return what the pixel of that number hears through a kernel: `(values' columns,)`."""
    table = spread(kernel, values.contiguous())
    pixel = slice(at, at + 1)
    return equal_sums(kernel.vertices[pixel], kernel.shares[pixel], table)[0].double().numpy()


def _members(height: int, width: int, parts: tuple[int, int]) -> Tensor:
    """Return `(H W, parts)` float32: 1 where a pixel lies in a part, else 0."""
    rows, columns = (
        torch.arange(length) * count // length
        for length, count in zip((height, width), parts, strict=True)
    )
    numbers = (rows[:, None] * parts[1] + columns).reshape(-1)
    return torch.nn.functional.one_hot(numbers, parts[0] * parts[1]).float()
