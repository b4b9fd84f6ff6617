"""From the photo to the network's input: sizes, order and values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seg_models import preprocess
from seg_models.specs import Preprocessing

PLAIN = {"mean": (0.0, 0.0, 0.0), "std": (1.0, 1.0, 1.0)}


def test_channels_are_rgb_normalised_each_by_its_own():
    photo = np.full((4, 4, 3), (255, 51, 0), np.uint8)
    images = preprocess.images(photo, Preprocessing(4, (0.5, 0.1, 0.25), (0.5, 2.0, 0.25)))
    assert images.shape == (1, 3, 4, 4)
    assert images[0, :, 1, 2].tolist() == pytest.approx([1.0, 0.05, -1.0])


def test_height_and_width_keep_their_places():
    images = preprocess.images(np.zeros((30, 60, 3), np.uint8), Preprocessing(20))
    assert images.shape == (1, 3, 10, 20)
    images = preprocess.images(np.zeros((60, 30, 3), np.uint8), Preprocessing(80))
    assert images.shape == (1, 3, 80, 40)


def test_enlarging_continues_a_ramp_in_place():
    """On a ramp the right value of every pixel is its own position, so a shift shows too."""
    ramp = np.arange(0, 160, 10, dtype=np.uint8)
    photo = np.repeat(ramp[None, :, None], 16, 0).repeat(3, 2)
    images = preprocess.images(photo, Preprocessing(32, **PLAIN))[0, 0] * 255
    positions = (np.arange(32) + 0.5) / 2 - 0.5
    np.testing.assert_allclose(images[7, 2:-2], 10 * positions[2:-2], atol=0.51)


def test_shrinking_does_not_alias():
    """Stripes finer than the new pixels average to grey; nearest or plain bilinear keep some."""
    stripes = np.zeros((60, 60, 3), np.uint8)
    stripes[:, ::2] = 255
    images = preprocess.images(stripes, Preprocessing(13, **PLAIN)) * 255
    assert images.min() > 110
    assert images.max() < 145


def test_only_a_photo_is_taken():
    for wrong in (np.zeros((4, 4, 3)), np.zeros((4, 4), np.uint8)):
        with pytest.raises(ValueError, match="photo must be"):
            preprocess.images(wrong, Preprocessing(4))


def test_cap_shrinks_and_never_enlarges():
    assert preprocess.cap(np.zeros((300, 600, 3), np.uint8), 100).shape == (50, 100, 3)
    assert preprocess.cap(np.zeros((600, 300, 3), np.uint8), 100).shape == (100, 50, 3)
    small = np.zeros((30, 60, 3), np.uint8)
    assert preprocess.cap(small, 100) is small


@settings(deadline=None)  # machines stall; what counts is the answer
@given(st.integers(1, 20_000), st.integers(1, 20_000), st.integers(1, 2048))
def test_fit_keeps_the_shape_as_near_as_whole_pixels_can(height, width, long_side):
    fitted = preprocess.fit((height, width), long_side)
    assert max(fitted) == long_side
    assert min(fitted) >= 1
    exact = long_side * min(height, width) / max(height, width)
    assert abs(min(fitted) - max(exact, 1)) <= 0.5
