"""Photos that are handed in: decoded once, kept for an hour, named plainly; and the examples."""

import time

import numpy as np
import pytest
from PIL import Image

from page.segment import photos
from page.server import files, guard, kept
from seg_models import preprocess


def test_what_is_shown_is_what_was_decoded(tmp_path):
    """A photo that lies on its side, in a format that no browser shows."""
    pixels = np.random.default_rng(1).integers(0, 256, (24, 36, 3), np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pixels).save(tmp_path / "photo.tif", exif=exif)
    photo = photos.receive(tmp_path / "photo.tif", "photo.tif")
    assert photo.size == (36, 24)
    np.testing.assert_array_equal(photo.pixels, preprocess.open_photo(tmp_path / "photo.tif"))
    found = photos.find(photo.key)
    np.testing.assert_array_equal(found.pixels, photo.pixels)
    with Image.open(photos.file_of(photo.key, "jpg")) as preview:
        assert preview.size == (24, 36)


def test_a_large_photo_keeps_its_own_size_in_mind(tmp_path):
    Image.new("RGB", (3000, 1500), "teal").save(tmp_path / "large.jpg")
    photo = photos.receive(tmp_path / "large.jpg", "large.jpg")
    facts = photos.facts(photo)
    assert (facts["width"], facts["height"]) == (1024, 512)
    assert (facts["ownWidth"], facts["ownHeight"]) == (3000, 1500)
    assert photos.find(photo.key).size == (1500, 3000)


def test_an_hour_later_the_photo_is_gone(photo):
    path = photos.file_of(photo.key, "png")
    photos.sweep(time.time() + photos.SECONDS_KEPT - 60)
    assert path.is_file()
    photos.sweep(time.time() + photos.SECONDS_KEPT + 60)
    assert not path.exists()
    with pytest.raises(ValueError, match="no longer kept"):
        photos.find(photo.key)


def test_when_too_many_come_the_one_unused_for_longest_goes(photo_path, monkeypatch):
    monkeypatch.setattr(photos, "_kept", kept.Folders(2, 60))
    first, second = (photos.receive(photo_path, "a.png") for _ in range(2))
    photos.find(first.key)
    path = photos.file_of(second.key, "png")
    assert path.is_file()
    photos.find(first.key)
    third = photos.receive(photo_path, "a.png")
    with pytest.raises(ValueError):
        photos.find(second.key)
    assert not path.exists()
    assert photos.find(first.key) and photos.find(third.key)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("holiday.jpg", "holiday.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\me.png", "me.png"),
        ("", "photo"),
        ("..", "photo"),
        ("a\r\nb.png", "ab.png"),
        ("사진.heic", "사진.heic"),
        ("x" * 200 + ".jpeg", "x" * 75 + ".jpeg"),
        ("no extension", "no extension"),
    ],
)
def test_a_files_name_is_made_plain(name, plain):
    assert guard.plain_name(name) == plain


def test_the_examples_listed_are_there_each_with_its_facts():
    keys = [each.key for each in photos.examples()]
    assert keys and len(set(keys)) == len(keys)
    for each in photos.examples():
        assert each.path.is_file() and each.alt and (each.truth is None or each.truth.is_file())
        assert photos.thumbnail(each)[:4] == b"RIFF"
        facts = photos.facts(photos.find(each.key))
        assert facts["example"] == each.key and facts["domain"] == each.domain


def test_saved_pictures_are_swept_once_they_are_old():
    path = files.Path(files.save(np.zeros((2, 2, 3), np.uint8), "old"))
    files.sweep()
    assert path.is_file()
    files.sweep(now=path.stat().st_mtime + 2 * files.SECONDS_KEPT)
    assert not path.exists()


def test_a_picture_stays_in_its_folder_whatever_a_class_is_called():
    path = files.Path(files.save(np.zeros((2, 2, 3), np.uint8), "net-probability-of-../../x"))
    assert path.name == "net-probability-of-..-..-x.png"
    folder = path.parent.name
    assert files.passing(folder, path.name) == path
    assert files.passing(folder, "../" + path.name) is None
    assert files.passing("..", path.name) is None
