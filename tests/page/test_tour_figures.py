"""What the server computes for the tour's figures: the engine's numbers, within bounds."""

import string

import numpy as np
import pytest
import torch
import tour_site
from test_pictures import unpacked

from page.segment import photos
from page.server.turns import Cancelled, Work
from page.tour import english, english_lecture, explorer, figures, korean, korean_lecture, stock
from page.tour.routes import TEXTS, facts
from seg_models import mean_field, pipeline
from seg_models.explain import arithmetic
from seg_models.explain.ablate import ablate


@pytest.fixture(scope="module")
def weights_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    tour_site.pack(folder)
    return folder


@pytest.fixture(scope="module")
def examples_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    tour_site.examples(folder)
    return folder


@pytest.fixture(autouse=True)
def site(weights_folder, examples_folder, monkeypatch):
    """The tour's small networks and examples in place of the project's own."""
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(weights_folder))
    monkeypatch.setenv("SEG_MODELS_EXAMPLES_DIR", str(examples_folder))
    photos.examples.cache_clear()
    photos.example_facts.cache_clear()
    yield
    photos.examples.cache_clear()
    photos.example_facts.cache_clear()


def asked(answer, **wanted):
    return list(answer({"photo": "street", **wanted}, Work("test"), "en"))


def first(answer, **wanted):
    return asked(answer, **wanted)[0]


def test_a_browser_is_told_of_every_network_and_its_switches():
    told = facts()
    by_name = {each["architecture"]: each for each in told["networks"]}
    assert by_name.keys() == tour_site.NETWORKS.keys()
    assert by_name["unet"]["switches"] == ("skip1", "skip2", "skip3", "skip4")
    assert by_name["dilatednet"]["switches"] == ("context", "dilation")
    assert told["papers"]["dense"]["forms"]["103"]["growth"] == 16


def test_a_run_is_the_engines_and_is_scored_by_the_truth():
    found = first(figures.run, model="unet-camvid", off=["skip1"])
    segmenter = pipeline.load("unet-camvid")
    photo = photos.find("street").pixels
    whole = segmenter.segment(photo).labels()
    network = ablate(segmenter.network, "skip1")
    without = pipeline.Segmenter(segmenter.checkpoint, network, "cpu").segment(photo).labels()
    np.testing.assert_array_equal(unpacked(found["labels"]), without)
    assert (whole != without).any()
    assert 0 <= found["miou"] <= 1 and len(found["iou"]) == 11
    assert first(figures.run, photo="animal", model="unet-camvid")["miou"] is None


def test_the_truth_comes_at_the_figures_size():
    found = first(figures.truth)
    assert found["size"] == (96, 72)
    assert set(np.unique(unpacked(found["labels"]))) == set(range(6))
    assert first(figures.truth, photo="animal")["labels"] is None


def test_a_cells_sum_has_parts_that_add_up_to_the_networks_number():
    for stage in first(explorer.stages, model="dilatednet-camvid")["stages"]:
        for layer in stage["layers"][-1:]:
            wanted = {"model": "dilatednet-camvid", "layer": layer["name"]}
            units = first(explorer.maps, **wanted)["units"]
            found = first(explorer.cell, **wanted, unit=units[0]["unit"], row=3, column=4)
            parts = sum(each["sum"] for each in found["channels"])
            assert parts + found["rest"] + found["bias"] == pytest.approx(found["total"], abs=1e-6)
            assert found["total"] == pytest.approx(found["number"], rel=1e-4, abs=1e-5)
            for each in found["channels"]:
                products = [term["value"] * term["weight"] for term in each["terms"]]
                assert sum(products) == pytest.approx(each["sum"], abs=1e-6)


def test_an_upsampled_score_is_mixed_of_the_score_map_and_its_softmax_is_the_pixels():
    wanted = {"model": "deeplab_v1-camvid", "layer": "upsample"}
    assert first(explorer.stages, **wanted)["stages"][-1]["layers"][0]["name"] == "upsample"
    assert len(first(explorer.maps, **wanted)["units"]) == explorer.UNITS
    found = first(explorer.cell, **wanted, unit=3, row=21, column=13)
    assert found["sum"] == "upsampling" and found["terms"] == 4
    assert found["total"] == pytest.approx(found["number"], abs=1e-5)
    scores, powers, probabilities = found["softmax"]
    assert scores[3] == pytest.approx(found["number"], abs=1e-5) and max(powers) == 1
    np.testing.assert_allclose(probabilities, torch.tensor(scores).softmax(0), atol=1e-6)


def test_the_strongest_maps_are_those_of_the_layer():
    found = first(explorer.maps, model="segnet-camvid", layer="unpool@5")
    segmenter, images = stock.prepared(
        pipeline.load("segnet-camvid").checkpoint, photos.find("street"), figures.SIDE
    )
    made = arithmetic.call(segmenter.network, images, "unpool@5")
    sums = made.gives.clamp(min=0).sum((1, 2))
    assert [each["unit"] for each in found["units"]] == sums.topk(
        len(found["units"])
    ).indices.tolist()
    assert all(each["most"] == made.gives[each["unit"]].max() for each in found["units"])


def test_the_crfs_message_is_what_its_next_iteration_makes():
    wanted = {"model": "deeplab_v1-camvid", "iteration": 2, "x": 30, "y": 20, "label": 1}
    settings = {"appearance_reach": 12, "colour_reach": 9}
    found = first(figures.message, **wanted, settings=settings)
    np.testing.assert_allclose(found["marginals"], found["engine"], atol=1e-4)
    frames = asked(figures.crf, model="deeplab_v1-camvid", label=1, settings=settings)
    assert [each["kind"] for each in frames] == ["iteration"] * (figures.MOST + 1) + ["done"]
    level = unpacked(frames[2]["levels"])[20, 30]
    assert found["engine"][1] == pytest.approx(level / 255, abs=0.003)
    assert np.sum(found["parts"]) == pytest.approx(
        found["appearance"][1] + found["smoothness"][1], abs=1e-3
    )


def test_without_a_kernel_its_messages_are_nothing():
    found = first(figures.message, model="deeplab_v1-camvid", iteration=1, off=["appearance"])
    assert not any(found["appearance"]) and any(found["smoothness"])


def test_the_iterations_are_those_of_the_engine():
    checkpoint = pipeline.load("deeplab_v1-camvid").checkpoint
    *_, last, _ = asked(figures.crf, model="deeplab_v1-camvid", label=0)
    segmentation = figures.segmented(photos.find("street"), checkpoint, ())
    settings = figures.crf_settings(checkpoint, {})
    *_, expected = mean_field(segmentation.probabilities, segmentation.photo, settings)
    np.testing.assert_array_equal(unpacked(last["labels"]), expected.argmax(0).numpy())


def test_a_field_without_dilation_is_smaller():
    whole = first(figures.field, model="deeplab_v1-camvid", x=0.5, y=0.5)
    near = first(figures.field, model="deeplab_v1-camvid", x=0.5, y=0.5, off=["dilation"])
    assert near["possible"].size < whole["possible"].size


@pytest.mark.parametrize(
    ("answer", "wanted", "complaint"),
    [
        (figures.run, {"model": "unet-camvid", "photo": "nobody"}, "no longer kept"),
        (figures.run, {"model": "../../etc"}, "no checkpoint called"),
        (figures.run, {"model": "unet-camvid", "off": ["fc6"]}, "no 'fc6' to switch off"),
        (figures.crf, {"model": "unet-camvid", "off": ["colour"]}, "no CRF kernel"),
        (explorer.cell, {"model": "unet-camvid", "layer": "nothing"}, "no layer called"),
        (explorer.maps, {"model": "unet-camvid", "layer": None}, "no layer called"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(answer, wanted, complaint):
    with pytest.raises(ValueError, match=complaint):
        asked(answer, **wanted)


@pytest.mark.parametrize("value", ["x", None, float("nan"), float("inf"), -1e9, [], {}])
def test_odd_numbers_are_brought_within_their_bounds(value):
    found = first(
        explorer.cell, model="unet-camvid", layer="score", unit=value, row=value, column=value
    )
    channels, rows, columns = found["cell"]
    assert 0 <= channels < 11 and 0 <= rows < 48 and 0 <= columns < 64
    asked(figures.field, model="fcn8s-camvid", x=value, y=value)


def test_nobody_waits_for_a_cancelled_crf():
    work = Work("test")
    answer = figures.crf({"photo": "street", "model": "deeplab_v1-camvid"}, work, "en")
    next(answer)
    work.cancel()
    with pytest.raises(Cancelled):
        list(answer)


def test_the_stock_is_bounded():
    kept = stock.Stock(100, len)
    for number in range(5):
        assert kept.get(number, lambda: "x" * 40) == "x" * 40
    assert kept.get(4, lambda: "new") == "x" * 40
    assert kept.get(0, lambda: "new") == "new"
    assert kept.get("large", lambda: "x" * 1000) == "x" * 1000


def places(text):
    return {place for _, place, _, _ in string.Formatter().parse(text) if place}


def test_both_languages_say_the_same_things_in_the_same_places():
    for one, other in ((english, korean), (english_lecture, korean_lecture)):
        assert one.TEXTS.keys() == other.TEXTS.keys()
        for key, text in one.TEXTS.items():
            assert places(text) == places(other.TEXTS[key]), key


def test_every_step_has_its_words_and_names_its_source():
    for texts in TEXTS.values():
        for key in tour_site.KEYS:
            for part in (
                "title",
                "theory",
                "question",
                "a0",
                "a1",
                "a2",
                "why",
                "exercise",
                "solution",
            ):
                assert texts[f"{key}-{part}"]
            assert key == "together" or "20" in texts[f"{key}-source"]


def test_the_parameters_that_are_told_are_those_of_the_papers():
    parts = facts()["papers"]["parameters"]
    sizes = {each: dict(found) for each, found in parts.items()}
    assert sum(sizes["deconvnet"].values()) == 251_805_653  # at 21 classes
    kept = {k: v for k, v in sizes["deconvnet"].items() if k not in ("fc6", "fc7", "fc6_deconv")}
    assert round(sum(kept.values()) / 1e6, 1) == 29.5
    assert torch.tensor(list(kept.values())).sum() < 0.12 * 251_805_653
