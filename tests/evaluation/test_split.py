"""Photos that nobody has split are split alike on every machine."""

import shutil

import numpy as np
import pytest
from PIL import Image

from seg_models.cli import main
from seg_models.evaluation.split import split


@pytest.fixture
def unsplit(tmp_path):
    """A folder with images/ and labels/ of 20 photos."""
    for kind in ("images", "labels"):
        (tmp_path / "data" / kind).mkdir(parents=True)
    for number in range(20):
        labels = np.arange(48, dtype=np.uint8).reshape(6, 8) // 24
        Image.fromarray(labels * 200).save(tmp_path / "data" / "images" / f"{number:02}.png")
        Image.fromarray(labels).save(tmp_path / "data" / "labels" / f"{number:02}.png")
    return tmp_path / "data"


# As `printf 03.png | sha256sum` says: the lowest of the twenty, 0490 to 1a45; the next is 1bf1.
WANTED = ["02", "03", "04", "06"]


def names(found):
    return [photo.stem for photo, _ in found]


def test_every_fifth_photo_is_kept_to_score_on_by_its_name_alone(unsplit, tmp_path):
    parted = split(unsplit)
    assert names(parted.val) == WANTED
    assert names(parted.train) == [f"{n:02}" for n in range(20) if f"{n:02}" not in WANTED]
    elsewhere = shutil.copytree(unsplit, tmp_path / "elsewhere")
    assert names(split(elsewhere).val) == names(parted.val)


def test_a_few_photos_more_leave_the_split_nearly_as_it_is(unsplit):
    before = set(names(split(unsplit).val))
    for kind in ("images", "labels"):
        shutil.copy(unsplit / kind / "00.png", unsplit / kind / "more.png")
    assert len(before - set(names(split(unsplit).val))) <= 1


def test_two_photos_are_one_to_learn_from_and_one_to_score_on(unsplit):
    for number in range(2, 20):
        for kind in ("images", "labels"):
            (unsplit / kind / f"{number:02}.png").unlink()
    parted = split(unsplit)
    assert len(parted.train) == len(parted.val) == 1
    for kind in ("images", "labels"):
        (unsplit / kind / "01.png").unlink()
    with pytest.raises(ValueError, match="at least 2 are needed"):
        split(unsplit)


def test_what_is_split_already_stays_so(unsplit, tmp_path):
    whole = tmp_path / "whole"
    for part in ("train", "val"):
        shutil.copytree(unsplit, whole / part)
    parted = split(whole)
    assert {photo.parents[1] for photo, _ in parted.train} == {whole / "train"}
    assert {photo.parents[1] for photo, _ in parted.val} == {whole / "val"}
    assert len(parted.train) == len(parted.val) == 20


def test_half_a_split_and_no_data_are_told(tmp_path, unsplit):
    shutil.copytree(unsplit, tmp_path / "half" / "train")
    with pytest.raises(ValueError, match=r"half has train/ but no val/"):
        split(tmp_path / "half")
    with pytest.raises(ValueError, match=r"neither train/ and val/ nor images/ and labels/"):
        split(tmp_path)


@pytest.mark.parametrize(("part", "count"), [("val", 4), ("train", 16), ("all", 20)])
def test_evaluate_scores_the_part_that_is_asked_for(unsplit, weights, capsys, part, count):
    command = ["evaluate", "--model", "tiny-animals", "--data", str(unsplit), "--json"]
    assert main([*command, "--part", part, "--device", "cpu"]) == 0
    assert f'"images": {count},' in capsys.readouterr().out
