"""What is stored comes back, to the precision the storage promises."""

import os
import subprocess
import sys

import numpy as np
import pytest
import safetensors.torch
import torch
from safetensors.numpy import load_file

from seg_models.checkpoints import storage
from seg_models.specs import WeightsError


@pytest.fixture
def state():
    numbers = torch.Generator().manual_seed(0)
    return {
        "conv.weight": torch.randn(8, 500, 3, 3, generator=numbers)
        * torch.logspace(-4, 1, 8)[:, None, None, None],
        "conv.bias": torch.randn(8, generator=numbers) * 1e-6,
        "norm.num_batches_tracked": torch.tensor(3),
        "gain": torch.rand(5, generator=numbers),
        "gain.scale": torch.rand(5, generator=numbers),  # a network's own, and no int8 beside it
    }


def test_float16_is_off_by_at_most_half_a_step(state):
    back = storage.unpack(storage.pack(state, "float16"))
    torch.testing.assert_close(back["conv.weight"], state["conv.weight"], rtol=2**-11, atol=2**-25)
    for name in ("conv.bias", "norm.num_batches_tracked", "gain.scale"):
        assert torch.equal(back[name], state[name]) and back[name].dtype == state[name].dtype


def test_int8_is_off_by_at_most_half_a_scale_of_its_own_channel(state):
    weight = state["conv.weight"]
    packed = storage.pack(state, "int8")
    assert packed["conv.weight"].dtype == torch.int8
    back = storage.unpack(packed)
    assert back.keys() == state.keys()
    allowed = weight.flatten(1).abs().amax(1) / 127 / 2
    error = (back["conv.weight"] - weight).flatten(1).abs().amax(1)
    assert (error <= allowed * 1.001).all()
    assert torch.equal(back["gain.scale"], state["gain.scale"])


def test_a_small_tensor_stays_float16():
    small = torch.randn(8, 4, 3, 3)
    packed = storage.pack({"w": small}, "int8")
    assert torch.equal(packed["w"], small.half()) and packed.keys() == {"w"}


def test_a_channel_of_zeros_stays_zero():
    zeros = torch.zeros(2, storage.FEWEST)
    packed = storage.pack({"w": zeros}, "int8")
    assert (packed["w.scale"] > 0).all(), "0 / 0 is no number, and what int8 makes of it is chance"
    assert torch.equal(storage.unpack(packed)["w"], zeros)


@pytest.mark.parametrize("name", storage.STORAGES)
def test_the_file_is_plain_safetensors_and_always_the_same(tmp_path, state, name):
    first = storage.save(state, tmp_path / "deep" / "a.safetensors", name)
    turned = dict(reversed(state.items()))
    assert storage.save(turned, tmp_path / "b.safetensors", name) == first
    path = tmp_path / "deep" / "a.safetensors"
    assert first == (storage.sha256(path), path.stat().st_size)
    assert load_file(path)["conv.bias"].dtype == np.float32
    back = storage.load(path)
    for key, value in storage.unpack(storage.pack(state, name)).items():
        assert torch.equal(back[key], value)


def test_amending_changes_biases_alone(tmp_path, monkeypatch):
    """A small tensor that an older rule kept as int8 stays so, and no value is rounded again."""
    random = torch.Generator().manual_seed(0)
    state = {"conv.weight": torch.randn(8, 3, 3, 3, generator=random), "conv.bias": torch.ones(8)}
    path = tmp_path / "model.safetensors"
    monkeypatch.setattr(storage, "FEWEST", 1)
    storage.save(state, path, "int8")
    before = safetensors.torch.load_file(path)
    monkeypatch.undo()
    changed = {**storage.load(path), "conv.bias": torch.arange(8.0)}
    sha256, size = storage.amend(changed, path)
    after = safetensors.torch.load_file(path)
    assert after["conv.weight"].dtype == torch.int8 and after.keys() == before.keys()
    for name in ("conv.weight", "conv.weight.scale"):
        assert torch.equal(after[name], before[name])
    assert torch.equal(storage.load(path)["conv.bias"], torch.arange(8.0))
    assert (sha256, size) == (storage.sha256(path), path.stat().st_size)


def test_an_interrupted_save_leaves_the_old_file(tmp_path, state, monkeypatch):
    path = tmp_path / "model.safetensors"
    sha256, _ = storage.save(state, path, "float16")
    monkeypatch.setattr(
        "pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError("cut off"))
    )
    with pytest.raises(OSError, match="cut off"):
        storage.save({"conv.bias": torch.ones(3)}, path, "float16")
    assert storage.sha256(path) == sha256 and [each.name for each in tmp_path.iterdir()] == [
        path.name
    ]


def test_a_save_clears_up_after_the_dead_and_leaves_the_living_alone(tmp_path, state):
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    dead, living, other = (
        tmp_path / f".{name}.part"
        for name in (f"model.{gone.pid}", f"model.{os.getppid()}", f"another.{gone.pid}")
    )
    for each in (dead, living, other):
        each.write_bytes(b"half")
    storage.save(state, tmp_path / "model", "float16")
    assert set(tmp_path.iterdir()) == {tmp_path / "model", living, other}


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (torch.full((1, 1), 1e5), "float16", "65504"),
        (torch.full((1, 1), float("nan")), "int8", "not finite"),
        (torch.ones(1, 1), "int4", "known are float16, int8"),
    ],
)
def test_what_cannot_be_stored_is_refused(value, kind, words):
    with pytest.raises(ValueError, match=words):
        storage.pack({"w": value}, kind)


def test_a_network_and_its_stored_self_share_no_memory():
    weight, bias = torch.ones(2, 2), torch.ones(2)
    packed = storage.pack({"weight": weight, "bias": bias, "tied": bias}, "float16")
    bias.zero_()
    assert packed["bias"].sum() == 2 and packed["tied"].sum() == 2


def test_a_file_of_something_else_is_named(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1")
    with pytest.raises(WeightsError, match=r"model.safetensors cannot be read as safetensors"):
        storage.load(path)


class Trap:
    """What makes a folder when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_a_pickle_with_code_in_it_is_not_run(tmp_path):
    path = tmp_path / "pytorch_model.bin"
    torch.save({"w": torch.ones(2, dtype=torch.float16)}, path)
    assert storage.load_pickled(path)["w"].dtype == torch.float32
    torch.save({"w": Trap(tmp_path / "sprung")}, path)
    with pytest.raises(WeightsError, match="tensors alone"):
        storage.load_pickled(path)
    assert not (tmp_path / "sprung").exists()
