"""The lattice engine gives pydensecrf's numbers, after every iteration."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from pictures import photo, probabilities

from seg_models.crf import kernels, mean_field
from seg_models.crf.bags import halved
from seg_models.specs import CrfSettings

PHOTOS = ("coffee", "chelsea", "astronaut")
# Appearance reach, colour reach and appearance weight; after DeepLab's searches and pydensecrf.
USUAL = ((60, 10, 5), (121, 5, 5), (80, 13, 10))
NORMALISATIONS = ("symmetric", "after")


def settings(reach, colours, weight, normalisation="symmetric", iterations=10):
    return CrfSettings(iterations, weight, reach, colours, 3, 3, normalisation)


def assert_parity(given, picture, chosen, furthest=1e-4, on_average=1e-6, margin=1e-3):
    """Compare every iteration; labels must agree wherever the reference is sure by `margin`."""
    ours = list(mean_field(given, picture, chosen, engine="lattice", merge_below=0))
    theirs = list(mean_field(given.cpu(), picture, chosen, engine="pydensecrf", merge_below=0))
    assert len(ours) == len(theirs) == chosen.iterations
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.shape == given.shape and mine.dtype == torch.float32
        difference = (mine.cpu() - other).abs()
        assert difference.amax() <= furthest
        assert difference.mean() <= on_average
        if len(other) > 1:
            first, second = other.topk(2, 0).values
            sure = first - second > margin
            assert torch.equal(mine.cpu().argmax(0)[sure], other.argmax(0)[sure])


@pytest.mark.parametrize("classes", [2, 11, 21])
@pytest.mark.parametrize("normalisation", NORMALISATIONS)
@pytest.mark.parametrize("reaches", USUAL, ids=str)
@pytest.mark.parametrize("name", PHOTOS)
def test_real_photos(name, reaches, normalisation, classes):
    picture = photo(name)
    assert_parity(probabilities(picture, classes), picture, settings(*reaches, normalisation))


@pytest.mark.parametrize("normalisation", NORMALISATIONS)
@pytest.mark.parametrize("name", PHOTOS)
def test_short_colour_reach(name, normalisation):
    """DeepLab's 67/3 gives every few pixels vertices of their own: the hardest to follow."""
    picture = photo(name)
    chosen = settings(67, 3, 4, normalisation)
    assert_parity(probabilities(picture, 21), picture, chosen, furthest=1e-3, on_average=1e-5)


@pytest.mark.parametrize(
    "size", [(1, 1), (1, 2), (2, 1), (1, 3), (17, 1), (1, 64), (5, 5), (9, 6), (13, 11)], ids=str
)
@pytest.mark.parametrize("normalisation", NORMALISATIONS)
def test_small_photos(size, normalisation):
    picture = photo("chelsea", *size)
    assert_parity(probabilities(picture, 3), picture, settings(60, 10, 5, normalisation))


@pytest.mark.parametrize("size", [(30, 31), (31, 31), (29, 31), (30, 30)], ids=str)
def test_dark_photo_of_any_size(size):
    """Near the origin lie the points with which pydensecrf fills up its last four pixels."""
    picture = photo("coffee", *size) // 16
    assert_parity(probabilities(picture, 5), picture, settings(60, 10, 5))


@pytest.mark.parametrize("level", [0, 1, 128, 255])
def test_constant_photo(level):
    picture = np.full((23, 31, 3), level, np.uint8)
    given = probabilities(photo("coffee", 23, 31), 4)
    assert_parity(given, picture, settings(60, 10, 5))


def test_noise_photo():
    """Every pixel alone with its vertices: as many as a lattice can have."""
    picture = np.random.default_rng(0).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    assert_parity(probabilities(photo("coffee", 40, 50), 4), picture, settings(60, 10, 5))


@pytest.mark.parametrize("classes", [1, 2, 3, 150])
def test_any_number_of_classes(classes):
    picture = photo("astronaut", 40, 50)
    assert_parity(probabilities(picture, classes), picture, settings(60, 10, 5))


@pytest.mark.parametrize("reaches", [(500, 255), (1, 1), (0.5, 0.3), (0.2, 200), (500, 0.5)])
def test_extreme_reaches(reaches):
    """At 1/1 the lattice has more places than 32 bits can count.

    Where pixels hardly hear each other some stay undecided, and any rounding error grows there.
    """
    picture = photo("astronaut")
    given = probabilities(picture, 3)
    assert_parity(given, picture, settings(*reaches, 5), furthest=1e-3, margin=1e-2)


@pytest.mark.parametrize("reach", [0.5, 1, 20, 300])
def test_smoothness_reach(reach):
    picture = photo("coffee", 60, 80)
    chosen = replace(settings(60, 10, 5), smoothness_reach=reach)
    assert_parity(probabilities(picture, 3), picture, chosen)


@pytest.mark.parametrize("weight", [0, 50, 200])
def test_any_weight(weight):
    """At 200 and a smooth picture, what is heard would overflow e^x if nothing were done."""
    picture = np.full((23, 31, 3), 90, np.uint8)
    given = probabilities(photo("coffee", 23, 31), 4)
    assert_parity(given, picture, settings(60, 10, weight), furthest=1e-3, on_average=1e-4)


def test_bags_halved_for_a_gpu(monkeypatch):
    """What a GPU does with long bags, done here: another order of the same sums."""
    picture = photo("coffee")
    given, chosen = probabilities(picture, 11), settings(60, 10, 5)
    lattice = kernels.appearance(picture, chosen, given.device)
    shorter = replace(lattice, splat=halved(*lattice.splat, 64))
    lengths = [int(bags.bounds.diff().max()) for bags in (*lattice.splat, *shorter.splat)]
    assert lengths[0] > 64 >= lengths[1]
    monkeypatch.setattr("seg_models.crf.inference.appearance", lambda *_: shorter)
    assert_parity(given, picture, chosen, furthest=5e-4, margin=1e-2)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU, and there is none")
@pytest.mark.parametrize("classes", [2, 11, 21])
@pytest.mark.parametrize("reaches", USUAL, ids=str)
@pytest.mark.parametrize("name", PHOTOS)
def test_gpu(name, reaches, classes):
    """A GPU comes as close as its order of summation allows, and to the same bits every time."""
    picture = photo(name)
    given, chosen = probabilities(picture, classes).cuda(), settings(*reaches)
    assert_parity(given, picture, chosen, furthest=5e-4, on_average=1e-5, margin=1e-2)
    *_, once = mean_field(given, picture, chosen)
    kernels.forget()
    *_, again = mean_field(given, picture, chosen)
    assert once.is_cuda and torch.equal(once, again)
