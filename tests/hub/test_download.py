"""Whatever the network does, the weights come whole and right, or one sentence says why not."""

import socket
import threading
from dataclasses import replace

import pytest
import torch
from loopback_client import FAULTY, PATIENCE, gets, prompt_refusal, refusal

from seg_models.checkpoints import storage, weights
from seg_models.hub import download
from seg_models.specs import HubAddress


@pytest.fixture(autouse=True)
def no_waiting_between_attempts(monkeypatch):
    """huggingface_hub waits a second before each of its five attempts at a broken stream."""
    monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda _: None)


@pytest.mark.parametrize("fault", ["", "redirect"])
def test_what_was_published_arrives(hub, checkpoint, state, fault):
    hub.fault(fault)
    told = []
    arrived = weights.load_state(checkpoint, lambda share, text: told.append((share, text)))
    torch.testing.assert_close(arrived, state, rtol=1e-3, atol=1e-3)
    assert told[0][0] == 0 and told[-1][0] == 1 and FAULTY in told[-1][1]
    assert weights.status(checkpoint) == "cached"


def test_a_cached_file_needs_no_request(hub, checkpoint):
    pinned = replace(checkpoint, hub=HubAddress(FAULTY, hub.put(FAULTY, "more", b"")))
    for each in (checkpoint, pinned):
        weights.locate(each)
        before = hub.log()
        weights.locate(each)
        assert hub.log() == before


def test_two_visitors_share_one_download(hub, checkpoint):
    hub.fault("slow")
    before = len(hub.log())
    visitors = [threading.Thread(target=weights.locate, args=(checkpoint,)) for _ in range(4)]
    for each in visitors:
        each.start()
    for each in visitors:
        each.join()
    methods = [method for method, _, _ in hub.log()[before:]]
    assert methods == ["HEAD", "HEAD", "GET"], "the probe and one download"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("gated", "is gated: accept its terms"),
        ("unavailable", "answers 503"),
        ("silent", "does not answer"),
        ("silent storage", "does not answer"),
        ("portal", "log-in page"),
        ("truncated", "broke off"),
        ("tampered", "sha256 differs"),
    ],
)
def test_a_fault_is_one_sentence_and_passes(hub, checkpoint, monkeypatch, fault, reason):
    hub.fault(fault)
    with monkeypatch.context() as patch:
        for name, seconds in PATIENCE.items() if "silent" in fault else ():
            patch.setattr(download, name, seconds)
        assert reason in prompt_refusal(checkpoint)
    assert weights.status(checkpoint) != "cached"
    hub.fault("")
    download.forget_failures()
    assert storage.sha256(weights.locate(checkpoint)) == checkpoint.sha256


def test_a_token_that_has_expired_does_not_bar_what_is_open_to_all(
    hub, checkpoint, monkeypatch, caplog
):
    monkeypatch.setenv("HF_TOKEN", "hf_expired")
    hub.fault("token expired")
    path = weights.locate(checkpoint)
    assert storage.sha256(path) == checkpoint.sha256
    (said,) = [each.getMessage() for each in caplog.records if each.name == download.__name__]
    assert "refuses the token of this machine, which may have expired" in said
    assert f"{FAULTY} is open to all and is fetched without it" in said
    assert {"Bearer hf_expired", ""} <= hub.tokens(FAULTY)


def test_a_token_that_is_good_is_said_nothing_of(hub, checkpoint, monkeypatch, caplog):
    monkeypatch.setenv("HF_TOKEN", "hf_good")
    weights.locate(checkpoint)
    assert not [each for each in caplog.records if each.name == download.__name__]


def test_a_hub_that_failed_is_left_alone_for_a_while(hub, checkpoint, monkeypatch):
    hub.fault("unavailable")
    refusal(checkpoint)
    hub.fault("")
    before = hub.log()
    assert "answers 503" in refusal(checkpoint)
    assert weights.status(checkpoint) == "unreachable" and weights.obstacle(checkpoint)
    assert hub.log() == before
    monkeypatch.setattr(download, "PATIENCE", 0)
    assert weights.status(checkpoint) == "on the Hub"
    weights.locate(checkpoint)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        (HubAddress("tests/absent"), "there is no tests/absent"),
        (HubAddress(FAULTY, "0" * 40), f"{FAULTY} has no commit 000"),
        (HubAddress(FAULTY, file="weights.bin"), f"{FAULTY} has no file weights.bin"),
        (HubAddress("not a repo"), "is no name of a Hub repo"),
    ],
)
def test_what_the_hub_does_not_have_is_named(checkpoint, address, reason):
    assert reason in refusal(replace(checkpoint, hub=address))
    weights.locate(checkpoint)


def test_nobody_listens(hub, checkpoint, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{port}")
    assert "cannot be reached" in prompt_refusal(checkpoint)
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    weights.locate(checkpoint)


def test_a_broken_stream_is_taken_up_again(hub, tmp_path, checkpoint):
    """Over 10 MiB, the client's chunk: less than that it asks for anew, from the start."""
    path = tmp_path / "large" / "model.safetensors"
    numbers = torch.Generator().manual_seed(0)
    large = {"weight": torch.randint(0, 60000, (6500, 1024), generator=numbers).float()}
    sha256, size = storage.save(large, path, "float16")
    hub.put("tests/large", "model.safetensors", path.read_bytes())
    hub.fault("broken once", "tests/large")
    large = replace(checkpoint, name="large", sha256=sha256, file_bytes=size)
    before = len(gets(hub))
    assert storage.sha256(weights.locate(large)) == sha256
    assert [each[2] for each in gets(hub)[before:]] == ["", "bytes=10485760-"]
