"""Other people's checkpoints: another file name, another format, a mirror, a sha256 unknown."""

import io
import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from loopback_client import refusal
from safetensors.torch import save

from seg_models.checkpoints import storage, weights
from seg_models.specs import HubAddress

THEIRS = {"backbone.w": torch.arange(6.0).view(2, 3)}


@pytest.fixture
def foreign(hub, checkpoint, monkeypatch):
    """A checkpoint that names a PyTorch file, and a module that translates its names."""
    pickled = io.BytesIO()
    torch.save(THEIRS, pickled)
    hub.put("them/net", "pytorch_model.bin", pickled.getvalue())
    hub.put("them/mirror", "their.safetensors", save(THEIRS))
    module = SimpleNamespace(
        published_state=lambda tensors: {name[9:]: each for name, each in tensors.items()}
    )
    monkeypatch.setitem(sys.modules, "seg_models.networks.deeplab_v1", module)
    place = HubAddress(
        "them/net",
        file="pytorch_model.bin",
        mirror=HubAddress("them/mirror", file="their.safetensors"),
    )
    return replace(checkpoint, hub=place, sha256=None, file_bytes=None)


def test_a_pytorch_file_is_translated(hub, foreign):
    assert torch.equal(weights.load_state(foreign)["w"], THEIRS["backbone.w"])
    before = hub.log()
    assert weights.locate(foreign).name == "pytorch_model.bin"
    assert hub.log() == before, "it is in the cache now"


def test_the_mirror_serves_when_the_repo_has_no_such_file(foreign):
    gone = replace(foreign, hub=replace(foreign.hub, file="moved.bin"))
    assert torch.equal(weights.load_state(gone)["w"], THEIRS["backbone.w"])
    assert weights.locate(gone).name == "their.safetensors"
    assert weights.status(gone) == "cached"


@pytest.mark.parametrize("announced", [True, False])
def test_the_sha256_that_is_known_decides(hub, foreign, announced):
    """Without one in config.json, the Hub's own word for the file must hold."""
    wanted = foreign if announced else replace(foreign, sha256="0" * 64)
    wanted = replace(wanted, hub=replace(wanted.hub, mirror=None))
    if announced:
        hub.fault("tampered", "them/net")
    assert "sha256 differs" in refusal(wanted)
    hub.fault("", "them/net")
    right = replace(wanted, sha256=storage.sha256(weights.locate(replace(wanted, sha256=None))))
    weights.locate(right)


def test_our_own_file_needs_a_sha256(checkpoint):
    assert "sha256 differs" in refusal(replace(checkpoint, sha256=None))
