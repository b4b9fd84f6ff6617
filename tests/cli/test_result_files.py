"""What lies in a result's folder, with a network whose answer is known beforehand."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from tiny import PRIMARY

from seg_models import pipeline, preprocess
from seg_models.cli import predict
from seg_models.crf import Refined
from seg_models.specs import CrfSettings
from seg_models.visualize import draw


@pytest.fixture
def photo(tmp_path, flag):
    """`flag` at three times the size that the job below works at."""
    path = tmp_path / "flag.png"
    Image.fromarray(flag.repeat(3, 0).repeat(3, 1)).save(path)
    return path


@pytest.fixture
def job(primary, monkeypatch):
    """A job whose CRF calls red blue and blue red."""

    def exchange(probabilities, photo, settings):
        flipped = probabilities.flip(0)
        labels = flipped.argmax(0).to(torch.uint8)
        return Refined(flipped, labels[None], "lattice")

    monkeypatch.setattr(pipeline.dense_crf, "refine", exchange)
    return predict.Job(primary, CrfSettings(iterations=1), working_side=48)


def opened(folder, name):
    with Image.open(folder / name) as picture:
        return np.array(picture)


def test_each_picture_shows_its_own_stage(job, photo, tmp_path, flag_labels):
    out = tmp_path / "out"
    assert predict.predict(job, photo, out)
    before, after = flag_labels, 2 - flag_labels
    np.testing.assert_array_equal(opened(out, "score_map.png"), draw.colour(before, PRIMARY))
    np.testing.assert_array_equal(opened(out, "upsampled.png"), draw.colour(before, PRIMARY))
    np.testing.assert_array_equal(opened(out, "refined.png"), draw.colour(after, PRIMARY))
    overlay = draw.overlay(preprocess.cap(preprocess.open_photo(photo), 48), after, PRIMARY)
    np.testing.assert_array_equal(opened(out, "overlay.png"), overlay)
    labels = opened(out, "labels.png")
    away = np.ones(labels.shape, bool)  # from where three colours meet
    away[24:48, 36:60] = False
    np.testing.assert_array_equal(labels[away], after.repeat(3, 0).repeat(3, 1)[away])
    facts = json.loads((out / "result.json").read_text())
    assert facts["photo"] == "flag.png"
    for each in facts["classes"]:
        assert each["share"] == (labels == each["index"]).mean()
    assert len(facts["classes"]) == 3


def test_safe_colours_are_used_throughout(job, photo, tmp_path):
    predict.predict(replace(job, safe=True), photo, tmp_path)
    safe = set(draw.safe_colours(PRIMARY).colours)
    with Image.open(tmp_path / "labels.png") as picture:
        shown = np.array(picture.convert("RGB"))
    for seen in (shown, opened(tmp_path, "refined.png"), opened(tmp_path, "score_map.png")):
        assert {tuple(map(int, each)) for each in seen.reshape(-1, 3)} == safe


@pytest.mark.parametrize("name", predict.PICTURES)
def test_a_result_without_one_of_its_pictures_is_made_again(job, photo, tmp_path, name):
    assert predict.predict(job, photo, tmp_path)
    assert not predict.predict(job, photo, tmp_path)
    (tmp_path / name).unlink()
    assert predict.predict(job, photo, tmp_path)
    assert (tmp_path / name).is_file()


@pytest.mark.parametrize("content", ["", "[]", '{"request": null}'])
def test_a_result_that_says_nothing_is_made_again(job, photo, tmp_path, content):
    predict.predict(job, photo, tmp_path)
    (tmp_path / "result.json").write_text(content)
    assert predict.predict(job, photo, tmp_path)
