"""The figures, against counts made by hand."""

import numpy as np
import pytest
import torch
from PIL import Image

from seg_models.crf import Refined
from seg_models.evaluation import evaluate, labelled_photos, metrics
from seg_models.specs import CrfSettings

TRUTH = np.uint8([[0, 0, 1, 1], [1, 2, 255, 255]])
LABELS = np.uint8([[0, 1, 1, 1], [1, 0, 0, 2]])


def test_confusion_by_hand():
    """Rows are the truth; the two void pixels count nowhere."""
    counts = metrics.confusion(LABELS, TRUTH, 4)
    assert counts.dtype == np.int64
    assert counts.tolist() == [[1, 1, 0, 0], [0, 3, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]


def test_scores_by_hand():
    """Class 3 occurs nowhere and is left out; class 2, never predicted, counts as 0."""
    figures = metrics.scores(metrics.confusion(LABELS, TRUTH, 4))
    assert figures.iou == (1 / 3, 3 / 4, 0.0, None)
    assert figures.miou == pytest.approx((1 / 3 + 3 / 4) / 3)
    assert figures.pixel_accuracy == pytest.approx(4 / 6)


def test_a_class_that_is_only_predicted_counts_as_zero():
    figures = metrics.scores(metrics.confusion(np.uint8([0, 1]), np.uint8([0, 0]), 2))
    assert figures.iou == (0.5, 0.0)
    assert figures.miou == 0.25


def test_all_void_cannot_be_scored():
    nothing = metrics.confusion(np.uint8([0]), np.uint8([255]), 2)
    assert not nothing.any()
    with pytest.raises(ValueError, match="nothing to score"):
        metrics.scores(nothing)


@pytest.mark.parametrize(
    "labels, truth, complaint",
    [
        ([0, 1], [0], r"labels are \(2,\) but the ground truth is \(1,\)"),
        ([2], [0], "labels hold 2 to 2, but 2 classes"),
        ([0], [7], "ground truth hold 7 to 7, but 2 classes"),
    ],
)
def test_what_does_not_fit_is_refused(labels, truth, complaint):
    with pytest.raises(ValueError, match=complaint):
        metrics.confusion(np.uint8(labels), np.uint8(truth), 2)


@pytest.fixture
def data(tmp_path, flag, flag_labels):
    """Two flags: of one the truth is as it looks, of the other red is called blue, green void."""
    for name in ("images", "labels"):
        (tmp_path / name).mkdir()
    wrong = np.uint8([2, 255, 2])[flag_labels]
    for name, truth in (("a", flag_labels), ("b", wrong)):
        Image.fromarray(flag).save(tmp_path / "images" / f"{name}.png")
        Image.fromarray(truth).save(tmp_path / "labels" / f"{name}.png")
    return tmp_path


def test_pixels_are_summed_over_the_data_set_before_they_are_divided(primary, data):
    """Of 24 x 48 pixels a third is red, a third green, a third blue.

    Red: 1 part hit, 2 predicted, 1 true; green: 1 of 1; blue: 2 hit, 2 predicted, 3 true. The
    mean of the two photos' own figures would be another.
    """
    result = evaluate.evaluate(primary, labelled_photos.pairs(data))
    assert result.images == 2
    assert result.scores.iou == pytest.approx((1 / 2, 1, 2 / 3))
    assert result.scores.pixel_accuracy == pytest.approx(4 / 5)
    assert result.without_crf == result.scores
    assert result.seconds_per_image > 0


def test_with_a_crf_both_figures_are_given(primary, data, monkeypatch):
    from seg_models import pipeline

    def turned(probabilities, photo, settings):
        return Refined(probabilities.roll(1, 0), torch.zeros(1, *photo.shape[:2]), "lattice")

    monkeypatch.setattr(pipeline.dense_crf, "refine", turned)
    found = labelled_photos.pairs(data)[:1]
    result = evaluate.evaluate(primary, found, CrfSettings(iterations=1))
    assert result.without_crf.miou == 1
    assert result.scores.miou == 0


def test_a_truth_of_another_size_is_refused_by_name(primary, data):
    Image.new("L", (5, 5)).save(data / "labels" / "a.png")
    with pytest.raises(ValueError, match=r"a\.png does not fit a\.png: labels are"):
        evaluate.evaluate(primary, labelled_photos.pairs(data))


def test_labels_are_read_as_indices(tmp_path, flag_labels):
    picture = Image.fromarray(flag_labels)
    picture.save(tmp_path / "grey.png")
    picture.putpalette([9, 9, 9, 200, 0, 0, 0, 0, 7])
    picture.save(tmp_path / "indexed.png")
    for name in ("grey.png", "indexed.png"):
        np.testing.assert_array_equal(
            labelled_photos.read_ground_truth(tmp_path / name), flag_labels
        )
    picture.convert("RGB").save(tmp_path / "colours.png")
    with pytest.raises(ValueError, match=r"colours\.png is a RGB picture"):
        labelled_photos.read_ground_truth(tmp_path / "colours.png")


def test_folders_that_do_not_fit_are_refused(data, tmp_path):
    with pytest.raises(ValueError, match="needs images/ and labels/"):
        labelled_photos.pairs(tmp_path / "elsewhere")
    (data / "labels" / "b.png").unlink()
    with pytest.raises(ValueError, match=r"images/b\.png has no labels/b\.png$"):
        labelled_photos.pairs(data)


def test_a_limit_spreads_over_all_photos():
    assert labelled_photos.spread(list(range(10)), 4) == [0, 2, 5, 7]
    assert labelled_photos.spread([1, 2], 9) == labelled_photos.spread([1, 2], None) == [1, 2]
    with pytest.raises(ValueError, match="at least 1"):
        labelled_photos.spread([1, 2], 0)
