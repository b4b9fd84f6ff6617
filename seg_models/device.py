"""Which device computes, and in which number format; its memory."""

from __future__ import annotations

import time

import torch

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


def make_room() -> None:
    """Give back what PyTorch keeps of the GPU's memory without using it."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
