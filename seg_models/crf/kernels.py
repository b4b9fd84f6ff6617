"""The two kernels of the dense CRF, each as a lattice, kept for the next run over the same photo.

Krähenbühl & Koltun 2011, equation 3: the *appearance* kernel joins pixels that are near and of
like colour, the *smoothness* kernel those that are very near, whatever their colour.
"""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..specs import CrfSettings
from .bags import equal_sums, halved
from .lattice import Lattice, build, spread

LONGEST_BAG = 64  # on a GPU: what one group of threads adds up while the others do as much


def smoothness(photo: np.ndarray, settings: CrfSettings, device: torch.device) -> Lattice:
    """Return the kernel of places, built or remembered: it depends on the photo's size alone."""
    return _smoothness(*photo.shape[:2], settings.smoothness_reach, settings.normalisation, device)


def appearance(photo: np.ndarray, settings: CrfSettings, device: torch.device) -> Lattice:
    """Return the kernel of places and colours over `photo`, `(H, W, 3)` uint8.

    It is built, or remembered from the last two photos: another network's probabilities, other
    weights or more iterations find it ready. It takes about 130 bytes for each pixel.
    """
    return _appearance(
        photo.tobytes(),  # compared byte by byte: no photo is taken for another
        photo.shape,
        settings.appearance_reach,
        settings.colour_reach,
        settings.normalisation,
        device,
    )


def forget_photos() -> None:
    """Drop the lattices that are kept of photos, and with them their memory."""
    _appearance.cache_clear()


def forget() -> None:
    """Drop the lattices that are kept of photos, and those of photo sizes."""
    forget_photos()
    _smoothness.cache_clear()


@lru_cache(maxsize=2)
def _smoothness(
    height: int, width: int, reach: float, normalisation: str, device: torch.device
) -> Lattice:
    return _normalised(_places(height, width, reach, device), normalisation)


@lru_cache(maxsize=2)
def _appearance(
    photo: bytes,
    shape: tuple[int, int, int],
    reach: float,
    colour_reach: float,
    normalisation: str,
    device: torch.device,
) -> Lattice:
    places = _places(*shape[:2], reach, device)
    levels = torch.frombuffer(bytearray(photo), dtype=torch.uint8).to(device).view(-1, 3).T
    return _normalised(torch.cat([places, levels / _number(colour_reach, device)]), normalisation)


def _places(height: int, width: int, reach: float, device: torch.device) -> Tensor:
    """Return `(2, H * W)`: x and y of each pixel, in units of `reach`."""
    y = torch.arange(height, device=device) / _number(reach, device)
    x = torch.arange(width, device=device) / _number(reach, device)
    y, x = torch.meshgrid(y, x, indexing="ij")
    return torch.stack([x, y]).view(2, -1)


def _number(value: float, device: torch.device) -> Tensor:
    # As a tensor: by a plain number a GPU would not divide, but multiply by its rounded inverse.
    return torch.tensor(value, dtype=torch.float32, device=device)


def _normalised(features: Tensor, normalisation: str) -> Lattice:
    """Build a kernel K over `(d, pixels)` features, its normalisation folded into its shares.

    With n = K 1, what a pixel hears if all say 1: `symmetric` makes it K[i, j] / sqrt(n[i] n[j]),
    `after` K[i, j] / n[i], so that every row sums to 1.
    """
    pixels = features.shape[1]
    # The authors' program takes four pixels at a time, and fills up the last four with points at
    # the origin. These hold no value, but their vertices let the blur pass.
    lattice = build(F.pad(features, (0, -pixels % 4)), pixels)
    values = spread(lattice, features.new_ones(pixels, 1))
    masses = equal_sums(lattice.vertices, lattice.shares, values)
    (splat,) = lattice.splat
    if normalisation == "after":
        lattice.shares.div_(masses)  # in place: nobody else has seen this lattice yet
    else:
        scales = masses.rsqrt_()
        lattice.shares.mul_(scales)
        splat.weights.mul_(scales[:, 0].index_select(0, splat.rows))
    return replace(lattice, splat=halved(splat, LONGEST_BAG)) if features.is_cuda else lattice
