"""The public checkpoint on the Hub, in its own file and names, segments here as it does there."""

import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from loopback_client import refusal
from PIL import Image
from reference_impl import randomised
from safetensors.torch import save
from transformers.models.mobilenet_v2 import MobileNetV2Config, MobileNetV2ForSemanticSegmentation
from transformers.models.mobilenet_v2.image_processing_pil_mobilenet_v2 import (
    MobileNetV2ImageProcessorPil,
)

from seg_models import cli, pipeline
from seg_models.checkpoints import registry, storage, weights

NAME = "deeplab_v3-voc"
OURS = Path(registry.__file__).parents[2] / "weights" / NAME
SAVED = {"format": "pt"}


@pytest.fixture(scope="module")
def theirs():
    """Their network at the configuration of the public checkpoint, its weights random."""
    config = MobileNetV2Config(num_labels=21, image_size=513, output_stride=16)
    return randomised(MobileNetV2ForSemanticSegmentation(config))


@pytest.fixture
def public(hub, theirs, tmp_path, monkeypatch):
    """The project's own description of it, and a Hub with both files; the mirror's is pinned."""
    folder = tmp_path / "weights" / NAME
    shutil.copytree(OURS, folder)
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(folder.parent))
    pickled = io.BytesIO()
    torch.save(theirs.state_dict(), pickled)
    place = registry.find(NAME).hub
    hub.put(place.repo, place.file, pickled.getvalue())
    content = save(theirs.state_dict(), SAVED)
    path = tmp_path / "mirror"
    path.write_bytes(content)
    commit = hub.put(place.mirror.repo, place.mirror.file, content)
    facts = registry.describe(registry.find(NAME))
    facts["hub"]["mirror"] |= {"commit": commit, "sha256": storage.sha256(path)}
    (folder / "config.json").write_text(json.dumps(facts))
    yield registry.find(NAME)
    for each in (place.repo, place.mirror.repo):
        hub.fault("", each)


@pytest.fixture(autouse=True)
def full_precision(monkeypatch):
    """As transformers computes: some machines would do with bfloat16."""
    monkeypatch.setattr(pipeline, "inference_dtype", lambda device: torch.float32)


@pytest.fixture
def photo():
    """A photo of the size the network works at, so that neither side resizes it."""
    return np.random.default_rng(0).integers(0, 256, (120, 513, 3), np.uint8)


def assert_alike(segmentation, theirs, photo):
    processor = MobileNetV2ImageProcessorPil(
        do_resize=False, do_center_crop=False, image_mean=[0.5] * 3, image_std=[0.5] * 3
    )
    pixels = processor(Image.fromarray(photo), return_tensors="pt").pixel_values
    with torch.no_grad():
        expected = theirs(pixels).logits[0]
    assert expected.shape == (21, 8, 33) and expected.std() > 0.1
    torch.testing.assert_close(segmentation.score_map, expected, rtol=0, atol=1e-4)


def test_their_file_is_fetched_and_scores_alike(public, theirs, photo):
    segmentation = pipeline.load(NAME, "cpu").segment(photo)
    assert_alike(segmentation, theirs, photo)
    assert weights.locate(public).name == "pytorch_model.bin"
    assert weights.sha256(public) == storage.sha256(weights.locate(public))
    assert weights.status(public) == "cached"


@pytest.mark.parametrize("fault", ["gated", "tampered", "truncated"])
def test_the_mirrors_safetensors_serve_where_their_file_does_not(
    hub, public, theirs, photo, fault, monkeypatch
):
    monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda _: None)
    hub.fault(fault, public.hub.repo)
    segmentation = pipeline.load(NAME, "cpu").segment(photo)
    assert_alike(segmentation, theirs, photo)
    assert weights.locate(public).name == "model.safetensors"


def test_a_mirror_that_is_not_the_pinned_file_is_refused(hub, public):
    """Even where it is just what its Hub announces."""
    hub.fault("gated", public.hub.repo)
    changed = replace(public.hub.mirror, sha256="0" * 64)
    assert "is gated" in refusal(replace(public, hub=replace(public.hub, mirror=changed)))
    assert weights.status(public) == "on the Hub"
    weights.locate(public)


def test_offline_it_is_listed_with_the_reason_and_says_so_when_picked(
    public, tmp_path, monkeypatch, capsys
):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert cli.main(["list"]) == 0
    assert f"{NAME} " in capsys.readouterr().out
    assert weights.obstacle(public) == "HF_HUB_OFFLINE is set; unset it to fetch"
    Image.new("RGB", (20, 10)).save(tmp_path / "photo.png")
    assert cli.main(["predict", str(tmp_path / "photo.png"), "--model", NAME]) == 2
    assert f"the weights of {NAME} cannot be had: HF_HUB_OFFLINE" in capsys.readouterr().err


def test_the_projects_own_description_is_of_that_checkpoint():
    """Facts that the loopback Hub cannot check: repo and file names, classes, preprocessing."""
    facts = registry.read(OURS)
    assert (facts.hub.repo, facts.hub.file) == (
        "google/deeplabv3_mobilenet_v2_1.0_513", "pytorch_model.bin",
    )  # fmt: skip
    assert facts.hub.mirror.file == "model.safetensors" and len(facts.hub.mirror.sha256) == 64
    assert (
        facts.preprocessing.long_side == 513
        and facts.preprocessing.mean == facts.preprocessing.std == (0.5,) * 3
    )
    assert facts.parameters == 2_113_557 and len(facts.labels.classes) == 21
