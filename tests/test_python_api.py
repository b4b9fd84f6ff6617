"""What a program or a notebook does with the package, through its public names alone."""

import base64
import copy
import io
import json
from dataclasses import replace

import numpy as np
import pytest
import tiny
import torch
from PIL import Image

import seg_models
from seg_models import pipeline
from seg_models.cli import main
from seg_models.publish.endpoint_handler import EndpointHandler

TUNED = seg_models.CrfSettings(iterations=4, appearance_weight=2.0, smoothness_weight=0.5)


@pytest.fixture
def segmenter(primary):
    """`primary`, with a CRF of its own that differs from `CrfSettings()`."""
    return replace(primary, checkpoint=replace(primary.checkpoint, crf=TUNED))


def changes(segmentation):
    return [each.tolist() for each in segmentation.history]


# One meaning of `crf` at every door


def test_a_number_is_so_many_iterations_of_the_checkpoints_own_settings(segmenter, flag):
    segmentation = segmenter.segment(flag, crf=2)
    assert segmentation.crf == seg_models.CrfSettings(2, 2.0, smoothness_weight=0.5)
    assert changes(segmentation) == changes(segmenter.segment(flag, TUNED))[:2]
    assert segmenter.segment(flag, crf=np.int64(2)).crf == segmentation.crf


def test_true_is_the_checkpoints_own_settings_and_nothing_is_no_crf(segmenter, flag):
    assert segmenter.segment(flag, crf=True).crf == TUNED
    for off in (None, False, 0, seg_models.CrfSettings(iterations=0)):
        assert segmenter.segment(flag, crf=off).refined is None
    own = seg_models.CrfSettings(iterations=1, colour_reach=7.0)
    assert segmenter.segment(flag, crf=own).crf == own


@pytest.mark.parametrize("crf", [-1, 101, 5.0, "5", [5], np.ones(2), object(), {"iterations": 5}])
def test_anything_else_is_refused_before_the_photo_is_opened(segmenter, crf):
    sentence = "from 0 .off. to 100, True for the checkpoint's own, CrfSettings, or None"
    with pytest.raises(ValueError, match=sentence):
        segmenter.stages("no such photo.jpg", crf=crf)


@pytest.mark.parametrize("side", [0, -5, True])
def test_a_working_side_of_nothing_is_refused_at_once(segmenter, side):
    with pytest.raises(ValueError, match="working_side"):
        segmenter.stages("no such photo.jpg", working_side=side)


def test_python_the_shell_and_the_endpoint_give_the_same_labels(weights, noise, tmp_path):
    ours = seg_models.load("tiny-animals", "cpu").segment(noise, crf=5).labels()
    arguments = ["--model", "tiny-animals", "--crf", "5", "--out", str(tmp_path / "out")]
    assert main(["predict", str(noise), *arguments, "--device", "cpu"]) == 0
    with Image.open(tmp_path / "out" / "labels.png") as picture:
        np.testing.assert_array_equal(np.array(picture), ours)
    request = {"inputs": noise.read_bytes(), "parameters": {"crf_iterations": 5}}
    answer = EndpointHandler(str(weights / "tiny-animals"))(request)
    with Image.open(io.BytesIO(base64.b64decode(answer["mask"]))) as picture:
        np.testing.assert_array_equal(np.array(picture), ours)


# load


def test_a_name_a_folder_and_a_path_are_one_checkpoint(weights, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    places = (
        "tiny-animals",
        "weights/tiny-animals",
        "./weights/tiny-animals/",
        weights / "tiny-animals",
    )
    networks = {seg_models.load(place, "cpu").network for place in places}
    assert len(networks) == 1


def test_a_folder_of_the_zoo_may_be_without_its_weights(weights, tmp_path):
    """As its name alone: the Hub has them."""
    (weights / "tiny-animals" / "model.safetensors").unlink()
    with pytest.raises(seg_models.WeightsError, match="no repo of the Hub is known"):
        seg_models.load(str(weights / "tiny-animals"), "cpu")


def test_a_folder_elsewhere_is_opened_too(weights, tmp_path):
    tiny.pack(tmp_path / "elsewhere", "deeplab_v1-camvid")
    segmenter = seg_models.load(tmp_path / "elsewhere" / "deeplab_v1-camvid", "cpu")
    assert segmenter.checkpoint.domain == "camvid"


def test_a_fresh_network_is_the_callers_own(weights, noise):
    shared = seg_models.load("tiny-animals", "cpu")
    assert seg_models.load("tiny-animals", "cpu").network is shared.network
    before = copy.deepcopy(shared.network.state_dict())
    fresh = seg_models.load("tiny-animals", "cpu", fresh=True)
    fresh.segment(noise)  # used before it is trained, as people do
    fresh.network.train()
    optimiser = torch.optim.SGD(fresh.network.parameters(), lr=0.1)
    images = torch.rand(2, 3, 64, 64)
    scores = fresh.network.upsample(fresh.network.score_map(images), (64, 64))
    torch.nn.functional.cross_entropy(scores, torch.zeros(2, 64, 64, dtype=torch.long)).backward()
    optimiser.step()
    changed = fresh.network.state_dict()
    assert any(not torch.equal(changed[name], each) for name, each in before.items())
    for name, each in shared.network.state_dict().items():
        assert torch.equal(before[name], each), name
    assert seg_models.load("tiny-animals", "cpu", fresh=True).network is not fresh.network
    assert not any(each.requires_grad for each in shared.network.parameters())


def test_where_the_gpu_is_full_a_network_of_ones_own_goes_on_as_it_is(weights, noise, monkeypatch):
    fresh = seg_models.load("tiny-animals", "cpu", fresh=True)
    with torch.no_grad():
        for each in fresh.network.parameters():
            each.add_(torch.randn_like(each) * 0.1)
    expected = fresh.segment(noise).scores
    score, calls = pipeline._score, []

    def full_at_first(*arguments):
        calls.append(arguments)
        if len(calls) == 1:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return score(*arguments)

    monkeypatch.setattr(pipeline, "_score", full_at_first)
    np.testing.assert_allclose(fresh.segment(noise).scores, expected, rtol=1e-4, atol=1e-5)
    assert len(calls) == 2


# The result


def test_a_result_says_in_three_lines_what_it_is(segmenter, flag):
    whole = segmenter.segment(flag, crf=2)
    first, second, third = repr(whole).splitlines()
    assert first == "Segmentation of a photo of 48x24 pixels by primary-primary"
    assert set(second.split()) >= {"red", "green", "blue", "33.3"}
    assert third.startswith("  score map 12x6, 2 CRF iterations, ") and third.endswith("ms on cpu")
    assert len(repr(whole)) < 300 and len(repr(segmenter)) < 100
    early, upsampled, *_ = segmenter.stages(flag)
    assert len(repr(early).splitlines()) == 3 and "no CRF" in repr(upsampled)


def test_a_notebook_shows_the_overlay(segmenter, flag):
    whole = segmenter.segment(flag, crf=2)
    with Image.open(io.BytesIO(whole._repr_png_())) as shown:
        np.testing.assert_array_equal(np.array(shown), np.array(whole.overlay()))
    assert not np.array_equal(np.array(whole.overlay()), flag)
    np.testing.assert_array_equal(np.array(whole.overlay(opacity=0))[4, 4], flag[4, 4])
    early = next(iter(segmenter.stages(flag)))
    with Image.open(io.BytesIO(early._repr_png_())) as shown:
        assert shown.size == (48, 24)


def test_scores_are_what_the_network_said(segmenter, flag):
    scores = segmenter.segment(flag, crf=2).scores
    assert isinstance(scores, np.ndarray)
    assert scores.shape == (3, 6, 12) and scores.dtype == np.float32
    np.testing.assert_array_equal(scores.argmax(0)[:, :4], 0)


def test_results_and_what_they_hold_can_be_compared_and_kept_in_sets(weights, noise):
    segmenter = seg_models.load("tiny-animals", "cpu")
    one, other = segmenter.segment(noise), segmenter.segment(noise)
    assert one == one and one != other
    assert len({one, other}) == 2
    again = seg_models.load("tiny-animals", "cpu")
    assert segmenter.checkpoint == again.checkpoint
    assert len({segmenter.checkpoint, again.checkpoint}) == 1
    assert len({segmenter, again}) == 2


def test_whatever_holds_a_photo_is_segmented_alike(segmenter, flag, flag_labels, tmp_path):
    path = tmp_path / "flag.png"
    Image.fromarray(flag).save(path)
    padded = np.zeros((24, 96, 3), np.uint8)
    padded[:, ::2] = flag
    photos = {
        "path": path,
        "text": str(path),
        "bytes": path.read_bytes(),
        "file": io.BytesIO(path.read_bytes()),
        "PIL": Image.fromarray(flag),
        "array": flag,
        "strided array": padded[:, ::2],
        "mirrored twice": np.ascontiguousarray(flag[::-1, ::-1])[::-1, ::-1],
        "tensor": torch.from_numpy(flag.copy()).permute(2, 0, 1),
    }
    for name, photo in photos.items():
        labels = segmenter.segment(photo).labels()
        np.testing.assert_array_equal(labels, flag_labels, err_msg=name)


@pytest.mark.parametrize("photo", [None, 5, object(), [1, 2], {"photo": 1}])
def test_what_holds_no_photo_is_one_sentence(segmenter, photo):
    with pytest.raises(ValueError) as told:
        segmenter.segment(photo)
    assert "\n" not in str(told.value) and type(photo).__name__ in str(told.value)


def test_the_public_names_are_there_and_documented():
    for name in seg_models.__all__:
        assert name in dir(seg_models)
        if name != "__version__":
            assert getattr(seg_models, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = seg_models.nothing


def test_a_checkpoints_facts_are_plain_values(weights):
    checkpoint = seg_models.load("tiny-animals", "cpu").checkpoint
    assert json.dumps(dict(checkpoint.results)) and len(repr(checkpoint)) < 2000
