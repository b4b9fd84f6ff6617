"""The views of a result and what the browser is given to look closely, without a server."""

import base64
import io
import re

import numpy as np
import pytest
import torch
from PIL import Image

from page import drawing, handlers, inspection, results
from seg_models import labels, pipeline
from seg_models.specs import CrfSettings
from seg_models.visualize import draw

PLAIN = drawing.Look()


@pytest.fixture(autouse=True)
def own_zoo(zoo_folder, monkeypatch):
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(zoo_folder))
    monkeypatch.setattr(handlers, "RESULTS", results.Results())


@pytest.fixture(scope="module")
def whole(zoo_folder, photo_path):
    """A segmentation after two iterations."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEG_MODELS_WEIGHTS_DIR", str(zoo_folder))
        return pipeline.load("deeplab_v1-animals").segment(photo_path, CrfSettings(iterations=2))


def drawn(segmentation, stage, view, safe=False):
    update = drawing.picture(segmentation, stage, drawing.Look(view, safe))
    return np.array(Image.open(update["value"])), update["alt_text"]


def near(picture, exact):
    """Whether two pictures differ by no more than rounding to 256 levels can make."""
    return np.abs(picture.astype(int) - exact).max() <= 2


def test_a_class_of_its_own_is_drawn_by_its_probability(whole):
    picture, alt = drawn(whole, drawing.UPSAMPLED, "probability of dog")
    dog = labels.ANIMALS.classes.index("dog")
    assert near(picture, draw.heat(whole.probabilities[dog]))
    assert "Probability of dog" in alt


def test_the_refined_panel_draws_the_refined_probabilities(whole):
    picture, _ = drawn(whole, drawing.REFINED, "doubt")
    assert near(picture, draw.heat(draw.entropy(whole.refined)))


def test_the_score_maps_confidence_is_one_value_a_cell(whole):
    picture, _ = drawn(whole, drawing.SCORE_MAP, "confidence")
    assert picture.shape == whole.photo.shape
    height, width = whole.score_map.shape[1:]
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) <= height * width


def test_changes_colour_exactly_the_pixels_that_a_stage_changed(whole):
    picture, _ = drawn(whole, drawing.REFINED, "changes")
    before, after = whole.probabilities.argmax(0).numpy(), whole.history[-1].numpy()
    changed = before != after
    assert 0 < changed.mean() < 1
    colours = np.array(labels.ANIMALS.colours, np.uint8)
    np.testing.assert_array_equal(picture[changed], colours[after[changed]])
    dark = (whole.photo * drawing.UNCHANGED).astype(np.uint8)
    np.testing.assert_array_equal(picture[~changed], dark[~changed])


def test_safe_colours_are_used_where_asked_for(whole):
    picture, _ = drawn(whole, drawing.UPSAMPLED, "classes", safe=True)
    safe = np.array(draw.safe_colours(labels.ANIMALS).colours, np.uint8)
    np.testing.assert_array_equal(picture, safe[whole.probabilities.argmax(0)])


def test_a_view_of_a_class_that_the_network_lacks_becomes_the_plain_one(whole):
    look = drawing.Look("probability of fence", safe=True)
    assert look.valid(whole.checkpoint) == drawing.Look(safe=True)
    assert drawing.Look("probability of cow").valid(whole.checkpoint).view.endswith("cow")


def decoded(url):
    return np.array(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))))


def test_the_browser_gets_every_stages_class_indices_exactly(whole):
    data = inspection.data(whole, "run", PLAIN)
    maps = [decoded(each) for each in data["maps"]]
    expected = [drawing.labels(whole, stage) for stage in (0, 1)]
    for got, want in zip(maps, [*expected, *whole.history], strict=True):
        np.testing.assert_array_equal(got, want)
    assert (data["height"], data["width"]) == whole.photo.shape[:2]


def test_cells_are_as_render_draws_them(whole):
    indices = whole.score_map.argmax(0).numpy()
    colours = np.array(labels.ANIMALS.colours, np.uint8)
    picture = draw.score_map_picture(whole.score_map, (64, 96), labels.ANIMALS)
    np.testing.assert_array_equal(colours[inspection.cells(indices, (64, 96))], picture)


def test_a_probe_lists_the_likeliest_classes_before_and_after(whole):
    text = inspection.probe(whole, 10, 50, PLAIN)
    assert "Pixel 10, 50" in text and "Upsampled" in text and "After 2 iterations" in text
    names = re.findall(r"<th scope=row>(.*?)</th>", text)
    for listed, probabilities in zip(
        (names[:5], names[5:]), (whole.probabilities, whole.refined), strict=True
    ):
        order = probabilities[:, 50, 10].argsort(descending=True)[:5]
        assert listed == [labels.ANIMALS.classes[index] for index in order]


def test_a_probe_outside_the_photo_is_moved_to_its_border(whole):
    text = inspection.probe(whole, 9999, -3, PLAIN)
    assert "Pixel 95, 0" in text


def test_the_crf_goes_on_from_where_it_was(whole):
    result = results.Result("run", whole)
    first = [torch.clone(each.refined) for each in result.advance(2)]
    assert list(result.advance(2)) == []
    (third,) = result.advance(3)
    settings = result.segmentation.checkpoint.crf
    direct = list(pipeline.refine(whole, CrfSettings(**{**vars(settings), "iterations": 3})))
    torch.testing.assert_close(third.refined, direct[-1].refined)
    torch.testing.assert_close(first[1], direct[1].refined)
    assert result.at(2).crf.iterations == 2 and len(result.at(2).history) == 2
    assert result.at(0).crf is None and "crf" not in result.at(0).milliseconds
    assert result.at(1).milliseconds["crf"] < result.at(3).milliseconds["crf"]


def test_another_look_draws_without_computing(photo_path, monkeypatch):
    key = list(handlers.analyse(str(photo_path), "deeplab_v1-animals", PLAIN))[-1].key
    plain = list(handlers.refine(key, True, 2, PLAIN))[-1]
    monkeypatch.setattr(results.Result, "advance", lambda *_: pytest.fail("computed again"))
    shown = handlers.redraw(key, True, 2, drawing.Look("doubt"))
    assert "Doubt" in shown.refined["alt_text"] and shown.inspect["view"] == "doubt"
    again = handlers.redraw(key, True, 2, PLAIN)
    one, other = (np.array(Image.open(each.refined["value"])) for each in (plain, again))
    np.testing.assert_array_equal(one, other)
    assert handlers.redraw(None, True, 2, PLAIN) == handlers.Shown()


@pytest.mark.parametrize("view", ["doubt", "confidence", "probability of dog"])
def test_a_view_of_values_is_kept_for_every_iteration(photo_path, view):
    key = list(handlers.analyse(str(photo_path), "deeplab_v1-animals", PLAIN))[-1].key
    list(handlers.refine(key, True, 3, PLAIN))
    look = drawing.Look(view)
    data = handlers.redraw(key, True, 3, look).inspect
    grids = [decoded(each) for each in data["levels"]]
    assert len(grids) == len(data["maps"]) == 5  # two stages and three iterations
    for iteration in (1, 2, 3):
        shown = handlers.redraw(key, True, iteration, look).refined
        picture = np.array(Image.open(shown["value"]))
        np.testing.assert_array_equal(np.array(data["ramp"])[grids[1 + iteration]], picture)
    assert not np.array_equal(grids[2], grids[4])


def test_an_earlier_iterations_probabilities_are_its_own(photo_path):
    key = list(handlers.analyse(str(photo_path), "deeplab_v1-animals", PLAIN))[-1].key
    list(handlers.refine(key, True, 3, PLAIN))
    result = handlers.RESULTS.find(key)
    for iteration in (1, 2, 3):
        exact = result.exactly(iteration).refined
        torch.testing.assert_close(result.at(iteration).refined.float(), exact, atol=5e-4, rtol=0)
    assert "After 1 iteration<" in handlers.probe(key, True, 1, PLAIN, 3, 4)


def test_probing_asks_for_ones_own_result_only(photo_path):
    key = list(handlers.analyse(str(photo_path), "deeplab_v1-animals", PLAIN))[-1].key
    assert "Pixel 3, 4" in handlers.probe(key, True, 5, PLAIN, 3, 4)
    assert handlers.probe("another's", True, 5, PLAIN, 3, 4) == ""
