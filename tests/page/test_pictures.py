"""What the browser is given to look closely: exact labels, levels and probabilities."""

import base64
import zlib

import numpy as np
import pytest

from page.segment import film, pictures
from seg_models import labels
from seg_models.visualize import draw


def unpacked(packed):
    content = zlib.decompress(base64.b64decode(packed["content"]))
    return np.frombuffer(content, np.uint8).reshape(packed["height"], packed["width"])


def test_labels_come_through_exactly():
    values = np.random.default_rng(0).integers(0, 256, (7, 11), np.uint8)
    np.testing.assert_array_equal(unpacked(pictures.packed(values)), values)
    np.testing.assert_array_equal(unpacked(pictures.packed(values[:, ::-1])), values[:, ::-1])


def test_a_view_of_values_has_every_stage_and_iteration(result):
    whole = result.segmentation
    for view, expected in (
        ("confidence", draw.confidence(whole.refined)),
        ("entropy", draw.entropy(whole.refined)),
        ("class-3", whole.refined[3]),
    ):
        found = [unpacked(each) for each in pictures.levels(result, view)]
        assert len(found) == 5  # two stages and three iterations
        assert found[0].shape == tuple(whole.score_map.shape[1:])
        np.testing.assert_allclose(found[-1], 255 * expected.numpy(), atol=0.51)
        assert not np.array_equal(found[2], found[4])


@pytest.mark.parametrize("view", ["", "classes", "class-", "class-7", "class--1", "class-x", "x"])
def test_a_view_that_there_is_not_is_refused(result, view):
    with pytest.raises(ValueError, match="no view called"):
        pictures.levels(result, view)


def test_a_probe_lists_the_likeliest_before_and_after(result):
    found = pictures.probe(result, 10, 50, 3)
    whole = result.segmentation
    for listed, probabilities in (
        (found["upsampled"], whole.probabilities), (found["refined"], whole.refined),
    ):  # fmt: skip
        order = probabilities[:, 50, 10].argsort(descending=True)[:5]
        assert [index for index, _ in listed] == order.tolist()
        assert listed[0][1] == pytest.approx(float(probabilities[order[0], 50, 10]))
    assert pictures.probe(result, 10, 50, 0)["refined"] is None
    beyond = pictures.probe(result, 9999, -3, 3)
    assert (beyond["x"], beyond["y"]) == (95, 0)


def test_cells_are_as_the_engine_draws_them(result):
    whole = result.segmentation
    indices = whole.score_map.argmax(0).numpy()
    colours = np.array(labels.ANIMALS.colours, np.uint8)
    picture = draw.score_map_picture(whole.score_map, (64, 96), labels.ANIMALS)
    np.testing.assert_array_equal(colours[pictures.cells(indices, (64, 96))], picture)


def test_the_film_begins_with_the_photo_and_ends_with_the_refined_mask(result):
    import io

    from PIL import Image

    whole = result.segmentation
    shown = film.pictures(whole, safe=False)
    np.testing.assert_array_equal(shown[0], whole.photo)
    expected = draw.overlay(whole.photo, whole.history[-1].numpy(), labels.ANIMALS)
    np.testing.assert_array_equal(shown[-1], expected)
    with Image.open(io.BytesIO(film.gif(whole, safe=True))) as picture:
        assert picture.format == "GIF" and picture.n_frames == len(shown) == 6
        assert picture.size == (96, 64)
