"""The engines give pydensecrf's numbers, after every iteration."""

from dataclasses import replace

import numpy as np
import pytest
from parity import USUAL, assert_parity, settings
from pictures import photo, probabilities

PHOTOS = ("coffee", "chelsea", "astronaut")
NORMALISATIONS = ("symmetric", "after")

pytestmark = pytest.mark.parametrize("engine", ["native", "lattice"])


@pytest.mark.parametrize("classes", [2, 11, 21])
@pytest.mark.parametrize("normalisation", NORMALISATIONS)
@pytest.mark.parametrize("reaches", USUAL, ids=str)
@pytest.mark.parametrize("name", PHOTOS)
def test_real_photos(name, reaches, normalisation, classes, engine):
    picture = photo(name)
    assert_parity(
        engine, probabilities(picture, classes), picture, settings(*reaches, normalisation)
    )


@pytest.mark.parametrize("normalisation", NORMALISATIONS)
@pytest.mark.parametrize("name", PHOTOS)
def test_short_colour_reach(name, normalisation, engine):
    """DeepLab's 67/3 gives every few pixels vertices of their own: the hardest to follow."""
    picture = photo(name)
    chosen = settings(67, 3, 4, normalisation)
    assert_parity(
        engine, probabilities(picture, 21), picture, chosen, furthest=1e-3, on_average=1e-5
    )


@pytest.mark.parametrize(
    "size", [(1, 1), (1, 2), (2, 1), (1, 3), (17, 1), (1, 64), (5, 5), (9, 6), (13, 11)], ids=str
)
@pytest.mark.parametrize("normalisation", NORMALISATIONS)
def test_small_photos(size, normalisation, engine):
    picture = photo("chelsea", *size)
    assert_parity(engine, probabilities(picture, 3), picture, settings(60, 10, 5, normalisation))


@pytest.mark.parametrize("size", [(30, 31), (31, 31), (29, 31), (30, 30)], ids=str)
def test_dark_photo_of_any_size(size, engine):
    """Near the origin lie the points with which pydensecrf fills up its last four pixels."""
    picture = photo("coffee", *size) // 16
    assert_parity(engine, probabilities(picture, 5), picture, settings(60, 10, 5))


@pytest.mark.parametrize("level", [0, 1, 128, 255])
def test_constant_photo(level, engine):
    picture = np.full((23, 31, 3), level, np.uint8)
    given = probabilities(photo("coffee", 23, 31), 4)
    assert_parity(engine, given, picture, settings(60, 10, 5))


def test_noise_photo(engine):
    """Every pixel alone with its vertices: as many as a lattice can have."""
    picture = np.random.default_rng(0).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    assert_parity(engine, probabilities(photo("coffee", 40, 50), 4), picture, settings(60, 10, 5))


@pytest.mark.parametrize("classes", [1, 2, 3, 150])
def test_any_number_of_classes(classes, engine):
    picture = photo("astronaut", 40, 50)
    assert_parity(engine, probabilities(picture, classes), picture, settings(60, 10, 5))


@pytest.mark.parametrize("reaches", [(500, 255), (1, 1), (0.5, 0.3), (0.2, 200), (500, 0.5)])
def test_extreme_reaches(reaches, engine):
    """At 1/1 the lattice has more places than 32 bits can count.

    Where pixels hardly hear each other some stay undecided, and any rounding error grows there.
    """
    picture = photo("astronaut")
    given = probabilities(picture, 3)
    assert_parity(engine, given, picture, settings(*reaches, 5), furthest=1e-3, margin=1e-2)


@pytest.mark.parametrize("reach", [0.5, 1, 20, 300])
def test_smoothness_reach(reach, engine):
    picture = photo("coffee", 60, 80)
    chosen = replace(settings(60, 10, 5), smoothness_reach=reach)
    assert_parity(engine, probabilities(picture, 3), picture, chosen)


@pytest.mark.parametrize("weight", [0, 50, 200])
def test_any_weight(weight, engine):
    """At 200 and a smooth picture, what is heard would overflow e^x if nothing were done."""
    picture = np.full((23, 31, 3), 90, np.uint8)
    given = probabilities(photo("coffee", 23, 31), 4)
    assert_parity(engine, given, picture, settings(60, 10, weight), furthest=1e-3, on_average=1e-4)
