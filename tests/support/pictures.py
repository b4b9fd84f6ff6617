"""Photos and scores to refine, as like real ones as a test can make them."""

from functools import cache
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

FOLDER = Path(__file__).parents[1] / "crf" / "photos"
STRIDE = 8  # of the networks with a CRF behind them


@cache
def photo(name: str, height: int = 97, width: int = 129) -> np.ndarray:
    """Return the top left of a photo, `(height, width, 3)` uint8."""
    whole = np.asarray(Image.open(FOLDER / f"{name}.jpg").convert("RGB"))
    return whole[:height, :width].copy()


def probabilities(picture: np.ndarray, classes: int, seed: int = 0) -> Tensor:
    """Return `(classes, H, W)`, as of a network that knows colours and places, but not edges.

    On a grid of every eighth pixel, each class claims what looks and lies like its example;
    noise, bilinear upsampling and softmax do the rest. With 21 classes the first choice gets
    about 0.7. (Softer scores leave pixels that hang in the balance for many iterations, where
    any difference in rounding grows hundredfold: mean field itself is unstable there.)
    """
    generator = torch.Generator().manual_seed(seed)
    height, width = picture.shape[:2]
    pixels = torch.from_numpy(picture).permute(2, 0, 1)[None] / 64
    coarse = F.adaptive_avg_pool2d(pixels, (-(-height // STRIDE), -(-width // STRIDE)))[0]
    y = torch.linspace(0, 3, coarse.shape[1])[:, None].expand(coarse.shape[1:])
    x = torch.linspace(0, 3, coarse.shape[2]).expand(coarse.shape[1:])
    places = torch.cat([coarse, torch.stack([x, y])]).flatten(1)
    chosen = torch.randint(places.shape[1], (classes,), generator=generator)
    distances = (places[:, None] - places[:, chosen, None]).square().sum(0)
    scores = -4 * distances + torch.randn(distances.shape, generator=generator)
    scores = scores.view(1, classes, *coarse.shape[1:])
    return F.interpolate(scores, (height, width), mode="bilinear")[0].softmax(0)
