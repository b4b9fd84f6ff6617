"""bfloat16 is quicker than float32, and may not show."""

import gc
import weakref
from pathlib import Path

import pytest
import torch

from seg_models import networks, pipeline
from seg_models.networks import precision
from seg_models.networks.backbones.efficientnet_lite import EfficientNetLite2
from seg_models.networks.backbones.mobilenet_v2 import MobileNetV2

EXAMPLES = Path(__file__).parents[2] / "assets" / "examples"


def first_block(encoder, dtype):
    """Return what the encoder's first block puts out under autocast to `dtype`."""
    images = torch.randn(1, 3, 65, 65, generator=torch.Generator().manual_seed(0))
    came = []
    encoder.blocks[0].register_forward_hook(lambda *given: came.append(given[2]))
    with torch.no_grad(), torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
        encoder(images)
    return came[0]


@pytest.mark.parametrize("encoder", [EfficientNetLite2, MobileNetV2])
def test_a_trained_mobile_networks_first_block_stays_exact(encoder):
    torch.manual_seed(0)
    network = encoder().eval()
    exact, quick = (first_block(network, each) for each in (torch.float32, torch.bfloat16))
    torch.testing.assert_close(quick, exact, rtol=0, atol=0)
    assert first_block(network.train(), torch.bfloat16).dtype == torch.bfloat16


def test_bfloat16_labels_the_pixels_as_float32_does(monkeypatch):
    """A photo on which it shows: with its first block in bfloat16, too, it is 97.5 %."""
    monkeypatch.delenv("SEG_MODELS_WEIGHTS_DIR", raising=False)
    segmenter = pipeline.load("deeplab_v3-everyday", "cpu")
    labels = []
    for dtype in (torch.float32, torch.bfloat16):
        monkeypatch.setattr(pipeline, "inference_dtype", lambda _, dtype=dtype: dtype)
        labels.append(segmenter.segment(EXAMPLES / "person_astronaut.jpg").labels())
    assert (labels[0] == labels[1]).mean() > 0.985


@pytest.mark.parametrize("architecture", ["deeplab_v3", "deeplab_v3_mobilenet_v2"])
def test_scores_come_out_whatever_is_exact(architecture):
    network = networks.create(architecture, 3, width=0.25).eval()
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        assert network.score_map(torch.zeros(1, 3, 33, 33)).isfinite().all()


@pytest.mark.parametrize("architecture", networks.architectures())
def test_weights_kept_in_bfloat16_change_no_bit(architecture):
    torch.manual_seed(0)
    network = networks.create(architecture, 3, width=0.125).eval().requires_grad_(False)
    images = torch.rand(1, 3, 65, 70)
    quick = precision.prepared(network, "cpu", torch.bfloat16)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(quick.score_map(images), network.score_map(images))
    kept = [each for each in quick.parameters() if each.dtype == torch.bfloat16]
    assert sum(each.numel() for each in kept) > 0.9 * sum(
        each.numel() for each in network.parameters()
    )
    assert all(each.dtype == torch.float32 for each in network.parameters())


def test_weights_are_turned_once_and_anew_when_they_change():
    network = networks.create("unet", 3, width=0.125).eval().requires_grad_(False)
    quick = precision.prepared(network, "cpu", torch.bfloat16)
    assert precision.prepared(network, "cpu", torch.bfloat16) is quick
    next(network.parameters()).mul_(2)
    anew = precision.prepared(network, "cpu", torch.bfloat16)
    assert torch.equal(next(anew.parameters()), 2 * next(quick.parameters()))
    known = weakref.ref(anew)
    del network, quick, anew
    gc.collect()
    assert known() is None
