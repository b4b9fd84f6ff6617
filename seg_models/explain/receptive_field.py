"""Which pixels a score really listens to, beside those it could listen to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..networks.flops import without_memory
from ..networks.layers import SegmentationNetwork
from .theoretical_receptive_field import Box, extent

# Pixels to a cell after all poolings of any network here: parts of a photo that begin on a multiple
# of it, and whose sides leave the photo's remainder, are divided into the photo's own cells.
COARSEST = 32


@dataclass(frozen=True)
class ReceptiveField:
    """What one cell of a score map made of the photo; pixels are the network's input's."""

    cell: tuple[int, int]  # row and column in the score map
    cells: tuple[int, int]  # height and width of the score map
    label: int  # the cell's class of highest score
    influence: np.ndarray  # (H, W) float32: size of the score's gradient at each pixel
    possible: Box  # outside of it nothing can matter, whatever the weights

    def within(self, share: float) -> int:
        """Return the side of the smallest square that holds `share` of the influence.

        Its middle is that of `possible`, so it may reach beyond the photo.
        """
        height, width = self.influence.shape
        # Twice the distances: a middle may lie between two pixels.
        rows = np.abs(2 * np.arange(height) - self.possible.top - self.possible.bottom)
        columns = np.abs(2 * np.arange(width) - self.possible.left - self.possible.right)
        distances = np.maximum(rows[:, None], columns)
        sums = np.bincount(distances.ravel(), self.influence.ravel()).cumsum()
        return int(np.searchsorted(sums, share * sums[-1])) + 1


def receptive_field(
    network: SegmentationNetwork, images: Tensor, pixel: tuple[int, int]
) -> ReceptiveField:
    """Return which pixels decide the class that `network` sees at a pixel.

    The influence of a pixel is the sum over its colours of |d score / d colour|, the score being
    that of the cell that has most say in `pixel`, for its own best class: Luo, Li, Urtasun &
    Zemel, "Understanding the Effective Receptive Field in Deep Convolutional Neural Networks",
    NIPS 2016, arXiv:1701.04128, equation 1, on one photo instead of an average of many.

    One pass forward and one back, over the part of the photo that can matter; it keeps the
    network's features of that part until it is done.

    Args:
        network: In evaluation mode.
        images: `(1, 3, H, W)` on the network's device.
        pixel: Column and row in `images`.

    Raises:
        ValueError: If there is no such pixel.
    """
    height, width = images.shape[-2:]
    x, y = pixel
    if not (0 <= x < width and 0 <= y < height):
        raise ValueError(f"pixel is column {x}, row {y}; the picture is {width}x{height} pixels")
    with torch.enable_grad():
        outline = torch.empty(images.shape, device="meta", requires_grad=True)
        cells = without_memory(network).eval().score_map(outline)  # shapes, and nothing computed
        empty = torch.zeros(cells.shape, device=images.device)
        row, column = _decisive(network, empty, (height, width), pixel)
        possible = extent(cells, (row, column), outline)
        rows = _part(possible.top, possible.bottom, height)
        columns = _part(possible.left, possible.right, width)
        part = images[..., rows, columns].detach().clone().requires_grad_()
        above, left = (each.start // network.output_stride for each in (rows, columns))
        scores = network.score_map(part)[0, :, row - above, column - left]
        label = int(scores.argmax())
        (gradient,) = torch.autograd.grad(scores[label], part)
    influence = np.zeros((height, width), np.float32)
    influence[rows, columns] = gradient[0].abs().sum(0).float().cpu().numpy()
    return ReceptiveField((row, column), tuple(cells.shape[-2:]), label, influence, possible)


def _part(first: int, last: int, length: int) -> slice:
    """Return the pixels from `first` to `last`, and as many more as whole cells take."""
    start = max(0, first) // COARSEST * COARSEST
    beyond = max(0, length - 1 - last) // COARSEST * COARSEST
    return slice(start, length - beyond)


def _decisive(
    network: SegmentationNetwork, scores: Tensor, size: tuple[int, int], pixel: tuple[int, int]
) -> tuple[int, int]:
    """Return row and column of the cell with the largest weight in the upsampling of a pixel."""
    scores = torch.zeros_like(scores).requires_grad_()
    x, y = pixel
    (weights,) = torch.autograd.grad(network.upsample(scores, size)[0, 0, y, x], scores)
    row, column = divmod(int(weights[0, 0].argmax()), scores.shape[-1])
    return row, column
