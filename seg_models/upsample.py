"""From a network's coarse score map to one probability per class and pixel of the photo."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

STRIP_BYTES = 64 * 2**20  # float32 working memory of `labels_at`, whatever the photo's size


class Upsampler(Protocol):
    """What enlarges scores in its own way: each of `networks`."""

    def upsample(self, scores: Tensor, size: tuple[int, int]) -> Tensor:
        """Return `scores` `(N, C, h, w)` enlarged to `size`, (H, W)."""
        ...


def to_photo_size(
    network: Upsampler, score_map: Tensor, input_size: tuple[int, int], photo_size: tuple[int, int]
) -> Tensor:
    """Return probabilities `(C, H, W)` float32 at `photo_size`.

    The network enlarges its score map `(C, h, w)` to its input's size in its own way; from there
    to the photo's size the scores are interpolated bilinearly, pixel centres at half integers.
    """
    scores = network.upsample(score_map[None].float(), input_size)
    if input_size != photo_size:
        scores = F.interpolate(scores, photo_size, mode="bilinear", align_corners=False)
    return scores[0].softmax(0)


def argmax(scores: Tensor) -> Tensor:
    """Return the class of the largest of `(C, ...)` scores or probabilities: uint8, on the CPU."""
    return scores.max(0).indices.to(torch.uint8).cpu()  # ten times as fast as argmax there


def labels_at(probabilities: Tensor, size: tuple[int, int]) -> np.ndarray:
    """Return the most probable class per pixel, `(H, W)` uint8, at `size` = (H, W).

    `probabilities` `(C, h, w)` are interpolated bilinearly first, in strips of rows, so that a
    photo of any size needs no more than a fixed amount of memory.
    """
    if tuple(probabilities.shape[1:]) == tuple(size):
        return argmax(probabilities).numpy()
    height, width = size
    rows = max(1, STRIP_BYTES // (4 * probabilities.shape[0] * width))
    strips = [
        argmax(_stretch(probabilities, range(top, min(top + rows, height)), size))
        for top in range(0, height, rows)
    ]
    return torch.cat(strips).numpy()


def _stretch(probabilities: Tensor, rows: range, size: tuple[int, int]) -> Tensor:
    """Return these rows, `(C, len(rows), W)`, of the bilinear enlargement to `size`."""
    source_height = probabilities.shape[1]
    centres = torch.arange(rows.start, rows.stop, device=probabilities.device) + 0.5
    positions = (centres * (source_height / size[0]) - 0.5).clamp(0, source_height - 1)
    above = positions.floor().long()
    below = (above + 1).clamp(max=source_height - 1)
    fraction = (positions - above)[:, None]
    strip = torch.lerp(probabilities[:, above], probabilities[:, below], fraction)
    target = (len(rows), size[1])
    return F.interpolate(strip[None], target, mode="bilinear", align_corners=False)[0]
