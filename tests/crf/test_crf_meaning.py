"""The numbers mean what the paper says: two pixels by hand, a formula over all pairs of pixels."""

import numpy as np
import pytest
import torch
from pictures import photo, probabilities

from seg_models.crf import mean_field
from seg_models.specs import CrfSettings

ENGINES = ("native", "lattice", "pydensecrf")


@pytest.mark.parametrize("engine", ENGINES)
def test_two_pixels_by_hand(engine):
    """Two like pixels side by side: each hears half of itself and half of the other."""
    given = torch.tensor([[[0.9, 0.6]], [[0.1, 0.4]]])
    picture = np.full((1, 2, 3), 70, np.uint8)
    far = 1e6  # reaches so long that one pixel's distance is none
    chosen = CrfSettings(1, 2, far, 10, 1, far)
    (refined,) = mean_field(given, picture, chosen, engine)
    odds = given[:, 0] * torch.exp(torch.tensor([3 * 0.75, 3 * 0.25]))[:, None]
    torch.testing.assert_close(refined[:, 0], odds / odds.sum(0), rtol=1e-5, atol=0)


@pytest.mark.parametrize("engine", ENGINES)
def test_two_strangers_by_hand(engine):
    """Black and white beyond the colour reach: each hears itself alone."""
    given = torch.tensor([[[0.9, 0.3]], [[0.1, 0.7]]])
    picture = np.uint8([[[0, 0, 0], [255, 255, 255]]])
    (refined,) = mean_field(given, picture, CrfSettings(1, 2, 60, 10, 0), engine)
    odds = given[:, 0] * torch.exp(2 * given[:, 0])
    torch.testing.assert_close(refined[:, 0], odds / odds.sum(0), rtol=1e-5, atol=0)


@pytest.mark.parametrize("engine", ENGINES)
def test_after_makes_every_row_sum_to_1(engine):
    """If all say the same, all hear just that, wherever they are and whatever their colour."""
    shares = torch.tensor([0.5, 0.3, 0.2])
    picture = photo("coffee", 20, 30)
    given = shares[:, None, None].expand(3, 20, 30)
    (refined,) = mean_field(given, picture, CrfSettings(1, normalisation="after"), engine)
    odds = shares * torch.exp(8 * shares)
    expected = (odds / odds.sum())[:, None, None].expand(3, 20, 30)
    torch.testing.assert_close(refined, expected, rtol=1e-4, atol=0)


def gaussian(features, normalisation):
    """Return the `(N, N)` kernel between all pairs of rows of `features`, `(N, d)`."""
    kernel = torch.exp(-torch.cdist(features, features).square() / 2)
    mass = kernel.sum(1)
    if normalisation == "after":
        return kernel / mass[:, None]
    return kernel / torch.sqrt(mass[:, None] * mass)


def all_pairs(given, picture, chosen):
    """Yield mean field's iterations by the formula, with no lattice: algorithm 1 of the paper."""
    classes, height, width = given.shape
    places = torch.cartesian_prod(torch.arange(height), torch.arange(width)).double()
    colours = torch.from_numpy(picture).reshape(-1, 3).double()
    both = torch.cat([places / chosen.appearance_reach, colours / chosen.colour_reach], 1)
    kernel = chosen.appearance_weight * gaussian(both, chosen.normalisation)
    kernel += chosen.smoothness_weight * gaussian(
        places / chosen.smoothness_reach, chosen.normalisation
    )
    scores = given.double().flatten(1).T.log()
    marginals = scores.softmax(1)
    for _ in range(chosen.iterations):
        marginals = (scores + kernel @ marginals).softmax(1)
        yield marginals.T.reshape(classes, height, width)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("normalisation", ["symmetric", "after"])
@pytest.mark.parametrize("name", ["coffee", "chelsea", "astronaut"])
def test_near_the_formula(name, normalisation, engine):
    """The lattice is an approximation; its error is a small part of what the CRF does."""
    picture = photo(name)[40:68, 60:96].copy()
    given = probabilities(picture, 4)
    chosen = CrfSettings(5, 3, 10, 20, 2, 3, normalisation)
    exact = list(all_pairs(given, picture, chosen))
    for mine, formula in zip(mean_field(given, picture, chosen, engine), exact, strict=True):
        error = (mine - formula).abs().mean()
        assert error <= 0.005 and error <= (formula - given).abs().mean() / 8
        assert (mine.argmax(0) == formula.argmax(0)).float().mean() >= 0.985
