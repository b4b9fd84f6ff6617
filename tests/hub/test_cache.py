"""Without a network the cache serves; a cache that fails is one sentence that says why."""

import os
import resource
from contextlib import contextmanager
from dataclasses import replace

import pytest
import tiny
from loopback_client import gets, refusal

from seg_models.checkpoints import registry, storage, weights
from seg_models.specs import HubAddress, WeightsError


def test_offline_the_cache_serves_and_the_rest_is_refused(hub, checkpoint, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    before = hub.log()
    assert "HF_HUB_OFFLINE" in refusal(checkpoint)
    assert weights.obstacle(checkpoint) == "HF_HUB_OFFLINE is set; unset it to fetch"
    assert hub.log() == before
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    weights.locate(checkpoint)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    weights.locate(checkpoint)


def test_a_damaged_cache_is_mended(checkpoint):
    path = weights.locate(checkpoint)
    content = path.read_bytes()
    path.resolve().write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert storage.sha256(weights.locate(checkpoint)) == checkpoint.sha256


def plain(path):
    """Put the file itself in place of the cache's link, as where the system has no links."""
    content = path.read_bytes()
    blob = path.resolve()
    path.unlink()
    path.write_bytes(content)
    blob.unlink()
    return path


def test_a_cache_without_links_serves_offline(checkpoint, hub, monkeypatch):
    """Other programs share a file of other people's: it is never deleted for its name."""
    from huggingface_hub import constants

    commit = hub.put("others/net", "pytorch_model.bin", b"tensors")
    theirs = replace(
        checkpoint, sha256=None, file_bytes=None,
        hub=HubAddress("others/net", commit, "pytorch_model.bin"),
    )  # fmt: skip
    for each in (checkpoint, theirs):
        path = plain(weights.locate(each))
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
        before = path.read_bytes()
        assert weights.locate(each) == path and not path.is_symlink()
        assert path.read_bytes() == before
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)


def test_a_stated_sha256_is_insisted_on_without_links_too(checkpoint):
    path = plain(weights.locate(checkpoint))
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert storage.sha256(weights.locate(checkpoint)) == checkpoint.sha256


def test_a_pointer_of_git_lfs_is_named_as_such(weights_folder_of_pointers):
    checkpoint = registry.find("tiny-animals")
    with pytest.raises(
        WeightsError, match=r"tiny-animals/model\.safetensors is a pointer of Git LFS"
    ):
        weights.locate(checkpoint)


@pytest.fixture
def weights_folder_of_pointers(tmp_path, monkeypatch):
    """A zoo as `git clone` leaves it where Git LFS is not installed."""
    checkpoint = tiny.pack(tmp_path / "weights", "tiny-animals")
    (checkpoint.folder / "model.safetensors").write_text(
        "version https://git-lfs.github.com/spec/v1\n"
        f"oid sha256:{checkpoint.sha256}\nsize {checkpoint.file_bytes}\n"
    )
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(tmp_path / "weights"))


@contextmanager
def full_disk():
    """As on a full disk, no file of ours can grow past some kilobytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_named(checkpoint):
    with full_disk():
        sentence = refusal(checkpoint)
    assert "cannot keep the file" in sentence and "set HF_HOME" in sentence
    weights.locate(checkpoint)


def test_a_cache_that_cannot_be_written_is_named(checkpoint, tmp_path, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", "/dev/null/cache")
    sentence = refusal(checkpoint)
    assert "/dev/null/cache cannot keep the file" in sentence and "set HF_HOME" in sentence


def test_a_cached_file_in_a_read_only_cache_serves(checkpoint, tmp_path):
    weights.locate(checkpoint)
    folders = [folder for folder, _, _ in os.walk(tmp_path / "cache")]
    for folder in folders:
        os.chmod(folder, 0o555)
    try:
        weights.locate(checkpoint)
    finally:
        for folder in folders:
            os.chmod(folder, 0o755)


def test_a_file_of_another_size_is_not_even_downloaded(hub, checkpoint):
    before = len(gets(hub))
    sentence = refusal(replace(checkpoint, file_bytes=1))
    assert "not the 1 that config.json states" in sentence
    assert len(gets(hub)) == before


def test_without_an_address_it_says_how_to_set_one(checkpoint, monkeypatch):
    monkeypatch.delenv("SEG_MODELS_NAMESPACE")
    assert "SEG_MODELS_NAMESPACE" in refusal(checkpoint)
    assert "SEG_MODELS_NAMESPACE" in weights.obstacle(checkpoint)
