"""The dense CRF: every pixel asks every other pixel what it is, and the like-coloured weigh more.

`mean_field` runs the inference of Krähenbühl & Koltun, "Efficient Inference in Fully Connected
CRFs with Gaussian Edge Potentials", NIPS 2011, arXiv:1210.5644 (algorithm 1), and hands over the
probabilities after each iteration; `refine` takes less time where only the last are wanted. Three
engines give the same numbers:

- `native`: C++ on the processor's cores, compiled at its first use where there is a compiler;
- `lattice`: pure PyTorch, on the processor or a GPU; read `lattice_engine`, then `lattice`;
- `pydensecrf`: a wrapper of the paper's own C++ code, if it is installed.

Classes that are weak everywhere are carried as one, whatever the engine (`weak_classes`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ..specs import CrfSettings
from . import kernels, lattice_engine, native_engine, pydensecrf_engine
from .validation import check_settings, checked_photo, checked_probabilities
from .weak_classes import MERGED_AT_MOST, merge

ENGINES = {
    "native": native_engine.iterations,
    "lattice": lattice_engine.iterations,
    "pydensecrf": pydensecrf_engine.iterations,
}


@dataclass(frozen=True)
class Refined:
    """What came of a CRF's run."""

    probabilities: Tensor  # (C, H, W) float32 after the last iteration
    labels: Tensor  # (iterations, H, W) uint8 on the CPU: the likeliest classes after each
    engine: str  # which one ran


def mean_field(
    probabilities: Tensor,
    photo: np.ndarray,
    settings: CrfSettings | None = None,
    engine: str = "auto",
    merge_below: float = MERGED_AT_MOST,
) -> Iterator[Tensor]:
    """Refine `probabilities` until edges follow the photo's; nothing runs before the first `next`.

    Args:
        probabilities: `(C, H, W)`, from 0 to 1, summing to 1 over C. On a GPU, the `lattice`
            engine works there.
        photo: `(H, W, 3)` uint8 RGB, the picture itself, not the network's input: the colour
            kernel measures differences on the 0-255 scale.
        settings: Kernel weights, reaches and number of iterations; `CrfSettings()` if not given.
        engine: `native`, `lattice`, `pydensecrf`, or `auto`, the fastest that is there now.
        merge_below: Carry the weakest classes as one: as many as sum to less than this at every
            pixel, from 0 to 0.1. Fewer classes take less time, and no marginal moves by more than
            1e-3, on photos by 1e-5 (`weak_classes` says why). 0 carries each class by itself.

    Yields:
        `(C, H, W)` float32 probabilities after iteration 1, 2, ..., `settings.iterations`. Each
        is a tensor of its own: keep it, or drop it to save space. To cancel between two
        iterations, stop asking.

    Raises:
        ValueError: At once, not at the first `next`: if an argument is not as said here.
    """
    settings = settings or CrfSettings()
    probabilities, photo = _checked(probabilities, photo, settings, merge_below)
    name = engine_for(probabilities, engine)
    return _iterations(name, probabilities, photo, settings, merge_below)


def refine(
    probabilities: Tensor,
    photo: np.ndarray,
    settings: CrfSettings | None = None,
    engine: str = "auto",
    merge_below: float = MERGED_AT_MOST,
) -> Refined:
    """Return the last probabilities of `mean_field`, and the labels after every iteration.

    This takes less time than going through `mean_field`: the native engine need not write down
    the probabilities in between. Arguments and errors are the same; at most 256 classes.
    """
    settings = settings or CrfSettings()
    given, photo = _checked(probabilities, photo, settings, merge_below)
    if len(given) > 256:
        raise ValueError(f"at most 256 classes have labels, got {len(given)}; use mean_field")
    name = engine_for(given, engine)
    if name == "native" and settings.iterations > 0:
        return _refine_natively(given, photo, settings, merge_below)
    last, labels = given, []
    for last in _iterations(name, given, photo, settings, merge_below):
        labels.append(last.max(0).indices.to(torch.uint8).cpu())
    empty = torch.empty((0, *given.shape[1:]), dtype=torch.uint8)
    return Refined(last, torch.stack(labels) if labels else empty, name)


def engine_for(probabilities: Tensor, engine: str = "auto") -> str:
    """Return the name of the engine that will run: for `auto` the fastest that is there now.

    Raises:
        ValueError: If no engine is called that, or it cannot be used here.
    """
    if engine == "auto":
        return "native" if not probabilities.is_cuda and native_engine.ready() else "lattice"
    if engine not in ENGINES:
        raise ValueError(f"no CRF engine called {engine!r}; known are auto, {', '.join(ENGINES)}")
    if engine == "native":
        native_engine.check_installed()
    if engine == "pydensecrf":
        pydensecrf_engine.check_installed()
    return engine


def forget_photos() -> None:
    """Drop the lattices that the engines keep of photos, and with them their memory."""
    kernels.forget_photos()
    native_engine.forget_photos()


def forget() -> None:
    """Drop the lattices that the engines keep of photos, and those of photo sizes."""
    kernels.forget()
    native_engine.forget()


def _checked(
    probabilities: Tensor, photo: np.ndarray, settings: CrfSettings, merge_below: float
) -> tuple[Tensor, np.ndarray]:
    check_settings(settings)
    if not 0 <= merge_below <= 0.1:
        raise ValueError(f"merge_below must be from 0 to 0.1, got {merge_below!r}")
    photo = checked_photo(photo)
    return checked_probabilities(probabilities, photo), photo


def _iterations(
    engine: str,
    probabilities: Tensor,
    photo: np.ndarray,
    settings: CrfSettings,
    merge_below: float,
) -> Iterator[Tensor]:
    merged = merge(probabilities, settings, merge_below)
    if merged is None:
        yield from ENGINES[engine](probabilities, photo, settings)
        return
    for marginals in ENGINES[engine](merged.probabilities, photo, settings):
        yield merged.split(marginals)


def _refine_natively(
    probabilities: Tensor, photo: np.ndarray, settings: CrfSettings, merge_below: float
) -> Refined:
    merged = merge(probabilities, settings, merge_below)
    if merged is None:
        return Refined(*native_engine.refine(probabilities, photo, settings), "native")
    marginals, places = native_engine.refine(merged.probabilities, photo, settings)
    return Refined(merged.split(marginals), merged.names()[places.int()], "native")
