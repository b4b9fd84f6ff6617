"""A result against the truth, a visitor's or an example's, without a server."""

import time
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from page.segment import photos
from page.server.turns import Work
from page.tabs import check, masks
from seg_models import labels, pipeline, preprocess
from seg_models.checkpoints import registry
from seg_models.evaluation import labelled_photos, metrics
from seg_models.specs import VOID, CrfSettings

pytestmark = pytest.mark.usefixtures("own_zoo")


def scores(*mious):
    return [metrics.Scores(each, each, (each, each)) for each in mious]


@pytest.mark.parametrize(
    ("mious", "words"),
    [
        (
            (0.5, 0.6, 0.7),
            "helps here: mIoU 50.0 % before it, 70.0 % after; best after iteration 2",
        ),
        (
            (0.7, 0.8, 0.6),
            "hurts here: mIoU 70.0 % before it, 60.0 % after; best after iteration 1",
        ),
        ((0.7, 0.6), "hurts here: mIoU 70.0 % before it, 60.0 % after; no iteration improves"),
        ((0.7, 0.7001), "no difference"),
        ((0.7,), "Without a CRF: mIoU 70.0 %"),
    ],
)
def test_the_verdict_is_plain(mious, words):
    assert words in check.verdict(scores(*mious), "en")


def test_green_is_what_the_crf_put_right_and_red_what_it_spoilt():
    photo = np.full((1, 5, 3), 200, np.uint8)
    true = np.array([[1, 1, 1, VOID, 0]])
    before, after = np.array([[0, 1, 1, 0, 1]]), np.array([[1, 0, 1, 1, 2]])
    drawn = check.difference(photo, true, before, after)
    dim = [int(200 * check.DIM)] * 3
    assert drawn[0].tolist() == [list(check.RIGHT), list(check.SPOILT), dim, dim, dim]


def test_the_report_has_every_iterations_iou(result, tmp_path):
    segmentation = result.at(3)
    Image.fromarray(segmentation.history[2].numpy()).save(tmp_path / "mask.png")
    known = check.read(tmp_path / "mask.png", segmentation, None)
    text = check.report(segmentation, known, "en")
    assert "helps here" in text and "▲ 100.0" in text
    first = metrics.confusion(segmentation.probabilities.argmax(0).numpy(), known, 7)
    assert f"<td>{100 * metrics.scores(first).miou:.1f}</td>" in text


def test_a_crf_that_hurts_is_called_so_and_shown_in_red(result):
    segmentation = result.at(3)
    before = segmentation.probabilities.argmax(0).numpy()
    after = segmentation.history[2].numpy()
    text = check.report(segmentation, before, "en")
    assert "The CRF hurts here: mIoU 100.0 % before it" in text
    assert "no iteration improves" in text and '<td class="worse">▼' in text
    drawn = check.difference(segmentation.photo, before, before, after)
    red = (drawn == check.SPOILT).all(-1)
    np.testing.assert_array_equal(red, before != after)


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (Image.new("L", (95, 64)), "95×64 pixels, the photo 96×64"),
        (Image.new("RGB", (96, 64)), "indexed or grey"),
        (Image.new("L", (96, 64), 9), "classes need 0 to 6"),
        (Image.new("L", (96, 64), VOID), "nothing to score"),
        (None, "not a picture"),
    ],
)
def test_a_mask_that_does_not_fit_is_refused_with_a_reason(result, tmp_path, picture, reason):
    path = tmp_path / "mask.png"
    if picture is None:
        path.write_text("no picture")
    else:
        picture.save(path)
    segmentation = result.at(3)
    with pytest.raises(ValueError, match=reason):
        check.report(segmentation, check.read(path, segmentation, None), "en")


def test_a_large_photos_mask_is_read_at_working_size(zoo_folder, tmp_path):
    photo = np.zeros((40, 2000, 3), np.uint8)
    whole = pipeline.load("deeplab_v1-animals").segment(photo, CrfSettings(iterations=1))
    assert whole.photo.shape == preprocess.cap(photo).shape
    Image.new("L", (2000, 40), 1).save(tmp_path / "mask.png")
    assert check.read(tmp_path / "mask.png", whole, None).shape == whole.photo.shape[:2]


def test_a_network_that_knows_more_is_scored_on_the_classes_of_the_truth(result, tmp_path):
    Image.fromarray(np.full((64, 96), 6, np.uint8)).save(tmp_path / "mask.png")  # sheep
    example = photos.Example("sheep", tmp_path / "photo.jpg", "Sheep", "animals", "a sheep")
    segmentation = result.at(3)
    wide = replace(segmentation.checkpoint, domain="everyday", labels=labels.DOMAINS["everyday"])
    known = check.read(tmp_path / "mask.png", replace(segmentation, checkpoint=wide), example)
    assert (known == labels.EVERYDAY.classes.index("sheep")).all()
    streets = replace(wide, domain="camvid", labels=labels.DOMAINS["camvid"])
    with pytest.raises(ValueError, match="choose a network that knows both"):
        check.read(tmp_path / "mask.png", replace(segmentation, checkpoint=streets), example)


with_truth = [each for each in photos.examples() if each.truth]


@pytest.mark.parametrize("example", with_truth, ids=lambda each: each.title)
def test_an_examples_truth_is_of_its_photo_and_its_domain(example):
    true = labelled_photos.read_ground_truth(example.truth)
    assert true.shape == preprocess.open_photo(example.path).shape[:2]
    classes = len(labels.DOMAINS[example.domain].classes)
    known = true[true != VOID]
    assert known.max() < classes and len(np.unique(known)) > 1
    assert 0 < (true == VOID).mean() < 0.15  # along the outlines, and what nobody can tell


def test_one_example_has_a_crf_that_hurts(monkeypatch):
    """The README sends its reader there: the CRF costs U-Net posts on the parked cars."""
    monkeypatch.delenv("SEG_MODELS_WEIGHTS_DIR")
    (cars,) = (each for each in with_truth if each.title.startswith("Parked cars"))
    segmenter = pipeline.load("unet-camvid")
    settings = replace(segmenter.checkpoint.crf, iterations=5)
    segmentation = segmenter.segment(cars.path, settings)
    text = check.report(segmentation, check.read(cars.truth, segmentation, cars), "en")
    assert "The CRF hurts here" in text
    pole = text[text.index('<th scope="row">pole') :]
    assert "▼" in pole[: pole.index("</tr>")]


def test_an_examples_truth_is_refused_by_a_network_of_another_domain(result):
    (example, *_) = (each for each in with_truth if each.domain == "animals")
    street = replace(result.at(3), checkpoint=registry.find("deeplab_v1-camvid"))
    with pytest.raises(ValueError, match="names animals, the network knows streets"):
        check.read(example.truth, street, example)


def answered(result, **asked):
    (message,) = check.answer({"run": result.run, **asked}, Work("me"), "en")
    return message["html"]


def test_a_mask_that_is_handed_in_is_held_against_the_result(result, tmp_path):
    mask = tmp_path / "mask.png"
    Image.fromarray(result.segmentation.history[2].numpy()).save(mask)
    key = masks.receive(mask, "mask.png")
    assert "The CRF helps here" in answered(result, truth=key)
    masks.sweep(time.time() + masks.SECONDS_KEPT + 60)
    with pytest.raises(ValueError, match="no true mask"):
        answered(result, truth=key)


def test_without_a_mask_there_is_nothing_to_check(result):
    with pytest.raises(ValueError, match="no true mask"):
        answered(result)


@pytest.mark.parametrize("content", [b"Dear reader", b""])
def test_what_is_no_mask_is_refused_at_once(tmp_path, content):
    (tmp_path / "letter.png").write_bytes(content)
    with pytest.raises(ValueError, match="is not a picture; give an indexed PNG"):
        masks.receive(tmp_path / "letter.png", "letter.png")
