"""The convolution that comes closest to a wanted answer, in closed form."""

import torch
import torch.nn.functional as F
from torch import Tensor

RIDGE = 1e-3  # of the inputs' mean square: decides where the cells leave it open
CELLS = 8  # drawn for each unknown: enough to know it
MOST_CELLS = 20_000  # and few enough to be quick


@torch.no_grad()
def fit(features: Tensor, wanted: Tensor, kernel: int) -> tuple[Tensor, Tensor]:
    """Return weight `(K, C, kernel, kernel)` and bias `(K,)` of a convolution that keeps the size.

    Args:
        features: (N, C, H, W), what the convolution reads.
        wanted: (N, K, H, W), what it should say.
        kernel: Odd, pixels.
    """
    channels, unknowns = wanted.shape[1], kernel**2 * features.shape[1] + 1
    squares = torch.zeros(unknowns, unknowns, device=features.device)
    products = torch.zeros(unknowns, channels, device=features.device)
    for one, answer in zip(features, wanted, strict=True):
        cells = torch.randperm(answer[0].numel(), device=one.device)
        cells = cells[: 1 + min(CELLS * unknowns, MOST_CELLS) // len(features)]
        rows = F.pad(_patches(one, cells, kernel), (0, 1), value=1.0)
        squares.addmm_(rows.T, rows)
        products.addmm_(rows.T, answer.flatten(1)[:, cells].T.float())
    squares.diagonal()[:-1].add_(RIDGE * squares.diagonal()[:-1].mean())
    solution = torch.linalg.solve(squares.double(), products.double()).float()
    return solution[:-1].T.reshape(channels, -1, kernel, kernel), solution[-1]


def _patches(one: Tensor, cells: Tensor, kernel: int) -> Tensor:
    """Return what a kernel sees at each of `cells` of `(C, H, W)`: `(cells, C kernel kernel)`."""
    width = one.shape[-1]
    reach = kernel // 2
    padded = F.pad(one, (reach,) * 4).flatten(1)
    corners = cells // width * (width + 2 * reach) + cells % width
    steps = torch.arange(kernel, device=one.device)
    offsets = (steps[:, None] * (width + 2 * reach) + steps).flatten()
    seen = padded[:, corners[:, None] + offsets]  # (C, cells, kernel kernel)
    return seen.transpose(0, 1).flatten(1).float()
