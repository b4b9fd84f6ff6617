"""A loopback Hub, a fresh cache, and small checkpoints whose weights only that Hub has."""

from dataclasses import replace

import pytest
import torch
from loopback_client import FAULTY, running

from seg_models import labels
from seg_models.checkpoints import storage
from seg_models.hub import download
from seg_models.specs import Checkpoint, CrfSettings, Preprocessing


@pytest.fixture(scope="session")
def loopback():
    with running() as hub:
        yield hub


@pytest.fixture
def hub(loopback, tmp_path, monkeypatch):
    """The loopback Hub as the one in use, an empty cache, and nothing remembered."""
    from huggingface_hub import close_session, constants

    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "SEG_MODELS_NAMESPACE", "HF_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.lower(), raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("HF_ENDPOINT", loopback.url)
    template = f"{loopback.url}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr(constants, "ENDPOINT", loopback.url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    # This Hub is slow only where the machine is busy: what it does answer, it may take long over.
    monkeypatch.setattr(download, "ANSWER_SECONDS", 30)
    monkeypatch.setattr(download, "PROBE_SECONDS", 60)
    close_session()  # the next one reads the proxy variables anew
    download.forget_failures()
    yield loopback
    loopback.fault("")
    download.forget_failures()
    close_session()


@pytest.fixture
def state():
    """A state of a few hundred kilobytes."""
    numbers = torch.Generator().manual_seed(0)
    return {
        "conv.weight": torch.randn(64, 256, 3, 3, generator=numbers),
        "conv.bias": torch.ones(64),
    }


@pytest.fixture
def checkpoint(hub, state, tmp_path, monkeypatch) -> Checkpoint:
    """A checkpoint whose weights lie in `tests/faulty`, in the account that is set."""
    path = tmp_path / "made" / "model.safetensors"
    sha256, size = storage.save(state, path, "float16")
    hub.put(FAULTY, "model.safetensors", path.read_bytes())
    monkeypatch.setenv("SEG_MODELS_NAMESPACE", "tests")
    return replace(_facts("faulty"), sha256=sha256, file_bytes=size)


def _facts(name: str) -> Checkpoint:
    return Checkpoint(
        name=name,
        architecture="deeplab_v1",
        domain="camvid",
        options={},
        labels=labels.CAMVID,
        preprocessing=Preprocessing(64),
        crf=CrfSettings(),
        parameters=1,
        file_bytes=0,
        sha256=None,
        storage="float16",
    )
