"""A row of the dense CRF's kernel matrix: by the formula, by hand, and as the CRF hears it."""

import math

import numpy as np
import pytest
import torch

from seg_models.crf import mean_field
from seg_models.explain.affinity import affinity, loudness
from seg_models.specs import CrfSettings

SETTINGS = CrfSettings(1, 4.0, 6.0, 30.0, 2.0, 1.5)


@pytest.fixture
def photo():
    """A photo (9, 12, 3): two flat halves, and noise over both."""
    noise = np.random.default_rng(3).integers(0, 30, (9, 12, 3))
    noise[:, 6:] += 120
    return noise.astype(np.uint8)


def test_the_row_is_equation_3_pixel_by_pixel(photo):
    x, y = 4, 7
    kernels = affinity(photo, (x, y), SETTINGS)
    heard = loudness(kernels, SETTINGS)
    for row in range(9):
        for column in range(12):
            place = (row - y) ** 2 + (column - x) ** 2
            pairs = zip(photo[row, column], photo[y, x], strict=True)
            colour = sum((int(one) - int(other)) ** 2 for one, other in pairs)
            appearance = math.exp(-place / (2 * 6.0**2) - colour / (2 * 30.0**2))
            smoothness = math.exp(-place / (2 * 1.5**2))
            assert kernels.appearance[row, column] == pytest.approx(appearance, rel=1e-5)
            assert kernels.smoothness[row, column] == pytest.approx(smoothness, rel=1e-5)
            assert heard[row, column] == pytest.approx(4 * appearance + 2 * smoothness, rel=1e-5)


def test_colours_do_not_wrap_round():
    """As uint8, 250 and 5 would be 11 levels apart."""
    photo = np.uint8([[[5, 5, 5], [250, 250, 250]]])
    near = affinity(photo, (0, 0), CrfSettings(appearance_reach=1e6, colour_reach=200.0))
    assert near.appearance[0, 1] == pytest.approx(math.exp(-3 * 245**2 / (2 * 200**2)), rel=1e-4)


def message(photo, beliefs, settings):
    """Return what every pixel hears of `(C, H, W)` beliefs, from its own row of each kernel."""
    height, width = photo.shape[:2]
    rows = [affinity(photo, (x, y), settings) for y in range(height) for x in range(width)]
    heard = 0
    weights = (settings.appearance_weight, settings.smoothness_weight)
    for weight, kernels in zip(weights, zip(*rows, strict=True), strict=True):
        matrix = np.stack(kernels).reshape(height * width, -1)
        mass = matrix.sum(1)
        matrix = matrix / (
            mass[:, None] if settings.normalisation == "after" else np.sqrt(np.outer(mass, mass))
        )
        heard = heard + weight * matrix @ beliefs.reshape(len(beliefs), -1).T
    return heard.T.reshape(beliefs.shape)


@pytest.mark.parametrize("normalisation", ["symmetric", "after"])
def test_the_crfs_first_message_is_made_of_these_rows(photo, normalisation):
    """The lattice approximates the rows; its error is a small part of what it does."""
    settings = CrfSettings(1, 4.0, 6.0, 30.0, 2.0, 1.5, normalisation)
    given = (6 * torch.rand(3, 9, 12, generator=torch.Generator().manual_seed(0))).softmax(0)
    (refined,) = mean_field(given, photo, settings)
    heard = message(photo, given.numpy(), settings)
    expected = (given.log() + torch.from_numpy(heard)).softmax(0)
    error, change = ((each - expected).abs().mean() for each in (refined, given))
    assert change > 0.03  # there is something to get wrong
    assert error < change / 8


@pytest.mark.parametrize("pixel", [(12, 0), (0, 9), (-1, 0)])
def test_a_pixel_beside_the_photo_is_refused(photo, pixel):
    with pytest.raises(ValueError, match="columns 0 to 11 and rows 0 to 8"):
        affinity(photo, pixel, SETTINGS)


def test_reaches_without_meaning_are_refused(photo):
    with pytest.raises(ValueError, match="colour_reach must be above 0"):
        affinity(photo, (0, 0), CrfSettings(colour_reach=0.0))
