"""Whatever is typed: an exit status of 0, 1 or 2, and never a traceback."""

import random
from collections import Counter

import command_lines
import damaged_pictures as pictures
import pytest
from verdicts import commanded

LINES = 300  # that are tried


def test_odd_command_lines_end_in_a_status_and_a_sentence(weights, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    folder = tmp_path / "photos"
    folder.mkdir()
    command_lines.lay_out(folder, pictures.sound()["png"])
    chance = random.Random(0)
    statuses = Counter(commanded(command_lines.odd(folder, chance)) for _ in range(LINES))
    assert statuses[0] > 10 and statuses[2] > 100, statuses
    assert not (tmp_path / "labels.png").exists()  # nothing was written beside what was asked for


@pytest.mark.parametrize("name", ["...png", "..png", "\udcff.png", "new\nline.png"])
def test_a_photo_of_an_odd_name_has_its_result_in_the_folder_asked_for(weights, tmp_path, name):
    """ "...png" without its suffix is "..": the folder above."""
    photos, out = tmp_path / "photos", tmp_path / "deep" / "out"
    photos.mkdir()
    for each in (name, "plain.png"):
        (photos / each).write_bytes(pictures.sound()["png"])
    asked = [
        "predict",
        str(photos / name),
        str(photos / "plain.png"),
        "--model",
        "tiny-animals",
        "--out",
        str(out),
    ]
    assert commanded([*asked, "--device", "cpu"]) == 0
    assert len(list(out.glob("*/result.json"))) == 2
    assert list((tmp_path / "deep").iterdir()) == [out]
