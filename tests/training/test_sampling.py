"""How often photos are drawn: rare classes, and photos that show nothing but the background."""

import pytest
import torch

from seg_models.training.dataset import Dataset, sampling_weights


def labelled(*classes):
    """A photo for each: half class 0, half the class given."""
    labels = torch.zeros(len(classes), 8, 8, dtype=torch.uint8)
    for photo, kind in zip(labels, classes, strict=True):
        photo[:, 4:] = kind
    photos = torch.zeros(len(classes), 3, 8, 8, dtype=torch.uint8)
    return Dataset(
        photos,
        labels,
        torch.full((len(classes), 2), 8),
        torch.zeros(len(classes), dtype=torch.bool),
    )


def test_a_rare_class_is_drawn_more_often_than_a_frequent_one():
    weights = sampling_weights(labelled(1, 1, 1, 1, 2), 3)
    assert weights.sum() == pytest.approx(1)
    assert weights[4] == pytest.approx(2 * weights[0])  # (1 / 4) ** -0.5


@pytest.mark.parametrize("share", [0.1, 0.4])
def test_photos_of_background_alone_get_the_share_that_is_asked_for(share):
    weights = sampling_weights(labelled(0, 0, 1, 1, 2), 3, background_share=share)
    assert weights.sum() == pytest.approx(1)
    assert weights[:2].tolist() == pytest.approx([share / 2] * 2)
    assert weights[4] == pytest.approx(2**0.5 * weights[2])  # among the rest nothing changes


def test_without_a_share_they_come_as_seldom_as_background_is_frequent():
    weights = sampling_weights(labelled(0, 1), 2)
    assert weights[0] == pytest.approx(2**-0.5 * weights[1])


def test_a_share_is_no_trouble_where_every_photo_shows_something():
    weights = sampling_weights(labelled(1, 2), 3, background_share=0.3)
    assert weights.tolist() == pytest.approx([0.5, 0.5])


def test_a_share_is_no_trouble_where_no_photo_shows_anything():
    weights = sampling_weights(labelled(0, 0), 3, background_share=0.3)
    assert weights.tolist() == pytest.approx([0.5, 0.5])
