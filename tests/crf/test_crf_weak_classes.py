"""Classes that are weak everywhere are carried as one, and nobody can tell from the result."""

from math import exp

import pytest
import torch
from pictures import photo, probabilities

from seg_models.crf import mean_field
from seg_models.crf.weak_classes import merge
from seg_models.specs import CrfSettings

ENGINES = ("native", "lattice", "pydensecrf")
PHOTOS = ("coffee", "chelsea", "astronaut")
LIMIT = 0.01  # of `merge`, as are the tenth and the formula of its bound


def few_in_play(picture, strong, weak, total):
    """Return probabilities of `strong` classes, and of `weak` that sum to `total` everywhere.

    The weak are mixed in among the strong; where one of them is likely, the others are not.
    """
    given = probabilities(picture, strong) * (1 - total)
    others = probabilities(picture, weak, seed=1) * total
    order = torch.randperm(strong + weak, generator=torch.Generator().manual_seed(2))
    return torch.cat([given, others])[order]


def compared(given, picture, chosen, engine="lattice"):
    """Return the greatest difference and the number of other labels, over all iterations."""
    merged = mean_field(given, picture, chosen, engine)
    exact = mean_field(given, picture, chosen, engine, merge_below=0)
    furthest, other_labels = 0.0, 0
    for mine, other in zip(merged, exact, strict=True):
        furthest = max(furthest, float((mine - other).abs().amax()))
        other_labels += int((mine.argmax(0) != other.argmax(0)).sum())
    return furthest, other_labels


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("normalisation", ["symmetric", "after"])
@pytest.mark.parametrize("name", PHOTOS)
def test_no_label_changes(name, normalisation, engine):
    picture, chosen = photo(name), CrfSettings(normalisation=normalisation)
    given = few_in_play(picture, 5, 16, 0.0095)
    merged = merge(given, chosen, LIMIT)
    assert len(merged.weak) == 16 and len(merged.probabilities) == 6
    furthest, other_labels = compared(given, picture, chosen, engine)
    assert furthest <= 2e-4 and other_labels == 0


@pytest.mark.parametrize("weights", [(5, 3), (10, 3), (40, 10)], ids=str)
@pytest.mark.parametrize("weak", [2, 60])
def test_within_the_bound(weak, weights):
    """Weak classes that are alike everywhere are the worst case: none of them stands for all."""
    picture = photo("coffee")
    chosen = CrfSettings(1, appearance_weight=weights[0], smoothness_weight=weights[1])
    total = 0.99 * min(LIMIT, 0.1 / sum(weights))
    shares = torch.full((weak, *picture.shape[:2]), total / weak)
    given = torch.cat([probabilities(picture, 4) * (1 - total), shares])
    assert len(merge(given, chosen, LIMIT).weak) == weak
    furthest, _ = compared(given, picture, chosen)
    assert furthest <= total * (exp(sum(weights) * total) - 1)


def test_what_is_split_has_the_proportions_of_before():
    picture, chosen = photo("chelsea"), CrfSettings(iterations=3)
    given = few_in_play(picture, 4, 9, 0.005)
    weak = merge(given, chosen, LIMIT).weak
    *_, refined = mean_field(given, picture, chosen)
    torch.testing.assert_close(refined.sum(0), torch.ones(picture.shape[:2]))
    before = given[weak].clamp(min=1e-5)
    torch.testing.assert_close(
        refined[weak] / refined[weak].sum(0), before / before.sum(0), rtol=1e-5, atol=0
    )


@pytest.mark.parametrize(
    ("strong", "weak", "total"),
    [(5, 1, 0.005), (150, 0, 0.0), (100, 30, 0.005)],
    ids=["only one is weak", "all are alike weak", "too many are not"],
)
def test_not_merged_where_it_would_gain_nothing(strong, weak, total):
    picture = photo("coffee", 24, 32)
    given = torch.full((strong, 24, 32), (1 - total) / strong)
    given = torch.cat([given, torch.full((weak, 24, 32), total / max(1, weak))])
    assert merge(given, CrfSettings(), LIMIT) is None
    assert compared(given, picture, CrfSettings(iterations=2)) == (0, 0)


def test_louder_kernels_merge_less():
    given = few_in_play(photo("coffee", 24, 32), 5, 16, 0.009)
    assert len(merge(given, CrfSettings(), LIMIT).weak) == 16
    assert merge(given, CrfSettings(appearance_weight=1e4), LIMIT) is None
    silent = CrfSettings(appearance_weight=0, smoothness_weight=0)
    assert len(merge(given, silent, LIMIT).weak) == 16


def test_some_are_merged_where_all_would_be_too_much():
    picture = photo("coffee", 24, 32)
    shares = torch.linspace(0.001, 0.004, 8)[:, None, None].expand(8, 24, 32)
    given = torch.cat([probabilities(picture, 3) * (1 - shares.sum(0)), shares])
    merged = merge(given, CrfSettings(), LIMIT)
    assert merged.weak == [3, 4, 5, 6, 7] and merged.strong == [0, 1, 2, 8, 9, 10]
    torch.testing.assert_close(merged.probabilities[-1], given[3:8].sum(0))


@pytest.mark.parametrize("below", [-0.1, 0.2, float("nan")])
def test_what_is_not_weak_is_refused(below):
    picture = photo("coffee", 20, 30)
    with pytest.raises(ValueError, match=r"merge_below must be from 0 to 0\.1"):
        mean_field(probabilities(picture, 3), picture, merge_below=below)
