"""Endless variation from few photos: crops, sizes, turns, other photos' objects, light and lens.

Everything happens on whole batches on the training device; one sampling grid does crop, scale,
mirroring and rotation at once. `camera` has what light, lens and file format do to a photo.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import torch
import torch.nn.functional as F
from torch import Tensor

from ..specs import VOID, Preprocessing
from . import camera
from .camera import Camera
from .dataset import Dataset

LEAST_PASTED, MOST_PASTED = 0.02, 0.5  # of a crop's pixels that an object to be pasted may cover


@dataclass(frozen=True)
class Augmentation:
    """How far augmentation goes."""

    crop: int = 256  # pixels, square
    smallest: float = 0.5  # factors on the photo's own size, drawn evenly in their logarithm
    largest: float = 2.0
    rotation: float = 8.0  # degrees, either way
    paste: float = 0.0  # share of the crops that get an object of another crop
    camera: Camera = field(default_factory=Camera)

    def halved(self) -> Augmentation:
        """Return the same views of the photos, shown at half the size."""
        sizes = {"smallest": self.smallest / 2, "largest": self.largest / 2}
        return replace(self, crop=self.crop // 2, **sizes)


def crops(dataset: Dataset, chosen: Tensor, how: Augmentation, random: torch.Generator):
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
    grid = _grid(dataset.sizes[chosen.to(device)], how, random)
    side = dataset.photos.shape[-1]
    grid = (grid + 0.5) * 2 / side - 1  # pixels to grid_sample's -1..1, align_corners=False
    photos = dataset.photos[chosen.to(device)].float() / 255
    photos = F.grid_sample(photos, grid, mode="bilinear", align_corners=False)
    labels = dataset.labels[chosen.to(device)].unsqueeze(1).float() - VOID
    labels = F.grid_sample(labels, grid, mode="nearest", align_corners=False)  # outside: 0 = void
    labels = (labels.squeeze(1) + VOID).long()
    if how.paste:
        photos, labels = pasted(photos, labels, how.paste, random)
    return camera.taken(photos, how.camera, random), labels


def _grid(sizes: Tensor, how: Augmentation, random: torch.Generator) -> Tensor:
    """Return the photo pixel (x, y) that each crop pixel shows: (N, crop, crop, 2)."""
    device = sizes.device
    draw = torch.rand(len(sizes), 5, generator=random).to(device)
    factor = how.smallest * (how.largest / how.smallest) ** draw[:, 0]
    angle = (draw[:, 1] * 2 - 1) * math.radians(how.rotation)
    mirror = torch.where(draw[:, 2] < 0.5, -1.0, 1.0)
    reach = how.crop / factor / 2  # half the crop's side, in the photo's pixels
    centre = []
    for axis, chance in ((1, draw[:, 3]), (0, draw[:, 4])):  # x, then y
        length = sizes[:, axis].float()
        # A crop smaller than the photo stays inside it; a larger one holds it all.
        low, high = torch.minimum(reach, length - reach), torch.maximum(reach, length - reach)
        centre.append(low + chance * (high - low))
    steps = (torch.arange(how.crop, device=device) + 0.5) / how.crop * 2 - 1
    y, x = torch.meshgrid(steps, steps, indexing="ij")
    x = x * (reach * mirror).view(-1, 1, 1)
    y = y * reach.view(-1, 1, 1)
    cosine, sine = angle.cos().view(-1, 1, 1), angle.sin().view(-1, 1, 1)
    across = centre[0].view(-1, 1, 1) + cosine * x - sine * y - 0.5
    down = centre[1].view(-1, 1, 1) + sine * x + cosine * y - 0.5
    return torch.stack([across, down], dim=-1)


def pasted(photos: Tensor, labels: Tensor, share: float, random: torch.Generator):
    """Return crops of which some show an object of another crop of the batch, where it lay there.

    Ghiasi et al., "Simple Copy-Paste is a Strong Data Augmentation Method for Instance
    Segmentation", CVPR 2021, arXiv:2012.07177. Of the other crop's classes one is drawn that covers
    a fiftieth to a half of it; class 0 is the background and is not pasted.

    Args:
        photos: (N, 3, H, W).
        labels: (N, H, W) class indices, or `VOID`.
        share: 0-1, of the crops that are to get an object.
        random: Where chance comes from, on the CPU.
    """
    count, device = len(photos), photos.device
    other = torch.randperm(count, generator=random).to(device)
    chance = torch.rand(count, VOID, generator=random).to(device)
    wanted = (torch.rand(count, generator=random) < share).to(device)
    theirs = labels[other]
    pixels = torch.zeros(count, VOID + 1, device=device)
    pixels.scatter_add_(1, theirs.flatten(1), torch.ones(theirs.shape, device=device).flatten(1))
    covers = pixels[:, :VOID] / theirs[0].numel()
    fits = (covers > LEAST_PASTED) & (covers < MOST_PASTED)
    fits[:, 0] = False
    kind = (chance * fits).argmax(1)
    wanted &= fits.any(1)
    mask = (theirs == kind.view(-1, 1, 1)) & wanted.view(-1, 1, 1)
    return torch.where(mask[:, None], photos[other], photos), torch.where(mask, theirs, labels)


def normalised(photos: Tensor, preprocessing: Preprocessing) -> Tensor:
    """Return 0-1 RGB `photos` by `preprocessing`'s mean and deviation, channels last."""
    mean = torch.tensor(preprocessing.mean, device=photos.device).view(1, 3, 1, 1)
    deviation = torch.tensor(preprocessing.std, device=photos.device).view(1, 3, 1, 1)
    return ((photos - mean) / deviation).contiguous(memory_format=torch.channels_last)
