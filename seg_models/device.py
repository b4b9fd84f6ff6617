"""Which device computes, in which number format, and what happens when a GPU's memory is full."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from .specs import Segmentation

GPU_FULL = "The GPU's memory was full, so the CPU took over"


def choose_device(device: str = "auto") -> str:
    """Return "cuda" or "cpu": the GPU where one is, unless asked otherwise.

    Raises:
        ValueError: If `device` is neither, or "cuda" is asked for and absent.
    """
    if device not in ("auto", "cpu", "cuda"):
        raise ValueError(f"no device called {device!r}; known are auto, cpu, cuda")
    if device == "cuda" and not torch.cuda.is_available():
        raise ValueError("this PyTorch finds no CUDA GPU; use the device auto or cpu")
    return "cuda" if device != "cpu" and torch.cuda.is_available() else "cpu"


def inference_dtype(device: str) -> torch.dtype:
    """Return the type networks compute in: bfloat16 where the hardware has it, else float32.

    Not float16: VGG's activations reach thousands, and one that passes 65504 would be infinite.
    `python -m seg_models benchmark precision` measures how many pixels both label alike; where
    bfloat16 was too coarse, `networks.precision` keeps a network's layers in float32.
    """
    if torch.device(device).type == "cuda":
        native = torch.cuda.get_device_capability() >= (8, 0)
    else:
        native = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.bfloat16 if native else torch.float32


def now(device: str) -> float:
    """Return a clock in milliseconds, once the device has done what it was given."""
    if torch.device(device).type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() * 1000


def or_on_cpu(
    attempt: Callable[[], Segmentation], instead: Callable[[], Segmentation]
) -> Segmentation:
    """Return what `attempt` gives, or, if the GPU's memory does not suffice, what `instead` does.

    The second says so, by `fell_back_to_cpu`.
    """
    try:
        return attempt()
    except torch.OutOfMemoryError:
        pass  # left first: as long as the error is there, so is what the attempt had allocated
    _make_room()
    return replace(instead(), fell_back_to_cpu=True)


def on_cpu(segmentation: Segmentation) -> Segmentation:
    """Return `segmentation` with all it holds in the processor's memory, and saying so."""
    _make_room()
    held = {name: getattr(segmentation, name) for name in ("score_map", "probabilities", "refined")}
    moved = {name: each.cpu() for name, each in held.items() if isinstance(each, Tensor)}
    return replace(segmentation, device="cpu", fell_back_to_cpu=True, **moved)


def _make_room() -> None:
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
