"""Arrays and tensors as photos, however they lie in memory."""

import numpy as np
import pytest
import torch

from seg_models import preprocess

RGB = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)


@pytest.mark.parametrize(
    "array",
    [
        RGB[::-1][::-1],
        np.asfortranarray(RGB),
        np.repeat(RGB, 2, axis=1)[:, ::2],
        RGB[:, :, ::-1].copy()[:, :, ::-1],  # from OpenCV's order
        np.moveaxis(RGB, 2, 0),
        np.ascontiguousarray(np.moveaxis(RGB, 2, 0)),
        np.dstack([RGB, np.full((5, 7), 255, np.uint8)]),
        RGB.astype(np.uint16) * 257,
        (RGB.astype(np.uint16) * 257).astype(">u2"),
        RGB / 255,
        (RGB / 255).astype(">f8"),
        (RGB / np.float32(255)).astype(np.float32)[:, ::-1][:, ::-1],
        torch.from_numpy(RGB),
        torch.from_numpy(RGB).permute(2, 0, 1),
        torch.from_numpy(RGB).permute(2, 0, 1).float() / 255,
        (torch.from_numpy(RGB).permute(2, 0, 1).double() / 255).requires_grad_(),
    ],
)
def test_the_same_pixels_are_the_same_photo(array):
    photo = preprocess.open_photo(array)
    assert photo.dtype == np.uint8
    np.testing.assert_array_equal(photo, RGB)


@pytest.mark.parametrize("grey", [RGB[:, :, 0], RGB[:, :, :1], np.moveaxis(RGB[:, :, :1], 2, 0)])
def test_grey_is_spread_over_three_channels(grey):
    for source in (grey, torch.from_numpy(grey.copy())):
        np.testing.assert_array_equal(preprocess.open_photo(source), RGB[:, :, [0, 0, 0]])


def test_where_both_axes_could_be_channels_an_arrays_is_the_last_and_a_tensors_the_first():
    cube = np.random.default_rng(1).integers(0, 256, (3, 4, 3), np.uint8)
    np.testing.assert_array_equal(preprocess.open_photo(cube), cube)
    np.testing.assert_array_equal(
        preprocess.open_photo(torch.from_numpy(cube)), np.moveaxis(cube, 0, 2)
    )


def test_half_precision_is_read():
    for dtype in (torch.float16, torch.bfloat16):
        photo = preprocess.open_photo(torch.tensor([[0.0, 0.5, 1.0]], dtype=dtype))
        assert photo[0, :, 0].tolist() == [0, 128, 255]


def test_clear_parts_lie_on_white():
    clear = np.dstack([RGB, np.zeros((5, 7), np.uint8)])
    assert (preprocess.open_photo(clear) == 255).all()


def test_the_photo_does_not_share_memory_with_what_came():
    for source in (RGB.copy(), torch.from_numpy(RGB.copy())):
        photo = preprocess.open_photo(source)
        source[:] = 0
        np.testing.assert_array_equal(photo, RGB)


@pytest.mark.parametrize(
    ("array", "complaint"),
    [
        (np.full((2, 2, 3), 254.0), "an array of floats must lie in 0-1, got 254 to 254; undo a"),
        (torch.full((3, 2, 2), -2.1), "a tensor of floats must lie in 0-1, got -2.1"),
        (torch.zeros(2, 3, 4, 4), r"got \(2, 3, 4, 4\); give the photos of a batch one by one"),
        (np.zeros((9, 9, 2), np.uint8), r"with 1, 3 or 4 channels, got \(9, 9, 2\)$"),
        (np.zeros((9, 9), np.int64), r"got int64; convert it, for 0-255 by \.astype"),
        (np.zeros((9, 9), complex), "got complex128"),
        (np.zeros((0, 9), np.uint8), "the array is 9x0 pixels; at least one"),
    ],
)
def test_others_are_told_what_to_do(array, complaint):
    with pytest.raises(ValueError, match=complaint) as caught:
        preprocess.open_photo(array)
    assert "\n" not in str(caught.value)
