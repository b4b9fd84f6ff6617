"""The paper's own C++ code, through pydensecrf: what the other engine is measured against.

It runs on one thread of the processor and holds Python's global lock for a whole iteration.
"""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from ..specs import CrfSettings
from .weak_classes import LEAST_PROBABILITY

try:
    import pydensecrf.densecrf as densecrf
except ImportError as error:  # it must be compiled, which does not work out everywhere
    densecrf, import_error = None, error


def check_installed() -> None:
    """Raise a `ValueError` that says what to do if pydensecrf cannot be used."""
    if densecrf is None:
        raise ValueError(
            f"the CRF engine 'pydensecrf' needs pydensecrf, which does not import here "
            f"({import_error}); install it with pip install pydensecrf2==1.1, or use 'lattice'"
        )


def iterations(probabilities: Tensor, photo: np.ndarray, settings: CrfSettings) -> Iterator[Tensor]:
    """Yield the probabilities after each iteration; `mean_field` says more about them."""
    shape, device = probabilities.shape, probabilities.device
    model = _model(probabilities.cpu(), photo, settings)
    marginals, *scratch = model.startInference()
    for _ in range(settings.iterations):
        model.stepInference(marginals, *scratch)
        # The array is a window on memory that the next step overwrites. It lies pixel by pixel,
        # and stays so: turned class by class, the copy would cost as much as an iteration.
        copy = torch.from_numpy(np.array(marginals, order="K"))
        yield copy.view(shape).to(device)


def _model(probabilities: Tensor, photo: np.ndarray, settings: CrfSettings):
    classes, height, width = probabilities.shape
    model = densecrf.DenseCRF2D(width, height, classes)
    energies = -probabilities.clamp(LEAST_PROBABILITY, 1).log()
    model.setUnaryEnergy(energies.reshape(classes, -1).contiguous().numpy())
    normalisation = {
        "symmetric": densecrf.NORMALIZE_SYMMETRIC,
        "after": densecrf.NORMALIZE_AFTER,
    }[settings.normalisation]
    model.addPairwiseGaussian(
        settings.smoothness_reach, settings.smoothness_weight, normalization=normalisation
    )
    model.addPairwiseBilateral(
        settings.appearance_reach,
        settings.colour_reach,
        photo.copy(),  # its wrapper insists on an array that it could write to
        settings.appearance_weight,
        normalization=normalisation,
    )
    return model
