"""Endless variation from few photos: random crops, sizes, mirrorings, turns and colours.

Everything happens on whole batches on the training device; one sampling grid does crop, scale,
mirroring and turn at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from ..specs import VOID, Recipe
from .dataset import Dataset


@dataclass(frozen=True)
class Variation:
    """How far augmentation goes."""

    crop: int = 256  # pixels, square
    smallest: float = 0.5  # factors on the photo's own size, drawn evenly in their logarithm
    largest: float = 2.0
    turn: float = 8.0  # degrees, either way
    light: float = 0.3  # brightness, contrast and saturation vary by this share
    tint: float = 0.08  # each channel's gain varies by this share

    def halved(self) -> Variation:
        """Return the same views of the photos, shown at half the size."""
        sizes = {"smallest": self.smallest / 2, "largest": self.largest / 2}
        return replace(self, crop=self.crop // 2, **sizes)


def crops(dataset: Dataset, chosen: Tensor, how: Variation, random: torch.Generator):
    """Return one varied crop of each chosen photo.

    Args:
        dataset: Where to crop from.
        chosen: (N,) indices of photos.
        how: The ranges to draw from.
        random: Where chance comes from, on the CPU, so that a seed means the same everywhere.

    Returns:
        photos (N, 3, crop, crop) float32 in 0-1, labels (N, crop, crop) int64.
    """
    device = dataset.photos.device
    grid = _grid(dataset.sizes[chosen.to(device)].cpu(), how, random).to(device)
    side = dataset.photos.shape[-1]
    grid = (grid + 0.5) * 2 / side - 1  # pixels to grid_sample's -1..1, align_corners=False
    photos = dataset.photos[chosen.to(device)].float() / 255
    photos = F.grid_sample(photos, grid, mode="bilinear", align_corners=False)
    labels = dataset.labels[chosen.to(device)].unsqueeze(1).float() - VOID
    labels = F.grid_sample(labels, grid, mode="nearest", align_corners=False)  # outside: 0 = void
    return _colours(photos, how, random), (labels.squeeze(1) + VOID).long()


def _grid(sizes: Tensor, how: Variation, random: torch.Generator) -> Tensor:
    """Return the photo pixel (x, y) that each crop pixel shows: (N, crop, crop, 2)."""
    count = len(sizes)
    draw = torch.rand(count, 5, generator=random)
    factor = how.smallest * (how.largest / how.smallest) ** draw[:, 0]
    angle = (draw[:, 1] * 2 - 1) * math.radians(how.turn)
    mirror = torch.where(draw[:, 2] < 0.5, -1.0, 1.0)
    reach = how.crop / factor / 2  # half the crop's side, in the photo's pixels
    centre = []
    for axis, chance in ((1, draw[:, 3]), (0, draw[:, 4])):  # x, then y
        length = sizes[:, axis].float()
        # A crop smaller than the photo stays inside it; a larger one holds it all.
        low, high = torch.minimum(reach, length - reach), torch.maximum(reach, length - reach)
        centre.append(low + chance * (high - low))
    steps = (torch.arange(how.crop) + 0.5) / how.crop * 2 - 1
    y, x = torch.meshgrid(steps, steps, indexing="ij")
    x = x * (reach * mirror).view(-1, 1, 1)
    y = y * reach.view(-1, 1, 1)
    cosine, sine = angle.cos().view(-1, 1, 1), angle.sin().view(-1, 1, 1)
    across = centre[0].view(-1, 1, 1) + cosine * x - sine * y - 0.5
    down = centre[1].view(-1, 1, 1) + sine * x + cosine * y - 0.5
    return torch.stack([across, down], dim=-1)


def _colours(photos: Tensor, how: Variation, random: torch.Generator) -> Tensor:
    """Return `photos` with brightness, contrast, saturation and tint of their own."""
    count, device = len(photos), photos.device
    share = (torch.rand(count, 3, generator=random) * 2 - 1) * how.light + 1
    brightness, contrast, saturation = share.to(device).view(count, 3, 1, 1, 1).unbind(1)
    tint = (torch.rand(count, 3, 1, 1, generator=random) * 2 - 1) * how.tint + 1
    grey = photos.mean(1, keepdim=True)
    photos = grey + (photos - grey) * saturation
    mean = photos.mean((1, 2, 3), keepdim=True)
    photos = (mean + (photos - mean) * contrast) * brightness * tint.to(device)
    return photos.clamp(0, 1)


def normalised(photos: Tensor, recipe: Recipe) -> Tensor:
    """Return 0-1 RGB `photos` on the scale that `recipe`'s network was made for, channels last."""
    mean = torch.tensor(recipe.mean, device=photos.device).view(1, 3, 1, 1)
    deviation = torch.tensor(recipe.std, device=photos.device).view(1, 3, 1, 1)
    return ((photos - mean) / deviation).contiguous(memory_format=torch.channels_last)
