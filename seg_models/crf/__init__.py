"""The dense CRF: every pixel asks every other pixel what it is, and the like-coloured weigh more.

`mean_field` runs the inference of Krähenbühl & Koltun, "Efficient Inference in Fully Connected
CRFs with Gaussian Edge Potentials", NIPS 2011, arXiv:1210.5644 (algorithm 1), and hands over the
probabilities after each iteration. Two engines give the same numbers:

- `lattice`: pure PyTorch, on the processor or a GPU; read `inference`, then `lattice`;
- `pydensecrf`: pydensecrf, a wrapper of the paper's own C++ code, if it is installed.

Classes that are weak everywhere are carried as one, whatever the engine (`weak_classes`).
"""

from collections.abc import Callable, Iterator

import numpy as np
from torch import Tensor

from ..specs import CrfSettings
from . import inference, pydensecrf_engine
from .validation import check_settings, checked_photo, checked_probabilities
from .weak_classes import MERGED_AT_MOST, merge

ENGINES = {"lattice": inference.iterations, "pydensecrf": pydensecrf_engine.iterations}


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
        engine: `lattice`, `pydensecrf`, or `auto`, the first of these.
        merge_below: Carry the weakest classes as one: as many as sum to less than this at every
            pixel, from 0 to 0.1. Fewer classes take less time, and no marginal moves by more than
            1e-3, on photos by 1e-5 (`weak_classes` says why). 0 carries each class by itself.

    Yields:
        `(C, H, W)` float32 probabilities after iteration 1, 2, ..., `settings.iterations`. Each
        is a tensor of its own, pixel by pixel in memory: keep it, or drop it to save space. To
        cancel between two iterations, stop asking.

    Raises:
        ValueError: At once, not at the first `next`: if an argument is not as said here.
    """
    settings = settings or CrfSettings()
    check_settings(settings)
    name = "lattice" if engine == "auto" else engine
    if name not in ENGINES:
        raise ValueError(f"no CRF engine called {engine!r}; known are auto, {', '.join(ENGINES)}")
    if name == "pydensecrf":
        pydensecrf_engine.check_installed()
    if not 0 <= merge_below <= 0.1:
        raise ValueError(f"merge_below must be from 0 to 0.1, got {merge_below!r}")
    photo = checked_photo(photo)
    probabilities = checked_probabilities(probabilities, photo)
    return _iterations(ENGINES[name], probabilities, photo, settings, merge_below)


def _iterations(
    engine: Callable[[Tensor, np.ndarray, CrfSettings], Iterator[Tensor]],
    probabilities: Tensor,
    photo: np.ndarray,
    settings: CrfSettings,
    merge_below: float,
) -> Iterator[Tensor]:
    merged = merge(probabilities, settings, merge_below)
    if merged is None:
        yield from engine(probabilities, photo, settings)
        return
    for marginals in engine(merged.probabilities, photo, settings):
        yield merged.split(marginals)
