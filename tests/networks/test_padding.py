import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from seg_models.networks.padding import centre_crop, mirror_pad, pad_to_multiple

# Examples have no deadline: on a busy machine one of them may well wait for its turn.
FEW = settings(deadline=None, max_examples=50)
sides = st.integers(1, 9)
borders = st.integers(0, 40)


@FEW
@given(sides, sides, borders, borders, borders, borders)
def test_mirroring_is_numpys(height, width, above, below, left, right):
    """NumPy's "reflect" folds as often as needed, where PyTorch's stops at one length."""
    images = torch.arange(2.0 * height * width).view(1, 2, height, width)
    expected = np.pad(images, ((0, 0), (0, 0), (above, below), (left, right)), mode="reflect")
    found = mirror_pad(images, above, below, left, right)
    np.testing.assert_array_equal(found.numpy(), expected)


@FEW
@given(st.integers(1, 70), st.integers(1, 70), st.sampled_from([1, 8, 32]), st.integers(1, 64))
def test_padding_adds_the_least_that_is_needed(height, width, stride, least):
    images = torch.randn(1, 1, height, width)
    padded = pad_to_multiple(images, stride, least)
    for before, after in zip(images.shape[-2:], padded.shape[-2:], strict=True):
        assert after == max(least, -(-before // stride) * stride)
    assert torch.equal(padded[..., :height, :width], images)
    assert (padded[..., height - 1 :, :width] == images[..., -1:, :]).all()


def test_centre_crop_of_an_odd_rest_takes_the_upper_left():
    features = torch.arange(25.0).view(1, 1, 5, 5)
    assert torch.equal(centre_crop(features, (2, 3))[0, 0], features[0, 0, 1:3, 1:4])
