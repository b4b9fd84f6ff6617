"""Every kind of file a person may hand in, checked by the values of its pixels."""

import numpy as np
import pytest
from PIL import Image

from seg_models import preprocess

UPRIGHT = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3) * 14  # every pixel its own colour

# What a viewer must do to a picture stored with each EXIF orientation.
TURNS = {
    1: lambda stored: stored,
    2: np.fliplr,
    3: lambda stored: np.rot90(stored, 2),
    4: np.flipud,
    5: lambda stored: stored.swapaxes(0, 1),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: np.rot90(stored.swapaxes(0, 1), 2),
    8: np.rot90,
}


def saved(folder, picture, name="photo.png", **options):
    """Return the path of `picture` saved in `folder`."""
    path = folder / name
    picture.save(path, **options)
    return path


@pytest.mark.parametrize("orientation", TURNS)
def test_exif_orientation_is_carried_out(tmp_path, orientation):
    exif = Image.Exif()
    exif[274] = orientation
    path = saved(tmp_path, Image.fromarray(UPRIGHT), exif=exif)
    np.testing.assert_array_equal(preprocess.open_photo(path), TURNS[orientation](UPRIGHT))


def test_transparency_lies_on_white(tmp_path):
    pixels = np.array([[[255, 0, 0, 255], [255, 0, 0, 0], [0, 0, 0, 51]]], np.uint8)
    path = saved(tmp_path, Image.fromarray(pixels))
    expected = [[[255, 0, 0], [255, 255, 255], [204, 204, 204]]]
    np.testing.assert_array_equal(preprocess.open_photo(path), expected)


def test_transparent_grey_lies_on_white(tmp_path):
    picture = Image.new("LA", (1, 1), (0, 51))
    assert preprocess.open_photo(saved(tmp_path, picture)).tolist() == [[[204, 204, 204]]]


@pytest.mark.parametrize("transparency", [1, bytes([255, 0])])
def test_transparent_palette_entry_is_white(tmp_path, transparency):
    picture = Image.fromarray(np.array([[0, 1]], np.uint8))
    picture.putpalette([10, 20, 30, 40, 50, 60])
    path = saved(tmp_path, picture, transparency=transparency)
    assert preprocess.open_photo(path).tolist() == [[[10, 20, 30], [255, 255, 255]]]


def test_sixteen_bits_are_scaled_to_eight(tmp_path):
    levels = np.array([[0, 200, 32768, 65400, 65535]], np.uint16)
    path = saved(tmp_path, Image.fromarray(levels))
    grey = [0, 1, 128, 254, 255]  # level / 257, rounded: 0.8, 127.5, 254.5
    assert preprocess.open_photo(path)[0, :, 0].tolist() == grey
    assert preprocess.open_photo(path)[0, :, 2].tolist() == grey


def test_cmyk_becomes_rgb(tmp_path):
    picture = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    opened = preprocess.open_photo(saved(tmp_path, picture, "red.tiff"))
    assert opened[4, 4].tolist() == [255, 0, 0]


@pytest.mark.parametrize("mode, level", [("L", 70), ("1", 1)])
def test_grey_and_bilevel_become_rgb(tmp_path, mode, level):
    opened = preprocess.open_photo(saved(tmp_path, Image.new(mode, (4, 3), level)))
    assert opened.shape == (3, 4, 3)
    assert set(opened.ravel()) == {70 if mode == "L" else 255}


def test_first_frame_of_an_animation(tmp_path):
    frames = [Image.new("RGB", (5, 4), colour) for colour in ("red", "blue")]
    path = saved(tmp_path, frames[0], "two.gif", save_all=True, append_images=frames[1:])
    assert preprocess.open_photo(path)[0, 0].tolist() == [255, 0, 0]


def test_pictures_and_arrays_are_taken_as_they_are():
    for source in (Image.fromarray(UPRIGHT), UPRIGHT):
        np.testing.assert_array_equal(preprocess.open_photo(source), UPRIGHT)
    grey = preprocess.open_photo(UPRIGHT[:, :, 0])
    np.testing.assert_array_equal(grey, UPRIGHT[:, :, [0, 0, 0]])


def test_a_picture_handed_in_is_left_as_it_was():
    picture = Image.fromarray(UPRIGHT)
    picture.getexif()[274] = 6
    preprocess.open_photo(picture)
    assert picture.size == (3, 2)
    assert picture.getexif()[274] == 6
