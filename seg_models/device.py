"""Which device computes, and in which number format; its memory."""

from __future__ import annotations

import re
import time
from functools import cache

import torch

QCONV = "qconv2d_pointwise"  # PyTorch's int8 convolution on x86
GPU_FULL = "The GPU's memory was full, so the CPU took over"


def choose_device(device: str = "auto") -> str:
    """Return the device's name as PyTorch has it: of "auto", a CUDA GPU where one is, else "cpu".

    Args:
        device: "auto", "cpu", "cuda", "cuda:<number>", or "mps", Apple's GPU. That one is taken
            only when asked for: nothing here was ever measured on it.

    Raises:
        ValueError: If `device` is none of these, or is not there.
    """
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if not re.fullmatch(r"cpu|cuda(:\d{1,2})?|mps", device):
        raise ValueError(f"no device called {device!r}; known are auto, cpu, cuda, cuda:1, mps")
    kind, _, number = device.partition(":")
    if kind == "cuda" and not torch.cuda.is_available():
        raise ValueError("this PyTorch finds no CUDA GPU; use the device auto or cpu")
    if number and int(number) >= torch.cuda.device_count():
        raise ValueError(
            f"no GPU has the number {int(number)}; this PyTorch finds {torch.cuda.device_count()}, "
            "counted from 0"
        )
    if kind == "mps" and not torch.backends.mps.is_available():
        raise ValueError("this PyTorch finds no Apple GPU (mps); use the device auto or cpu")
    return f"cuda:{int(number)}" if number else kind


def inference_dtype(device: str) -> torch.dtype:
    """Return the type networks compute in: bfloat16 where hardware is quick in it, else float32.

    Not float16: VGG's activations reach thousands, and one that passes 65504 would be infinite.
    A processor that is slow in bfloat16 and quick in int8 (Intel's between Cascade Lake and the
    first with AMX) takes that for a network's large convolutions, and float32 for the rest.
    `python -m seg_models benchmark precision` measures how many pixels they label alike; where
    bfloat16 was too coarse, `networks.precision` keeps a network's layers in float32, where int8
    would be, `networks.int8` does.
    """
    kind = torch.device(device).type
    if kind == "cuda":
        native = torch.cuda.get_device_capability(device) >= (8, 0)
    elif kind == "mps":
        native = False
    else:
        native = torch.cpu._is_amx_tile_supported() or (
            torch.cpu._is_avx512_bf16_supported() and _bfloat16_pays()
        )
        if not native and torch.cpu._is_vnni_supported() and hasattr(torch.ops.onednn, QCONV):
            return torch.int8
    return torch.bfloat16 if native else torch.float32


def autocast(device: str, dtype: torch.dtype | None = None) -> torch.autocast:
    """Return the context in which networks compute in `dtype`, by default `inference_dtype`'s.

    Of int8 it knows nothing: networks do it themselves, and train in float32 there.
    """
    dtype = dtype or inference_dtype(device)
    return torch.autocast(
        torch.device(device).type, torch.bfloat16, enabled=dtype == torch.bfloat16
    )


@cache
def _bfloat16_pays() -> bool:
    """Time a convolution in both types, once: of processors with AVX512-BF16 and without AMX,
    AMD's take half of float32's time for it, Intel's twice (a virtual machine may hide their AMX).
    """
    seconds = {torch.float32: [], torch.bfloat16: []}
    features = torch.zeros(1, 128, 24, 32)
    weights = torch.zeros(128, 128, 3, 3)
    with torch.inference_mode():
        for number in range(7):
            for dtype, times in seconds.items():
                images, kernel = (
                    each.to(dtype).to(memory_format=torch.channels_last)
                    for each in (features, weights)
                )
                began = time.thread_time()  # other work on the machine disturbs it least
                torch.conv2d(images, kernel, padding=1)
                if number:  # the first one makes the code that the others run
                    times.append(time.thread_time() - began)
    quick, exact = min(seconds[torch.bfloat16]), min(seconds[torch.float32])
    return quick < 1.2 * exact


def now(device: str) -> float:
    """Return a clock in milliseconds, once the device has done what it was given."""
    kind = torch.device(device).type
    if kind == "cuda":
        torch.cuda.synchronize(device)
    elif kind == "mps":
        torch.mps.synchronize()
    return time.perf_counter() * 1000


def make_room() -> None:
    """Give back what PyTorch keeps of the GPU's memory without using it."""
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
