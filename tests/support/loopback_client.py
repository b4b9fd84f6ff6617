"""The tests' hand on the loopback Hub, which runs in another process."""

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from seg_models.checkpoints import weights
from seg_models.hub import download
from seg_models.specs import Checkpoint, WeightsError

FAULTY = "tests/faulty"  # the repo that misbehaves
PATIENCE = {
    "ANSWER_SECONDS": download.ANSWER_SECONDS,
    "PROBE_SECONDS": download.PROBE_SECONDS,
}  # the program's own, which the tests' Hub is spared
LONGEST_WAIT = 10  # seconds before a visitor must have an answer


@dataclass(frozen=True)
class Loopback:
    """Where the Hub listens."""

    url: str

    def steer(self, what: str, body: bytes = b"") -> bytes:
        request = urllib.request.Request(f"{self.url}/_/{what}", data=body, method="PUT")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            return answer.read()

    def put(self, repo: str, path: str, content: bytes) -> str:
        """Store a file and return the commit that has it."""
        return self.steer(f"file/{repo}/{path}", content).decode()

    def fault(self, name: str, repo: str = FAULTY) -> None:
        self.steer(f"fault/{repo}", name.encode())

    def log(self) -> list[list[str]]:
        """Return the requests so far for files: method, path and range of each."""
        return [each for each in json.loads(self.steer("log")) if "/api/" not in each[1]]

    def tokens(self, repo: str) -> set[str]:
        """Return the Authorization headers that came with the requests for a repo's files."""
        known = json.loads(self.steer("tokens"))
        return {each for path, all_ in known.items() if f"/{repo}/" in path for each in all_}


@contextmanager
def running() -> Iterator[Loopback]:
    """Start a loopback Hub in a process of its own."""
    script = Path(__file__).with_name("loopback.py")
    command = [sys.executable, str(script)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Loopback(process.stdout.readline().strip())
        process.stdin.close()
        process.wait(10)


def gets(hub: Loopback) -> list[list[str]]:
    """Return the downloads of the weights so far, the probe's single byte left out."""
    return [each for each in hub.log() if each[0] == "GET" and each[2] != "bytes=0-0"]


def prompt_refusal(checkpoint: Checkpoint) -> str:
    """Return `refusal`, which must come in time; on a busy machine, in one of three attempts."""
    for _ in range(3):
        download.forget_failures()
        began = time.monotonic()
        sentence = refusal(checkpoint)
        if time.monotonic() - began < LONGEST_WAIT:
            return sentence
    raise AssertionError(f"it took longer than {LONGEST_WAIT} s, three times: {sentence}")


def refusal(checkpoint: Checkpoint) -> str:
    """Return the one sentence that came instead of the weights."""
    with pytest.raises(WeightsError) as caught:
        weights.locate(checkpoint)
    sentence = str(caught.value)
    assert sentence.startswith(f"the weights of {checkpoint.name} cannot be had: ")
    assert "\n" not in sentence and "Traceback" not in sentence
    return sentence
