"""The two kernels of the dense CRF over one photo, ready to be summed, and kept for its next run.

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
from .lattice import Lattice, build, joined, spread

LONGEST_BAG = 64  # on a GPU: what one group of threads adds up while the others do as much
SMOOTHNESS_AXES, APPEARANCE_AXES = 3, 6  # of the lattice: one more than there are features


def lattice_of(photo: np.ndarray, settings: CrfSettings, device: torch.device) -> Lattice:
    """Return the lattice of both kernels over `photo`, `(H, W, 3)` uint8, built or remembered.

    It depends on the photo, the three reaches and the normalisation alone. The last two are kept:
    another network's probabilities, other weights or more iterations find it ready. One takes
    about 190 bytes for each pixel.
    """
    return _lattice_of(
        photo.tobytes(),  # compared byte by byte: no two photos are taken for each other
        photo.shape,
        (settings.smoothness_reach, settings.appearance_reach, settings.colour_reach),
        settings.normalisation,
        device,
    )


def forget() -> None:
    """Drop the lattices that are kept, and with them their memory."""
    _lattice_of.cache_clear()
    _smoothness_lattice.cache_clear()


@lru_cache(maxsize=2)
def _lattice_of(
    photo: bytes,
    shape: tuple[int, int, int],
    reaches: tuple[float, float, float],
    normalisation: str,
    device: torch.device,
) -> Lattice:
    smoothness_reach, appearance_reach, colour_reach = reaches
    height, width = shape[:2]
    smoothness = _smoothness_lattice(height, width, smoothness_reach, normalisation, device)
    colours = torch.frombuffer(bytearray(photo), dtype=torch.uint8).to(device).view(-1, 3).T
    features = torch.cat(
        [
            _positions(height, width, appearance_reach, device),
            colours / torch.tensor(colour_reach, device=device),
        ]
    )
    appearance = _normalised_lattice(features, normalisation)
    both = joined(smoothness, appearance)
    if device.type == "cuda":
        both = replace(both, splat=halved(*both.splat, LONGEST_BAG))
    return both


@lru_cache(maxsize=2)
def _smoothness_lattice(
    height: int, width: int, reach: float, normalisation: str, device: torch.device
) -> Lattice:
    return _normalised_lattice(_positions(height, width, reach, device), normalisation)


def _positions(height: int, width: int, reach: float, device: torch.device) -> Tensor:
    """Return `(2, H * W)`: x and y of each pixel, in units of `reach`."""
    # Divided by a tensor: a plain number would be multiplied by its inverse on a GPU.
    reach = torch.tensor(reach, dtype=torch.float32, device=device)
    y, x = torch.meshgrid(
        torch.arange(height, dtype=torch.float32, device=device) / reach,
        torch.arange(width, dtype=torch.float32, device=device) / reach,
        indexing="ij",
    )
    return torch.stack([x, y]).view(2, -1)


def _normalised_lattice(features: Tensor, normalisation: str) -> Lattice:
    """Build the lattice of one kernel K and fold its normalisation into splat and slice.

    With n = K 1, what a pixel would hear if all shouted 1: `symmetric` takes
    K[i, j] / sqrt(n[i] n[j]), `after` K[i, j] / n[i], which makes every row sum to 1.
    """
    pixels = features.shape[1]
    # The authors' program works on four pixels at a time and fills up the last four with points
    # at the origin. Those hold no value, but their vertices let the blur pass.
    lattice = build(F.pad(features, (0, -pixels % 4)), pixels)
    heard = spread(lattice, features.new_ones(pixels, 1))
    masses = equal_sums(lattice.vertices, lattice.shares, heard)[:, 0]
    if normalisation == "after":
        return replace(lattice, shares=lattice.shares / masses[:, None])
    scales = masses.rsqrt()
    (splat,) = lattice.splat
    splat = replace(splat, weights=splat.weights * scales.index_select(0, splat.rows))
    return replace(lattice, splat=(splat,), shares=lattice.shares * scales[:, None])
