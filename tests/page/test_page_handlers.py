"""What the page's handlers show, without a server."""

import json
from dataclasses import replace

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from page import drawing, files, handlers, photos, results, serving, wording
from seg_models import labels, pipeline

PLAIN = drawing.Look()


@pytest.fixture(autouse=True)
def own_zoo(zoo_folder, monkeypatch):
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(zoo_folder))
    monkeypatch.setattr(handlers, "RESULTS", results.Results())


@pytest.fixture
def analysed(photo_path):
    """The key of a result that has been through the network."""
    return list(handlers.analyse(str(photo_path), "deeplab_v1-animals", PLAIN))[-1].key


def picture(update):
    return np.array(Image.open(update["value"]))


def test_panels_come_one_by_one_at_the_photos_size(photo_path):
    cleared, _, first, second = handlers.analyse(str(photo_path), "deeplab_v1-animals", PLAIN)
    assert cleared.score_map is None and cleared.upsampled is None and cleared.refined is None
    assert picture(first.score_map).shape == picture(second.upsampled).shape == (64, 96, 3)
    assert "cells, stride" in first.score_map_heading
    assert first.upsampled is handlers.SKIP


def test_refining_shows_each_iteration_and_ends_on_the_pipelines_own_labels(analysed, photo_path):
    steps = list(handlers.refine(analysed, True, 3, PLAIN))
    assert len(steps) == 3
    segmenter = pipeline.load("deeplab_v1-animals")
    crf = segmenter.checkpoint.crf  # of 3 iterations
    expected = pipeline.labels(segmenter.segment(photo_path, crf))
    colours = np.array(labels.ANIMALS.colours, np.uint8)
    np.testing.assert_array_equal(picture(steps[-1].refined), colours[expected])
    assert steps[-1].details["crf"]["iterations"] == 3


def no_more(result, iterations):
    assert iterations <= len(result.spent), "computed again"
    return iter(())


def test_stored_iterations_are_shown_without_computing_again(analysed, monkeypatch):
    steps = list(handlers.refine(analysed, True, 3, PLAIN))
    monkeypatch.setattr(results.Result, "advance", no_more)
    (again,) = handlers.refine(analysed, True, 2, PLAIN)
    np.testing.assert_array_equal(picture(again.refined), picture(steps[1].refined))


@pytest.mark.parametrize(("crf", "iterations"), [(False, 5), (True, 0)])
def test_without_the_crf_the_refined_mask_is_the_upsampled_one(photo_path, crf, iterations):
    shown = list(handlers.analyse(str(photo_path), "deeplab_v1-animals", PLAIN))[-1]
    (step,) = handlers.refine(shown.key, crf, iterations, PLAIN)
    np.testing.assert_array_equal(picture(step.refined), picture(shown.upsampled))


def test_no_photo_is_said_plainly():
    with pytest.raises(gr.Error, match="no photo yet"):
        list(handlers.analyse(None, "deeplab_v1-animals", PLAIN))


def test_a_file_name_cannot_bring_markup_into_the_message(tmp_path):
    path = tmp_path / "<img src=x>.jpg"
    path.write_text("no picture")
    with pytest.raises(gr.Error) as caught:
        list(handlers.analyse(str(path), "deeplab_v1-animals", PLAIN))
    assert "<" not in caught.value.message and "&lt;img" in caught.value.message


def test_a_result_that_is_gone_is_said_plainly():
    with pytest.raises(gr.Error, match="no longer kept"):
        list(handlers.refine("unknown", True, 3, PLAIN))
    assert list(handlers.rerefine(None, True, 3, PLAIN)) == []


def test_the_oldest_results_go_when_memory_is_full(analysed):
    result = handlers.RESULTS.find(analysed)
    segmentation = result.segmentation
    kept = results.Results(limit_bytes=2 * results.size(result))
    first, second = kept.keep(segmentation), kept.keep(segmentation)
    kept.find(first)
    third = kept.keep(segmentation)
    assert [kept.find(key) is None for key in (first, second, third)] == [False, True, False]


def test_one_visitors_new_result_replaces_the_old_one(photo_path, analysed):
    key = list(handlers.analyse(str(photo_path), "deeplab_v1-animals", PLAIN, analysed))[-1].key
    assert key == analysed and len(handlers.RESULTS) == 1


def test_saved_pictures_are_swept_once_they_are_old():
    path = files.Path(files.save(np.zeros((2, 2, 3), np.uint8), "old"))
    files.sweep()
    assert path.is_file()
    files.sweep(now=path.stat().st_mtime + 2 * files.SECONDS_KEPT)
    assert not path.exists()


def test_a_picture_stays_in_its_folder_whatever_a_class_is_called():
    path = files.Path(files.save(np.zeros((2, 2, 3), np.uint8), "net-probability-of-../../x"))
    assert path.name == "net-probability-of-..-..-x.png"
    assert path.parent.parent == files._folder()


def test_a_street_example_takes_the_street_network_of_the_same_architecture(tmp_path):
    street = photos.Example(tmp_path, "street", "camvid", "a street")
    assert photos.matching_model(street, "deeplab_v1-animals") == "deeplab_v1-camvid"
    assert photos.matching_model(street, "deeplab_v1-camvid") == "deeplab_v1-camvid"
    unknown = photos.Example(tmp_path, "ship", "harbour", "a ship")
    assert photos.matching_model(unknown, "deeplab_v1-animals") == "deeplab_v1-animals"


def test_the_examples_listed_are_there_and_become_buttons():
    assert all(each.path.is_file() for each in photos.examples())
    assert photos.gallery(photos.examples(), "en").count("<button") == len(photos.examples())


def test_choices_name_domain_and_quality(zoo_folder):
    facts = json.loads((zoo_folder / "deeplab_v1-camvid" / "config.json").read_text())
    choice = wording.choice(serving.registry.find("deeplab_v1-camvid"), "en")
    assert "DeepLab v1" in choice and "streets" in choice
    assert f"{100 * facts['results']['val_miou']:.0f} %" in choice


def test_a_choice_from_the_hub_says_its_size_where_that_is_known(monkeypatch):
    monkeypatch.setattr(
        wording.weights, "status", lambda checkpoint: wording.weights.Status.ON_THE_HUB
    )
    abroad = replace(serving.registry.find("deeplab_v1-camvid"), folder=None, file_bytes=3 * 2**20)
    assert wording.choice(abroad, "en").endswith(" · 3 MB from the Hub")
    assert wording.choice(replace(abroad, file_bytes=None), "en").endswith(" · from the Hub")


def test_without_any_checkpoint_nothing_is_chosen(tmp_path, monkeypatch):
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(tmp_path))
    assert serving.default_model() is None
    with pytest.raises(gr.Error, match="no checkpoint"):
        list(handlers.analyse("photo.jpg", None, PLAIN))
