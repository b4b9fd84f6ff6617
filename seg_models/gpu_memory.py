"""When a GPU's memory is full: say so, and finish on the processor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from .specs import Segmentation

GPU_FULL = "The GPU's memory was full, so the CPU took over"


def or_on_cpu(
    attempt: Callable[[], Segmentation], instead: Callable[[], Segmentation]
) -> Segmentation:
    """Return what `attempt` gives, or, if the GPU's memory does not suffice, what `instead` does.

    The second bears the remark that it was so.
    """
    try:
        return attempt()
    except torch.OutOfMemoryError:
        pass  # left first: as long as the error is there, so is what the attempt had allocated
    _make_room()
    return replace(instead(), remark=GPU_FULL)


def on_cpu(segmentation: Segmentation) -> Segmentation:
    """Return `segmentation` with all it holds in the processor's memory, and that remark."""
    _make_room()
    held = {name: getattr(segmentation, name) for name in ("score_map", "probabilities", "refined")}
    moved = {name: each.cpu() for name, each in held.items() if isinstance(each, Tensor)}
    return replace(segmentation, device="cpu", remark=GPU_FULL, **moved)


def _make_room() -> None:
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
