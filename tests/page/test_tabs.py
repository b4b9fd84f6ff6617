"""Comparing networks and taking results home, without a server."""

import contextlib
import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from page.models import fetching
from page.server import files
from page.server.turns import Work
from page.tabs import compare, take_home
from seg_models import cli, labels, pipeline
from seg_models.checkpoints import registry
from seg_models.specs import WeightsError

pytestmark = pytest.mark.usefixtures("own_zoo")


def compared(photo, models, iterations=1):
    """Return the pictures and the status after each step of a comparison."""
    asked = {"photo": photo.key, "models": models, "iterations": iterations}
    return [(each["html"], each["status"]) for each in compare.answer(asked, Work("me"), "en")]


def test_each_network_appears_when_it_is_done(photo):
    models = ["deeplab_v1-animals", "deeplab_v1-camvid"]
    steps = compared(photo, models)
    pages = list(dict.fromkeys(page for page, _ in steps))
    assert [page.count("<figure") for page in pages] == [0, 1, 2]
    said = [status for _, status in steps]
    for each in ("1 of 2: DeepLab v1: Running", "2 of 2: DeepLab v1: CRF: iteration 1 of 1"):
        assert any(status.startswith(each) for status in said)
    assert "animals" in pages[-1] and "streets" in pages[-1]
    assert "Agreement" not in pages[-1]  # they know different things


def test_networks_of_one_domain_share_a_map_of_agreement(photo):
    models = ["deeplab_v1-animals"] * 2
    *_, (page, status) = compared(photo, models)
    assert "all 2 agree on 100 %" in page and status == "2 networks compared."


def test_agreement_counts_the_commonest_class():
    maps = [np.array([[0, 1, 2]]), np.array([[0, 1, 3]]), np.array([[0, 2, 4]])]
    np.testing.assert_allclose(compare.agreement(maps), [[1, 2 / 3, 1 / 3]])


def test_a_network_whose_weights_cannot_be_had_does_not_stop_the_others(photo, monkeypatch):
    def words(checkpoint):
        yield "Fetching it: 1 MB, 50%"
        if checkpoint.domain == "animals":
            raise WeightsError("the Hub <does> not answer")

    monkeypatch.setattr(compare.fetching, "words", words)
    models = ["deeplab_v1-animals", "deeplab_v1-camvid"]
    *_, (page, _) = compared(photo, models, 0)
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


def test_comparing_nothing_is_refused(photo):
    with pytest.raises(ValueError, match="Choose the networks"):
        compared(photo, [])


def taken(result, iteration=3):
    asked = {"run": result.run, "iteration": iteration, "address": "http://127.0.0.1:1"}
    (message,) = take_home.answer(asked, Work("me"), "en")
    return message


def test_the_files_say_the_same_as_the_result(result):
    *paths, whole = take_home.pack(result.at(3), labels.ANIMALS, "en")
    names = [each.name for each in paths]
    assert names == ["labels.png", "colours.png", "overlay.png", "result.json", "contents.txt"]
    picture = Image.open(paths[0])
    assert picture.mode == "P"
    np.testing.assert_array_equal(np.array(picture), result.segmentation.history[-1])
    assert json.loads(paths[3].read_text())["crf"]["iterations"] == 3
    with zipfile.ZipFile(whole) as archive:
        assert sorted(archive.namelist()) == sorted(names)
        assert archive.testzip() is None


def test_what_is_taken_is_the_iteration_that_is_shown(result):
    message = taken(result, 2)
    assert message["files"][0]["name"] == "labels.png"
    path = files.passing(message["folder"], "labels.png")
    np.testing.assert_array_equal(np.array(Image.open(path)), result.segmentation.history[1])


def code(calls, beginning):
    (found,) = [each["code"] for each in calls if each["code"].startswith(beginning)]
    return found


def test_the_calls_that_are_shown_give_the_same_labels(result, photo_path, tmp_path, monkeypatch):
    calls = taken(result)["calls"]
    Image.open(photo_path).save(tmp_path / "photo.png")
    monkeypatch.chdir(tmp_path)
    space = {}
    exec(code(calls, "import seg_models").replace("photo.jpg", "photo.png"), space)
    np.testing.assert_array_equal(space["labels"], result.segmentation.history[2])
    shell = code(calls, "python -m seg_models predict").replace("photo.jpg", "photo.png")
    with contextlib.redirect_stdout(io.StringIO()):
        assert cli.main(shell.split()[3:]) == 0
    written = np.array(Image.open(tmp_path / "results" / "labels.png"))
    np.testing.assert_array_equal(written, result.segmentation.history[2])
    assert "http://127.0.0.1:1" in code(calls, "from gradio_client")


def test_settings_of_ones_own_are_in_the_call_and_others_are_left_out(result, photo_path, tmp_path):
    whole = result.segmentation
    crf = replace(whole.crf, colour_reach=21.0, iterations=2)
    other = pipeline.load(whole.checkpoint).segment(photo_path, crf)
    (python,) = take_home.calls(other, "http://127.0.0.1:1", "en")  # the shell knows no such thing
    assert "iterations=2, colour_reach=21.0" in python["code"]
    space = {}
    exec(python["code"].replace("photo.jpg", str(photo_path)), space)
    np.testing.assert_array_equal(space["labels"], other.history[1])
