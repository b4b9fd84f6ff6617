"""No two photos share a result's folder: on no system, and in no two calls."""

import json
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from seg_models.cli import main, result_folders
from seg_models.cli.result_folders import folder_for, folders_for, portable
from seg_models.photos.listing import ListedPhoto


def shot(path, level):
    """Write a grey photo to `path`, whose name may be of any kind, and return it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        Image.fromarray(np.full((8, 9, 3), level, np.uint8)).save(file, "PNG")
    return path


def finish(photo, folder):
    """Leave in `folder` what tells whose result it is."""
    folder.mkdir(parents=True, exist_ok=True)
    facts = {
        result_folders.OWNER: result_folders.owner(photo),
        "request": {"photo_sha256": result_folders.content(photo)},
    }
    (folder / "result.json").write_text(json.dumps(facts))


def given(photos, out):
    """Return the names of the folders that the photos get."""
    listed = [ListedPhoto(each) for each in photos]
    return [each.relative_to(out).as_posix() for each in folders_for(listed, out)]


@pytest.mark.parametrize(
    ("names", "folders"),
    [
        (["IMG_1.jpg", "img_1.png"], ["IMG_1", "img_1-png"]),
        (["straße.jpg", "STRASSE.jpg"], ["straße", "STRASSE-jpg"]),
        (
            [unicodedata.normalize(form, "é.jpg") for form in ("NFC", "NFD")],
            [unicodedata.normalize("NFC", "é"), unicodedata.normalize("NFD", "é-jpg")],
        ),
        (["x.png", "x.webp", "a/x.png", "b/x.png"], ["x", "x-webp", "x-png", "x-2"]),
    ],
)
def test_names_that_some_system_takes_for_the_same_are_told_apart(tmp_path, names, folders):
    assert given([Path(each) for each in names], tmp_path) == folders


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("CON", "_CON"),
        ("nul.old", "_nul.old"),
        ("com1", "_com1"),
        ("console", "console"),
        ('what? "now": <a|b>', "what_ _now__ _a_b_"),
        ("a\nb\\c", "a_b_c"),
        ("...", "photo"),
        ("..", "photo"),
        (" dot. ", "dot"),
        ("사진", "사진"),
    ],
)
def test_a_folders_name_is_one_on_every_system(name, folder):
    assert portable(name) == folder


def test_a_long_name_leaves_room_for_a_number(tmp_path):
    photos = [shot(tmp_path / f"{place}/{'긴' * 83}.png", 9) for place in "ab"]
    folders = folders_for([ListedPhoto(each) for each in photos], tmp_path)
    assert len(set(folders)) == 2
    for each in folders:
        each.mkdir()


def test_equal_names_of_two_calls_are_told_apart(tmp_path):
    one, other = shot(tmp_path / "a/cat.png", 1), shot(tmp_path / "b/cat.png", 2)
    third = shot(tmp_path / "c/CAT.png", 3)
    out = tmp_path / "out"
    finish(one, out / "cat")
    assert given([other], out) == ["cat-png"]
    finish(other, out / "cat-png")
    assert given([third, other, one], out) == ["CAT-2", "cat-png", "cat"]
    shot(one, 4)  # edited where it lies
    assert given([one], out) == ["cat"]


def test_a_photo_that_was_moved_keeps_its_folder(tmp_path):
    photo = shot(tmp_path / "a/cat.png", 1)
    finish(photo, tmp_path / "out" / "cat")
    photo = photo.rename(tmp_path / "cat.png")
    assert given([photo], tmp_path / "out") == ["cat"]


def test_what_an_interrupted_call_left_is_taken_up_again(tmp_path):
    (tmp_path / "out" / "Cat").mkdir(parents=True)
    assert given([shot(tmp_path / "cat.png", 1)], tmp_path / "out") == ["Cat"]


def test_a_single_photos_result_lies_in_out_itself_unless_anothers_does(tmp_path):
    one, other = shot(tmp_path / "a/cat.png", 1), shot(tmp_path / "b/cat.png", 2)
    out = tmp_path / "out"
    assert folder_for(one, out) == out
    finish(one, out)
    assert folder_for(one, out) == out
    assert folder_for(other, out) == out / "cat"
    finish(other, out / "cat")
    assert folder_for(other, out) == out / "cat"
    (out / "result.json").write_text("[]")
    assert folder_for(one, out) == out / "cat-png"


def test_the_work_is_linear_in_the_number_of_photos(tmp_path, monkeypatch):
    """Counted, not timed: names that are compared, files that are read."""
    counted = []
    key, read = result_folders._key, result_folders._Result.read
    monkeypatch.setattr(result_folders, "_key", lambda name: counted.append(1) or key(name))
    monkeypatch.setattr(
        result_folders._Result, "read", lambda folder: counted.append(1) or read(folder)
    )
    costs = []
    for number in (100, 200):
        out = tmp_path / f"out{number}"
        photos = [tmp_path / f"cam{index}" / "frame.jpg" for index in range(number)]
        counted.clear()
        folders = given(photos, out)
        assert len(set(folders)) == number
        for photo, folder in zip(photos, folders, strict=True):
            finish(photo, out / folder)
        assert given(photos, out) == folders  # found again
        more = [tmp_path / f"cab{index}" / "frame.jpg" for index in range(number)]
        assert set(given(more, out)).isdisjoint(folders)
        costs.append(len(counted))
    assert costs[1] <= 2.1 * costs[0]


def predict(*more):
    """Run `predict` on the CPU."""
    return main(["predict", *map(str, more), "--model", "tiny-animals", "--device", "cpu"])


def test_predict_keeps_results_apart_and_says_what_it_passed_over(weights, tmp_path, capsys):
    shots = tmp_path / "shots"
    for name in ("a/cat.png", "b/cat.png", "cat.png"):
        shot(shots / name, len(name))
    (shots / "Thumbs.db").touch()
    out = shots / "results"
    assert predict(shots, "--recursive", "--out", out) == 0
    assert "3 photos; 1 other file passed over" in capsys.readouterr().err
    facts = {each.parent.relative_to(out).as_posix() for each in out.rglob("result.json")}
    assert facts == {"cat", "a/cat", "b/cat"}
    assert predict(shots, "--recursive", "--out", out) == 0
    assert "0 photos segmented, 3 already there" in capsys.readouterr().out


def test_two_single_photos_do_not_take_each_others_place(weights, tmp_path, capsys):
    one, other = shot(tmp_path / "a/cat.png", 1), shot(tmp_path / "b/cat.png", 2)
    out = tmp_path / "out"
    assert predict(one, "--out", out) == predict(other, "--out", out) == 0
    places = [out / "result.json", out / "cat" / "result.json"]
    hashes = [json.loads(each.read_text())["request"]["photo_sha256"] for each in places]
    assert hashes == [result_folders.content(each) for each in (one, other)]
    assert f"{out / 'cat'}: " in capsys.readouterr().out
