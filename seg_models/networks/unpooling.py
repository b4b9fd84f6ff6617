"""Max pooling that remembers where each maximum was, and the unpooling that puts it back there."""

from typing import NamedTuple

import torch.nn.functional as F
from torch import Tensor


class Switches(NamedTuple):
    """What a pooling must remember to be undone: Zeiler & Fergus's "switch variables"."""

    indices: Tensor  # (N, C, h, w) int64, where in the H W cells of its channel each maximum was
    size: tuple[int, int]  # (H, W) before the pooling; an odd one cannot be told from (h, w)


def pool(features: Tensor) -> tuple[Tensor, Switches]:
    """Return 2x2 maxima `(N, C, ceil(H/2), ceil(W/2))` and their switches; Caffe rounds up."""
    maxima, indices = F.max_pool2d(features, 2, stride=2, ceil_mode=True, return_indices=True)
    return maxima, Switches(indices, tuple(features.shape[-2:]))


def unpool(features: Tensor, switches: Switches) -> Tensor:
    """Return `(N, C, H, W)`: each of `features` where its maximum was, zeros everywhere else."""
    return F.max_unpool2d(features, switches.indices, 2, stride=2, output_size=switches.size)
