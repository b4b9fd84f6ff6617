"""What is drawn, pixel by pixel, and what is stated."""

import json

import numpy as np
import pytest
import torch
from PIL import Image

from seg_models import labels
from seg_models.specs import CrfSettings, LabelSet
from seg_models.visualize import draw, summary

PAIR = LabelSet("pair", ("background", "cat"), ((0, 0, 0), (200, 100, 0)))


@pytest.mark.parametrize("label_set", labels.DOMAINS.values(), ids=lambda each: each.name)
def test_labels_come_back_from_an_indexed_png(tmp_path, label_set):
    drawn = np.random.default_rng(0).integers(0, len(label_set.classes), (9, 7), np.uint8)
    drawn[0, 0] = 255
    draw.indexed_png(drawn, label_set).save(tmp_path / "labels.png")
    with Image.open(tmp_path / "labels.png") as picture:
        assert picture.mode == "P"
        np.testing.assert_array_equal(np.array(picture), drawn)
        seen = np.array(picture.convert("RGB"))
    np.testing.assert_array_equal(seen, draw.colour(drawn, label_set))
    assert tuple(seen[4, 4]) == label_set.colours[drawn[4, 4]]


def test_colours_are_red_green_blue():
    assert draw.colour(np.uint8([[1, 0, 255]]), PAIR).tolist() == [
        [[200, 100, 0], [0, 0, 0], [224, 224, 192]]
    ]


def test_each_cell_of_the_score_map_is_a_rectangle():
    """Two rows and three columns of cells at 4 by 9 pixels: each is 2 high and 3 wide."""
    cells = torch.tensor([[0, 1, 0], [1, 0, 0]])
    scores = torch.stack([-cells.float(), cells.float()])
    picture = draw.score_map_picture(scores, (4, 9), PAIR)
    expected = cells.numpy().repeat(2, 0).repeat(3, 1)
    np.testing.assert_array_equal(picture, draw.colour(expected, PAIR))


def test_cells_are_shared_out_evenly_where_the_size_is_no_multiple():
    """5 pixels over 2 cells: the middle pixel's centre, 2.5, begins the second."""
    scores = torch.tensor([[[1.0, 0.0]], [[0.0, 1.0]]])
    drawn = draw.score_map_picture(scores, (1, 5), PAIR)[0, :, 0]
    assert drawn.tolist() == [0, 0, 200, 200, 200]


def test_the_overlay_mixes_outlines_and_spares_the_background():
    photo = np.full((4, 6, 3), 100, np.uint8)
    drawn = np.zeros((4, 6), np.uint8)
    drawn[:, 3:] = 1
    picture = draw.overlay(photo, drawn, PAIR, opacity=0.25)
    assert picture[1, 0].tolist() == [100, 100, 100]
    assert picture[1, 2].tolist() == [255, 255, 255]  # the last pixel before the other class
    assert picture[1, 4].tolist() == [125, 100, 75]
    assert (photo == 100).all()


def test_an_overlay_without_background_covers_all():
    street = LabelSet("street", ("sky", "road"), ((0, 0, 200), (50, 50, 50)))
    picture = draw.overlay(np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2)), street, opacity=0.5)
    assert (picture == [0, 0, 100]).all()


def test_an_overlay_refuses_what_does_not_fit():
    photo = np.zeros((4, 6, 3), np.uint8)
    with pytest.raises(ValueError, match="the labels are"):
        draw.overlay(photo, np.zeros((6, 4)), PAIR)
    with pytest.raises(ValueError, match=r"opacity is 1\.5"):
        draw.overlay(photo, np.zeros((4, 6)), PAIR, 1.5)


def test_entropy_and_confidence_by_hand():
    probabilities = torch.tensor([[[0.25, 1.0, 0.5]]] + [[[0.25, 0.0, 0.5]]] + [[[0.25, 0, 0]]] * 2)
    assert draw.entropy(probabilities)[0].tolist() == pytest.approx([1, 0, 0.5])
    assert draw.confidence(probabilities).tolist() == [[0.25, 1.0, 0.5]]


def test_shares_name_what_occurs_largest_first():
    drawn = np.uint8([[1, 1, 1, 0], [1, 1, 1, 255]])
    assert draw.shares(drawn, PAIR) == [
        {"class": "cat", "index": 1, "share": 0.75},
        {"class": "background", "index": 0, "share": 0.125},
        {"class": "void", "index": 255, "share": 0.125},
    ]


def test_details_state_every_stage(primary, flag):
    crf = CrfSettings(iterations=2, appearance_weight=0.5)
    last = primary.segment(np.pad(flag, ((0, 24), (0, 0), (0, 0))), crf, working_side=24)
    facts = json.loads(json.dumps(summary.details(last)))
    assert facts["photo_size"] == {"height": 48, "width": 48}
    assert facts["working_size"] == {"height": 24, "width": 24}
    assert facts["input_size"] == {"height": 48, "width": 48}
    assert facts["score_map"] == {"height": 12, "width": 12, "stride": 4}
    assert facts["milliseconds"].keys() == {"preprocess", "network", "upsample", "crf"}
    assert facts["checkpoint"]["sha256"] == "0" * 64
    assert facts["crf"]["iterations"] == 2
    assert facts["crf"]["engine"] in ("native", "lattice")
    assert facts["crf"]["appearance_weight"] == 0.5
    assert facts["device"] == "cpu"
    assert facts["versions"].keys() == {"python", "torch", "seg_models"}
    assert sum(each["share"] for each in facts["classes"]) == pytest.approx(1)


def test_details_of_an_early_stage_state_what_there_is(primary, flag):
    first = next(primary.stages(flag))
    facts = summary.details(first)
    assert facts["crf"] is None
    assert {each["class"] for each in facts["classes"]} == {"red", "green", "blue"}


def test_changed_pixels_are_counted_from_one_iteration_to_the_next(primary, flag, monkeypatch):
    from seg_models import pipeline

    def mean_field(probabilities, photo, settings, engine):
        turned = probabilities.clone()
        turned[:, :, :12] = turned.roll(1, 0)[:, :, :12]
        yield probabilities
        yield turned
        yield turned

    monkeypatch.setattr(pipeline.dense_crf, "mean_field", mean_field)
    *_, last = primary.stages(flag, CrfSettings(iterations=3))
    facts = summary.details(last)
    assert facts["crf"]["changed"] == [0.0, 0.25, 0.0]
    shares = {each["class"]: each["share"] for each in facts["classes"]}
    assert shares["red"] == pytest.approx(4 / 48)  # of 16 columns, 12 were turned green
