"""Requests that no honest client sends, and what came back."""

import json
import random
from dataclasses import dataclass
from typing import Any

import httpx

from scripts.running import ROOT

FILE = {"_type": "gradio.FileData"}
MODEL = "deeplab_v1-animals"
ODD = (
    None, True, 0, -1, 1.5, 99, 2**70, "", "x", "deeplab_v1-animals", "../../etc/passwd", "\0",
    "<script>", "a" * 3000, [], [[]], ["deeplab_v1-animals"], {}, {"path": None}, {"path": 5},
    {"path": ""}, {"path": "/etc/passwd"}, {"path": "/etc/passwd", "meta": FILE}, {"meta": FILE},
    {"path": "/proc/self/environ", "meta": FILE, "is_stream": True}, {"path": "a\0b", "meta": FILE},
    {"path": "/dev/zero"}, {"path": "/dev/zero", "meta": FILE}, {"url": "data:image/png;base64,!"},
    {"url": "data:,", "meta": FILE}, {"path": "/etc", "meta": None}, {"path": ".", "meta": "x"},
    {"path": "a" * 5000, "meta": FILE}, {"path": "x", "meta": {"_type": "gradio.FileData", "a": 1}},
    {"__type__": "update", "value": "/etc/passwd"}, {"value": None}, {"path": "file:///etc/passwd"},
)  # fmt: skip
TELLTALES = ("Traceback", "site-packages", str(ROOT), "root:x:")


@dataclass(frozen=True)
class Answer:
    """What a request came to."""

    status: int
    text: str

    @property
    def done(self) -> bool:
        """Whether the photo was segmented."""
        return "event: complete" in self.text

    @property
    def sentence(self) -> str | None:
        """The error that was told, if any."""
        for line in self.text.splitlines():
            if line.startswith("data: {"):
                return json.loads(line.removeprefix("data: ")).get("error")
        return None


def visitor(server: str) -> httpx.Client:
    """Return a client that asks nobody else and keeps nothing between two requests."""
    return httpx.Client(
        base_url=f"{server}/gradio_api/", timeout=300, trust_env=False,
        headers={"connection": "close"},
    )  # fmt: skip


def upload(client: httpx.Client, content: bytes, name: str = "photo.png") -> str:
    """Hand in a file; return the path that the server knows it by."""
    (path,) = client.post("upload", files={"files": (name, content)}).raise_for_status().json()
    return path


def given(path: Any, **more: Any) -> dict[str, Any]:
    """Return the description of a file as a sound client sends it."""
    return {"path": path, "meta": FILE, **more}


def segment(client: httpx.Client, *inputs: Any) -> Answer:
    """Ask `/segment` and wait for its answer."""
    asked = client.post("call/segment", json={"data": list(inputs)})
    if asked.status_code != 200:
        return Answer(asked.status_code, asked.text)
    answer = client.get(f"call/segment/{asked.json()['event_id']}")
    return Answer(answer.status_code, answer.text)


def odd_inputs(path: str, chance: random.Random) -> list[Any]:
    """Return inputs for `/segment` of which at least one is wrong."""
    inputs = [given(path), MODEL, 1]
    for _ in range(chance.randint(1, 2)):
        inputs[chance.randrange(len(inputs))] = chance.choice(ODD)
    if chance.random() < 0.1:
        inputs = inputs[: chance.randrange(3)] + [chance.choice(ODD)] * chance.randrange(3)
    return inputs


def tells_too_much(text: str) -> list[str]:
    """Return what of the server's inside an answer gives away."""
    return [each for each in TELLTALES if each in text]
