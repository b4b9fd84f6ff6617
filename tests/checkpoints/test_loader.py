"""Loading checkpoints: strictly, once, and in the number format the hardware is fast in."""

from dataclasses import replace

import numpy as np
import pytest
import tiny
import torch

import seg_models
from seg_models import networks, pipeline
from seg_models.checkpoints import loader, registry, storage
from seg_models.device import choose_device
from seg_models.specs import WeightsError


def test_a_checkpoint_is_loaded_with_its_own_weights(weights):
    segmenter = seg_models.load("tiny-animals", "cpu")
    state = storage.load(weights / "tiny-animals" / "model.safetensors")
    assert state.keys() == segmenter.network.state_dict().keys()
    for name, tensor in segmenter.network.state_dict().items():
        torch.testing.assert_close(tensor, state[name])
    assert not segmenter.network.training
    assert not any(each.requires_grad for each in segmenter.network.parameters())
    assert segmenter.checkpoint == registry.find("tiny-animals")


def test_a_network_is_loaded_once_and_anew_when_its_weights_change(weights):
    first = seg_models.load("tiny-animals", "cpu").network
    assert seg_models.load("tiny-animals", "cpu").network is first
    tiny.pack(weights, "tiny-animals", seed=1)
    assert seg_models.load("tiny-animals", "cpu").network is not first


def test_the_record_that_is_given_is_the_one_that_is_loaded(weights):
    """Not what config.json says: a caller may want the same weights at another stride."""
    options = {"width": 0.05, "output_stride": 16}
    written = tiny.pack(weights, "tiny-voc", "deeplab_v3", options=options)
    finer = replace(written, options={**options, "output_stride": 8})
    strides = [seg_models.load(each, "cpu").network.output_stride for each in (written, finer)]
    assert strides == [16, 8]
    (written.folder / "config.json").unlink()
    loader.forget()
    assert seg_models.load(finer, "cpu").network.output_stride == 8


@pytest.mark.parametrize(
    "ours, theirs", [('"width": 0.05', '"width": 0.1'), ('"deeplab_v1"', '"deeplab_v1_msc"')]
)
def test_weights_of_another_network_are_refused(weights, ours, theirs):
    """Of other sizes, or with layers missing."""
    path = tiny.pack(weights, "other-camvid").folder / "config.json"
    path.write_text(path.read_text(encoding="utf-8").replace(ours, theirs), encoding="utf-8")
    with pytest.raises(WeightsError, match=r"other-camvid do not fit the network"):
        seg_models.load("other-camvid", "cpu")


def test_damaged_weights_are_refused(weights):
    path = tiny.pack(weights, "damaged-camvid").folder / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(WeightsError, match="sha256"):
        seg_models.load("damaged-camvid", "cpu")


def test_devices_are_checked(weights, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("auto") == choose_device("cpu") == "cpu"
    with pytest.raises(ValueError, match="finds no CUDA GPU"):
        seg_models.load("tiny-animals", "cuda")
    with pytest.raises(ValueError, match="known are auto, cpu, cuda"):
        seg_models.load("tiny-animals", "tpu")


@pytest.mark.parametrize("architecture", networks.architectures())
def test_every_network_computes_in_bfloat16_as_in_float32(architecture, monkeypatch):
    """Some layers, such as unpooling, once knew no bfloat16 on the CPU."""
    torch.manual_seed(0)
    network = networks.create(architecture, 3, width=0.05).eval()
    segmenter = pipeline.Segmenter(tiny.primary_checkpoint(64), network, "cpu")
    photo = np.random.default_rng(0).integers(0, 255, (48, 64, 3), np.uint8)
    maps = []
    for dtype in (torch.float32, torch.bfloat16):
        monkeypatch.setattr(pipeline, "inference_dtype", lambda device, dtype=dtype: dtype)
        maps.append(pipeline.score(segmenter, photo).score_map)
    exact, fast = maps
    assert fast.dtype == torch.float32
    assert (fast - exact).abs().max() <= 0.05 * exact.abs().max()
