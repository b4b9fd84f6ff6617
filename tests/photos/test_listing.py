"""What of a folder is a photo, and what is said of the rest."""

import os
from pathlib import Path

import pytest

from seg_models.photos.listing import photos_in


def make(folder, *names):
    """Write empty files, and the folders they lie in."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def names(listing):
    """Return the found photos' names, with the folders they lie in below what was asked for."""
    return [(each.below / each.path.name).as_posix() for each in listing.photos]


def test_a_folders_photos_come_by_name_and_the_rest_is_counted(tmp_path):
    good = ["a.webp", "b.JPG", "c.jfif", "d.jpe", "e.heic", "f.HEIF", "g.avif", "h.tif", "i.mpo"]
    other = ["Thumbs.db", "desktop.ini", ".DS_Store", "._a.webp", ".hidden.jpg", "notes.txt", "x"]
    make(tmp_path, *other, *reversed(good), "folder.jpg/inner.png", "deeper/more.png")
    listing = photos_in([tmp_path])
    assert names(listing) == good
    assert (listing.passed_over, listing.folders) == (len(other), 2)
    assert listing.remark == "7 other files passed over; 2 folders not gone into (--recursive does)"


def test_nothing_is_remarked_where_all_is_taken(tmp_path):
    assert photos_in([make(tmp_path, "a.jpg")]).remark == ""


def test_a_file_that_is_named_is_taken_whatever_its_name(tmp_path):
    make(tmp_path, "photo", ".hidden.jpg", "a[1].jpg")
    given = [tmp_path / "photo", tmp_path / ".hidden.jpg", tmp_path / "a[1].jpg", tmp_path / "no"]
    assert [each.path for each in photos_in([*given, given[0]]).photos] == given


def test_folders_within_are_gone_into_on_request(tmp_path):
    make(tmp_path, "b.jpg", "one/a.jpg", "one/two/a.jpg", ".git/x.jpg", "out/cat/overlay.png")
    os.symlink(tmp_path, tmp_path / "one" / "round")  # and again, and again
    listing = photos_in([tmp_path], recursive=True, leave_out=tmp_path / "one" / ".." / "out")
    assert names(listing) == ["b.jpg", "one/a.jpg", "one/two/a.jpg"]
    assert listing.folders == 0


def test_a_pattern_that_the_shell_left_alone_is_expanded(tmp_path, monkeypatch):
    make(tmp_path, "b.jpg", "a.jpg", "a.txt", "cam1/c.png", "cam2/d.png")
    monkeypatch.chdir(tmp_path)
    assert names(photos_in([Path("*.jpg")])) == ["a.jpg", "b.jpg"]
    listing = photos_in([Path("a.*"), Path("cam?")])
    assert (names(listing), listing.passed_over) == (["a.jpg", "c.png", "d.png"], 1)
    assert names(photos_in([Path("**/*.png")])) == ["c.png", "d.png"]
    with pytest.raises(ValueError, match=r"nothing fits \*\.gif; give the path"):
        photos_in([Path("*.gif")])


def test_a_folder_without_photos_says_what_is_in_it(tmp_path):
    make(tmp_path, "Thumbs.db", "inner/a.jpg")
    complaint = r"holds no photos, such as .*1 other file passed over; 1 folder not gone into"
    with pytest.raises(ValueError, match=complaint):
        photos_in([tmp_path])
