"""What light, lens, sensor and file format do to a photo: the photometric half of augmentation.

A network that has seen one town in one camera's colours fails in the next: of CamVid's 367 training
frames, 204 come from one drive. So each crop gets a light, a sharpness, a noise and a compression
of its own, on whole batches on the training device.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

BLOCK = 8  # pixels: JPEG's


@dataclass(frozen=True)
class Camera:
    """How far each effect goes; 0 is never."""

    light: float = 0.3  # brightness, contrast and saturation vary by this share
    tint: float = 0.08  # each channel's gain varies by this share
    gamma: float = 0.0  # exponents from e^-gamma to e^gamma: exposure, dusk
    blur: float = 0.0  # of a blur of 1.2 pixels mixed in, at most; as much sharpening at the least
    noise: float = 0.0  # deviation of a level, in shares of white, at most
    jpeg: float = 0.0  # levels, of 255, that the coarsest quantisation rounds each DCT step to


MILD = Camera(gamma=0.2, noise=0.015)  # what a CPU can do beside the training
WIDE = Camera(light=0.4, tint=0.12, gamma=0.4, blur=0.6, noise=0.03, jpeg=6.0)


def taken(photos: Tensor, how: Camera, random: torch.Generator) -> Tensor:
    """Return 0-1 `photos` `(N, 3, H, W)` as other cameras would have taken them.

    The generator, on the CPU, decides how much of each effect a photo gets.
    """
    photos = _lit(photos, how, random)
    if how.gamma:
        photos = photos.clamp(1e-4, 1) ** (_draw(photos, random) * how.gamma).exp()
    if how.blur:
        photos = torch.lerp(photos, _blurred(photos), _draw(photos, random) * how.blur)
    if how.noise:
        most = _draw(photos, random).clamp(min=0) * how.noise  # half of the photos get none
        photos = photos + most * torch.randn_like(photos)
    if how.jpeg:
        photos = compressed(photos, _draw(photos, random).clamp(min=0) * how.jpeg)
    return photos.clamp(0, 1)


def _draw(photos: Tensor, random: torch.Generator) -> Tensor:
    """Return a number from -1 to 1 for each photo, (N, 1, 1, 1)."""
    return (torch.rand(len(photos), 1, 1, 1, generator=random) * 2 - 1).to(photos.device)


def _lit(photos: Tensor, how: Camera, random: torch.Generator) -> Tensor:
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


def _blurred(photos: Tensor) -> Tensor:
    """Return `photos` under a 3x3 box twice: nearly a Gaussian of 1.2 pixels."""
    for _ in range(2):
        photos = F.avg_pool2d(photos, 3, stride=1, padding=1, count_include_pad=False)
    return photos


def compressed(photos: Tensor, step: Tensor) -> Tensor:
    """Return `photos` after JPEG's loss: 8x8 cosine coefficients rounded, the finer the coarser.

    Args:
        photos: (N, 3, H, W) in 0-1; rows and columns beyond a multiple of 8 stay as they are.
        step: (N, 1, 1, 1), levels of 255: coefficient (u, v) is rounded to multiples of
            step * (1 + u + v); 0 leaves a photo as it is.
    """
    count, channels, height, width = photos.shape
    rows, columns = height // BLOCK, width // BLOCK
    inside = photos[..., : rows * BLOCK, : columns * BLOCK]
    shape = (count, channels, rows, BLOCK, columns, BLOCK)
    cosines = _cosines(photos.device)
    order = torch.arange(BLOCK, device=photos.device)
    unit = step.view(-1, 1, 1, 1, 1, 1) / 255 * (1 + order[:, None, None] + order)
    unit = unit.clamp(min=1e-6)
    coefficients = _along_both(inside.reshape(shape), cosines)
    rounded = (coefficients / unit).round_().mul_(unit)
    result = photos.clone()
    result[..., : rows * BLOCK, : columns * BLOCK] = _along_both(rounded, cosines.T).view_as(inside)
    return result


def _along_both(blocks: Tensor, matrix: Tensor) -> Tensor:
    """Return `matrix @ block @ matrix.T` for each block of (N, C, rows, 8, columns, 8).

    Two large products: on CPUs thousands of 8x8 ones take four times as long.
    """
    across = blocks.reshape(-1, BLOCK) @ matrix.T
    turned = across.view(blocks.shape).transpose(3, 5).reshape(-1, BLOCK) @ matrix.T
    return turned.view(*blocks.shape[:3], *blocks.shape[:2:-1]).transpose(3, 5).contiguous()


def _cosines(device: torch.device) -> Tensor:
    """Return the orthonormal 8-point DCT-II as a matrix (8, 8), frequencies in rows."""
    place = torch.arange(BLOCK, device=device)
    matrix = torch.cos(math.pi / BLOCK * (place + 0.5) * place[:, None]) * (2 / BLOCK) ** 0.5
    matrix[0] /= 2**0.5
    return matrix
