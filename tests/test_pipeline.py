"""A photo's whole way, with a network whose answer is known beforehand."""

import weakref
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from seg_models import pipeline
from seg_models.specs import CrfSettings

CRF = CrfSettings(iterations=3, appearance_weight=1.0, smoothness_weight=0.5)


def test_every_pixel_gets_the_class_of_its_colour(primary, flag, flag_labels):
    segmentation = primary.segment(flag)
    assert segmentation.input_size == (24, 48)
    assert segmentation.score_map.shape == (3, 6, 12)
    np.testing.assert_array_equal(segmentation.labels(), flag_labels)


@pytest.mark.parametrize("stretch", [2, 5])
def test_labels_lie_in_place_at_the_photos_own_size(primary, flag, flag_labels, stretch):
    """The network sees 48 pixels, the CRF 96, and the labels come back at up to 240."""
    photo = flag.repeat(stretch, 0).repeat(stretch, 1)
    segmentation = primary.segment(photo, working_side=96)
    labels = segmentation.labels()
    expected = flag_labels.repeat(stretch, 0).repeat(stretch, 1)
    assert labels.shape == photo.shape[:2]
    assert segmentation.photo.shape == (48, 96, 3)
    away = np.ones(labels.shape, bool)  # from where three colours meet and a few pixels may differ
    away[8 * stretch : 16 * stretch, 12 * stretch : 20 * stretch] = False
    np.testing.assert_array_equal(labels[away], expected[away])


def test_a_file_on_its_side_is_segmented_upright(primary, flag, flag_labels, tmp_path):
    exif = Image.Exif()
    exif[274] = 6  # to be turned clockwise by whoever shows it
    path = tmp_path / "lying.png"
    Image.fromarray(np.ascontiguousarray(np.rot90(flag))).save(path, exif=exif)
    segmentation = primary.segment(path)
    assert segmentation.photo_size == (24, 48)
    np.testing.assert_array_equal(segmentation.labels(), flag_labels)


def test_stages_come_one_by_one_and_keep_what_was(primary, flag):
    first, second, *refined = primary.stages(flag, CRF)
    assert first.probabilities is None
    assert first.milliseconds.keys() == {"preprocess", "network"}
    assert second.score_map is first.score_map
    assert second.refined is None
    assert second.milliseconds.keys() == {"preprocess", "network", "upsample"}
    assert [len(each.history) for each in refined] == [1, 2, 3]
    last = refined[-1]
    assert last.probabilities is second.probabilities
    assert last.crf == CRF
    assert last.milliseconds.keys() == {"preprocess", "network", "upsample", "crf"}
    assert all(each.dtype == torch.uint8 for each in last.history)
    torch.testing.assert_close(last.refined.argmax(0).to(torch.uint8), last.history[-1])


def test_only_the_latest_probabilities_are_kept(primary, flag):
    """Ten iterations of a large photo must not need ten times its memory."""
    stages = primary.stages(flag, CRF)
    earlier = None
    for segmentation in stages:
        assert earlier is None or earlier() is None
        if segmentation.refined is not None:
            earlier = weakref.ref(segmentation.refined)
        del segmentation


@pytest.mark.parametrize("crf", [None, replace(CRF, iterations=0)])
def test_without_a_crf_the_upsampled_probabilities_are_final(primary, flag, crf):
    segmentation = primary.segment(flag, crf)
    assert segmentation.refined is None
    assert segmentation.crf is None
    assert segmentation.final is segmentation.probabilities


def test_the_crf_runs_again_without_the_network(primary, flag):
    whole = primary.segment(flag, CRF)
    again = list(pipeline.refine(whole, replace(CRF, iterations=2)))
    assert [len(each.history) for each in again] == [1, 2]
    torch.testing.assert_close(again[-1].history[-1], whole.history[1])


def test_the_crf_is_given_the_photo_and_the_probabilities(primary, flag, monkeypatch):
    given = {}

    def mean_field(probabilities, photo, settings, engine):
        given.update(probabilities=probabilities, photo=photo, settings=settings)
        yield probabilities.flip(0)

    monkeypatch.setattr(pipeline.dense_crf, "mean_field", mean_field)
    *_, segmentation = primary.stages(flag, CRF)
    np.testing.assert_array_equal(given["photo"], flag)
    assert given["settings"] == CRF
    torch.testing.assert_close(segmentation.refined, segmentation.probabilities.flip(0))
    np.testing.assert_array_equal(segmentation.labels()[:, :16], 2)


def test_segment_gives_the_last_of_the_stages(primary, flag):
    *_, last = primary.stages(flag, CRF)
    whole = primary.segment(flag, CRF)
    assert torch.equal(whole.refined, last.refined)
    assert len(whole.history) == CRF.iterations
    assert all(map(torch.equal, whole.history, last.history))
    assert whole.crf_engine == last.crf_engine and whole.crf == CRF
    assert whole.milliseconds.keys() == last.milliseconds.keys()
    assert primary.segment(flag).crf_engine is None


def test_a_score_map_alone_has_no_labels(primary, flag):
    with pytest.raises(ValueError, match="enlarge"):
        next(primary.stages(flag)).labels()


def test_a_working_side_of_nothing_is_refused(primary, flag):
    with pytest.raises(ValueError, match="working_side is 0"):
        primary.segment(flag, working_side=0)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (17, 3)])
def test_the_smallest_and_the_thinnest_photos_are_segmented(primary, shape):
    photo = np.zeros((*shape, 3), np.uint8)
    photo[..., 1] = 255
    labels = primary.segment(photo, working_side=100).labels()
    np.testing.assert_array_equal(labels, np.ones(shape))
