"""The dense CRF: every pixel asks every other pixel what it is, and the like-coloured weigh more.

`mean_field` runs the inference of Krähenbühl & Koltun, "Efficient Inference in Fully Connected
CRFs with Gaussian Edge Potentials", NIPS 2011, arXiv:1210.5644 (algorithm 1), and hands over the
probabilities after each iteration. Two engines give the same numbers:

- `lattice`: pure PyTorch, on the processor or a GPU; read `inference`, then `lattice`;
- `reference`: pydensecrf, a wrapper of the paper's own C++ code, if it is installed.
"""

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from ..specs import CrfSettings
from . import inference, pydensecrf_engine
from .validation import check_settings, checked_photo, checked_probabilities

ENGINES = {"lattice": inference.iterations, "reference": pydensecrf_engine.iterations}


def mean_field(
    probabilities: Tensor,
    photo: np.ndarray,
    settings: CrfSettings | None = None,
    engine: str = "auto",
) -> Iterator[Tensor]:
    """Refine `probabilities` until edges follow the photo's; nothing runs before the first `next`.

    Args:
        probabilities: `(C, H, W)`, from 0 to 1, summing to 1 over C. On a GPU, the `lattice`
            engine works there.
        photo: `(H, W, 3)` uint8 RGB, the picture itself, not the network's input: the colour
            kernel measures differences on the 0-255 scale.
        settings: Kernel weights, reaches and number of iterations; `CrfSettings()` if not given.
        engine: `lattice`, `reference`, or `auto`, the first of these.

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
    photo = checked_photo(photo)
    return ENGINES[name](checked_probabilities(probabilities, photo), photo, settings)
