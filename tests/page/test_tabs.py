"""Comparing networks and taking results home, without a server."""

import contextlib
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from page import compare, drawing, fetching, tabs, takeaway
from seg_models import cli, pipeline
from seg_models.checkpoints import registry
from seg_models.specs import WeightsError

PLAIN = drawing.Look()


@pytest.fixture(autouse=True)
def own_zoo(zoo_folder, monkeypatch):
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(zoo_folder))


def test_each_network_appears_when_it_is_done(photo_path):
    models = ["deeplab_v1-animals", "deeplab_v1-camvid"]
    steps = list(compare.compare(str(photo_path), models, True, 1, PLAIN))
    pages = list(dict.fromkeys(page for page, _ in steps))
    assert [page.count("<figure") for page in pages] == [0, 1, 2]
    said = [status for _, status in steps]
    for each in ("1 of 2: DeepLab v1: Running", "2 of 2: DeepLab v1: CRF: iteration 1 of 1"):
        assert any(status.startswith(each) for status in said)
    assert "animals" in pages[-1] and "streets" in pages[-1]
    assert "Agreement" not in pages[-1]  # they know different things


def test_networks_of_one_domain_share_a_map_of_agreement(photo_path):
    models = ["deeplab_v1-animals"] * 2
    *_, (page, status) = compare.compare(str(photo_path), models, True, 1, PLAIN)
    assert "all 2 agree on 100 %" in page and status == "2 networks compared."


def test_agreement_counts_the_commonest_class():
    maps = [np.array([[0, 1, 2]]), np.array([[0, 1, 3]]), np.array([[0, 2, 4]])]
    np.testing.assert_allclose(compare.agreement(maps), [[1, 2 / 3, 1 / 3]])


def test_a_network_whose_weights_cannot_be_had_does_not_stop_the_others(photo_path, monkeypatch):
    def words(checkpoint):
        yield "Fetching it: 1 MB, 50%"
        if checkpoint.domain == "animals":
            raise WeightsError("the Hub <does> not answer")

    monkeypatch.setattr(compare.fetching, "words", words)
    models = ["deeplab_v1-animals", "deeplab_v1-camvid"]
    *_, (page, _) = compare.compare(str(photo_path), models, False, 0, PLAIN)
    assert "the Hub &lt;does&gt; not answer" in page and page.count("<img") == 1


def elsewhere(monkeypatch, locate):
    """Return a checkpoint that is not embedded and comes by `locate`."""
    monkeypatch.setattr(fetching.weights, "locate", locate)
    monkeypatch.setattr(fetching, "PAUSE", 0)
    return replace(registry.find("deeplab_v1-animals"), folder=None)


def test_a_download_is_told_in_words_to_its_end(monkeypatch):
    def locate(checkpoint, progress):
        for share in (0.0, 0.5, 1.0):
            progress(share, "Fetching it")

    said = list(fetching.words(elsewhere(monkeypatch, locate)))
    assert said and said[-1] in ("Fetching it, 0%", "Fetching it, 50%", "Fetching it, 100%")


def test_a_download_that_fails_says_why(monkeypatch):
    def locate(checkpoint, progress):
        progress(0.1, "Fetching it")
        raise WeightsError("the Hub does not answer")

    with pytest.raises(WeightsError, match="does not answer"):
        list(fetching.words(elsewhere(monkeypatch, locate)))


@pytest.mark.parametrize(("photo", "models"), [(None, ["deeplab_v1-animals"]), ("a.jpg", [])])
def test_comparing_nothing_is_refused(photo, models):
    with pytest.raises(gr.Error):
        list(compare.compare(photo, models, False, 0, PLAIN))


def test_the_networks_that_fit_are_those_of_the_same_domain():
    assert compare.fitting("deeplab_v1-animals") == ["deeplab_v1-animals"]
    assert compare.fitting(None) == []


def test_the_files_say_the_same_as_the_result(result):
    *paths, whole = takeaway.pack(result.exactly(3), PLAIN)
    names = [Path(each).name for each in paths]
    assert names == ["labels.png", "colours.png", "overlay.png", "result.json", "contents.txt"]
    picture = Image.open(paths[0])
    assert picture.mode == "P"
    np.testing.assert_array_equal(np.array(picture), result.segmentation.history[-1])
    assert json.loads(Path(paths[3]).read_text())["crf"]["iterations"] == 3
    with zipfile.ZipFile(whole) as archive:
        assert sorted(archive.namelist()) == sorted(names)
        assert archive.testzip() is None


def test_an_earlier_iteration_is_computed_again_exactly(result):
    twice = result.exactly(2)
    np.testing.assert_array_equal(pipeline.labels(twice), result.segmentation.history[1])
    assert pipeline.final(twice) is twice.refined and len(twice.history) == 2


def fenced(text, language):
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def test_the_calls_that_are_shown_give_the_same_labels(result, photo_path, tmp_path, monkeypatch):
    text = takeaway.calls(registry.find("deeplab_v1-animals"), 3, "http://127.0.0.1:1", "en")
    Image.open(photo_path).save(tmp_path / "photo.png")
    monkeypatch.chdir(tmp_path)
    python, _ = (each.replace("photo.jpg", "photo.png") for each in fenced(text, "python"))
    space = {}
    exec(python, space)
    np.testing.assert_array_equal(space["labels"], result.segmentation.history[2])
    (shell,) = fenced(text, "sh")
    arguments = shell.replace("photo.jpg", "photo.png").split()[3:]
    with contextlib.redirect_stdout(io.StringIO()):
        assert cli.main(arguments) == 0
    written = np.array(Image.open(tmp_path / "results" / "labels.png"))
    np.testing.assert_array_equal(written, result.segmentation.history[2])


def test_without_a_result_the_tabs_say_so():
    with pytest.raises(gr.Error, match="no result yet"):
        tabs._pack(None, True, 3, False, None)
    assert "press Segment" in tabs._judge("mask.png", None, None, True, 3, None)
    assert tabs._judge(None, None, None, True, 3, None) == ""
