"""The engine in C++ (`native_engine.cpp`): the processor's fastest, where a compiler built it."""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Iterator
from functools import cache, lru_cache
from math import e, log2

import numpy as np
import torch
from torch import Tensor

from ..specs import CrfSettings
from . import native_build
from .simplex import REACHES_TOO_SMALL
from .weak_classes import LEAST_PROBABILITY

OUT_OF_MEMORY, OUT_OF_KEYS = 1, 2  # as `Status` in native_engine.cpp


def ready() -> bool:
    """Return whether the engine can be used now; if not, it may be later."""
    return native_build.load_library(_level()) is not None


def check_installed() -> None:
    """Raise a `ValueError` that says why if the engine cannot be used; wait for it if it can."""
    try:
        native_build.build(_level())
    except ValueError as error:
        raise ValueError(
            f"the CRF engine 'native' cannot be built here: {error}; use 'lattice' or 'auto'"
        ) from error


def status() -> str:
    """Return in a few words whether the engine is there, and if not, why."""
    if ready():
        return f"built for {_level() or 'any processor of this kind'}"
    return native_build.unavailable() or "not built yet"


def iterations(probabilities: Tensor, photo: np.ndarray, settings: CrfSettings) -> Iterator[Tensor]:
    """Yield the probabilities after each iteration; `mean_field` says more about them."""
    classes, height, width = probabilities.shape
    inference = _Inference(probabilities, photo, settings)
    for done in range(1, settings.iterations + 1):
        marginals = torch.empty((height, width, classes))
        inference.step(marginals, last=done == settings.iterations)
        yield marginals.permute(2, 0, 1).to(probabilities.device)


def refine(
    probabilities: Tensor, photo: np.ndarray, settings: CrfSettings
) -> tuple[Tensor, Tensor]:
    """Return the last of `iterations`, and the likeliest classes after each, `(T, H, W)` uint8."""
    classes, height, width = probabilities.shape
    inference = _Inference(probabilities, photo, settings)
    marginals = torch.empty((height, width, classes))
    labels = torch.empty((settings.iterations, height, width), dtype=torch.uint8)
    for number, each in enumerate(labels, 1):
        last = number == settings.iterations
        inference.step(marginals if last else None, each, last)
    return marginals.permute(2, 0, 1), labels


def forget_photos() -> None:
    """Drop the lattices that are kept of photos, and with them their memory."""
    _appearance.cache_clear()


def forget() -> None:
    """Drop the lattices that are kept of photos, and those of photo sizes."""
    forget_photos()
    _smoothness.cache_clear()


class _Inference:
    """A run of mean field, from the network's probabilities on."""

    def __init__(self, probabilities: Tensor, photo: np.ndarray, settings: CrfSettings):
        given = probabilities.cpu().contiguous()
        symmetric = settings.normalisation == "symmetric"
        # Kept as long as this run, which reads them.
        self._smoothness = _smoothness(*photo.shape[:2], settings.smoothness_reach, symmetric)
        self._appearance = _appearance(
            photo.tobytes(),  # compared byte by byte: no photo is taken for another
            photo.shape,
            settings.appearance_reach,
            settings.colour_reach,
            symmetric,
        )
        self._made = _made(
            _library().inference_delete,
            _library().inference_new,
            self._smoothness.address,
            settings.smoothness_weight * log2(e),
            self._appearance.address,
            settings.appearance_weight * log2(e),
            given.data_ptr(),
            len(given),
            LEAST_PROBABILITY,
            torch.get_num_threads(),
        )
        self._names = torch.arange(256, dtype=torch.uint8)

    def step(self, marginals: Tensor | None, labels: Tensor | None = None, last: bool = False):
        """Do an iteration and write what is asked for; after the last there can be no other."""
        _check(
            _library().inference_step(
                self._made.address,
                None if marginals is None else marginals.data_ptr(),
                None if labels is None else labels.data_ptr(),
                self._names.data_ptr(),
                last,
                torch.get_num_threads(),
            )
        )


class _Made:
    """Something that the library has made, and takes back when nobody needs it any more."""

    def __init__(self, address: int, delete):
        self.address = address
        weakref.finalize(self, delete, address)


def _made(delete, make, *arguments) -> _Made:
    address = ctypes.c_void_p()
    _check(make(*arguments, ctypes.byref(address)))
    return _Made(address.value, delete)


def _check(status: int) -> None:
    if status == OUT_OF_MEMORY:
        raise MemoryError("there is not enough memory for the CRF of a photo of this size")
    if status == OUT_OF_KEYS:
        raise ValueError(REACHES_TOO_SMALL)


@lru_cache(maxsize=2)
def _smoothness(height: int, width: int, reach: float, symmetric: bool) -> _Made:
    library, threads = _library(), torch.get_num_threads()
    arguments = height, width, reach, symmetric, threads
    return _made(library.lattice_delete, library.smoothness_new, *arguments)


@lru_cache(maxsize=2)
def _appearance(
    photo: bytes, shape: tuple[int, int, int], reach: float, colour_reach: float, symmetric: bool
) -> _Made:
    library, threads = _library(), torch.get_num_threads()
    arguments = *shape[:2], photo, reach, colour_reach, symmetric, threads
    return _made(library.lattice_delete, library.appearance_new, *arguments)


@cache
def _level() -> str:
    if not torch.backends.cpu.get_cpu_capability().startswith("AVX"):
        return ""
    return "x86-64-v3"  # AVX2 and FMA; AVX-512 was no faster


@cache
def _library() -> ctypes.CDLL:
    library = native_build.build(_level())
    size, number, address, whole = (
        ctypes.c_int64, ctypes.c_float, ctypes.c_void_p, ctypes.c_int,
    )  # fmt: skip
    library.smoothness_new.argtypes = [size, size, number, whole, whole, address]
    library.appearance_new.argtypes = [
        size, size, ctypes.c_char_p, number, number, whole, whole, address,
    ]  # fmt: skip
    library.inference_new.argtypes = [
        address, number, address, number, address, whole, number, whole, address,
    ]  # fmt: skip
    library.inference_step.argtypes = [address, address, address, address, whole, whole]
    for delete in (library.lattice_delete, library.inference_delete):
        delete.argtypes, delete.restype = [address], None
    return library
