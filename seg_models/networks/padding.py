"""Making photos large enough for a network, and cutting what sticks out again."""

import torch
import torch.nn.functional as F
from torch import Tensor


def pad_to_multiple(images: Tensor, stride: int, least: int = 1) -> Tensor:
    """Repeat the last row and column of `(N, C, H, W)` until both are multiples of `stride`.

    Sides shorter than `least` pixels are brought to that length instead.
    """
    below, right = (max(-length % stride, least - length) for length in images.shape[-2:])
    return F.pad(images, (0, right, 0, below), mode="replicate") if below or right else images


def mirror_pad(images: Tensor, above: int, below: int, left: int, right: int) -> Tensor:
    """Continue `(N, C, H, W)` by its mirror image, the outermost pixels being the mirror.

    As "reflect" of `F.pad`, but to any length: a border wider than the photo mirrors it again.
    """
    height, width = images.shape[-2:]
    rows = _mirrored_positions(height, above, below, images.device)
    columns = _mirrored_positions(width, left, right, images.device)
    return images.index_select(-2, rows).index_select(-1, columns)


def _mirrored_positions(length: int, before: int, after: int, device: torch.device) -> Tensor:
    """Return where the pixels `-before`, ..., `length + after - 1` lie once folded back."""
    period = max(1, 2 * (length - 1))
    positions = torch.arange(-before, length + after, device=device)
    positions = positions % positions.new_full((1,), period)  # ONNX knows no remainder by a size
    return torch.minimum(positions, period - positions) if length > 1 else positions


def centre_crop(features: Tensor, size: tuple[int, int]) -> Tensor:
    """Return the middle `size`, (H, W), of `features`; where it is between two rows, the upper."""
    top, left = (
        (have - length) // 2 for have, length in zip(features.shape[-2:], size, strict=True)
    )
    return features[..., top : top + size[0], left : left + size[1]]
