"""Visitors of the page who come all at once, and what became of each one's wish."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx

PATIENCE = 600  # seconds for one answer
STAYS, CANCELS, LEAVES = "stays", "cancels", "leaves"  # what a visitor does after asking
TEMPERS = (STAYS,) * 8 + (CANCELS, LEAVES)
FILE = {"_type": "gradio.FileData"}


@dataclass(frozen=True)
class Wish:
    """A photo to be segmented by a network, as `/segment` takes it."""

    photo: Path
    model: str
    iterations: int


@dataclass(frozen=True)
class Outcome:
    """What a visitor got."""

    wish: Wish
    temper: str
    pictures: tuple[str, ...] = ()  # sha256 of the three PNGs
    refusal: str = ""  # the sentence, if the queue was full


@contextmanager
def door(address: str) -> Iterator[httpx.Client]:
    """Open a connection to the page; nobody else is asked."""
    with httpx.Client(
        base_url=f"{address}/gradio_api/", timeout=PATIENCE, trust_env=False
    ) as client:
        yield client


def ask(client: httpx.Client, wish: Wish, temper: str = STAYS) -> Outcome:
    """Hand in the photo, wait for the pictures, or give up in one of two ways.

    Raises:
        RuntimeError: If a visitor who stays gets neither pictures nor a refusal.
    """
    session = uuid4().hex
    joined = join(client, wish, hand_in(client, wish.photo), session)
    if joined.status_code == 503:
        return Outcome(wish, temper, refusal=joined.json()["detail"])
    event = joined.raise_for_status().json()["event_id"]
    if temper == CANCELS:
        cancel(client, session, event)
        return Outcome(wish, temper)
    with client.stream("GET", "queue/data", params={"session_hash": session}) as stream:
        for line in stream.iter_lines():
            if temper == LEAVES:
                return Outcome(wish, temper)  # the tab is closed: the connection breaks off
            message = json.loads(line.removeprefix("data: ")) if line else {}
            if message.get("msg") == "process_completed":
                return Outcome(wish, temper, _pictures(client, message))
    raise RuntimeError(f"no answer to {wish}")


def hand_in(client: httpx.Client, photo: Path) -> str:
    """Upload a photo; return the path that the page knows it by."""
    files = {"files": (photo.name, photo.read_bytes())}
    (path,) = client.post("upload", files=files).raise_for_status().json()
    return path


def join(client: httpx.Client, wish: Wish, path: str, session: str) -> httpx.Response:
    """Enter the queue; the answer has an event's number, or says that the queue is full."""
    inputs = [{"path": path, "meta": FILE}, wish.model, wish.iterations]
    asked = {"data": inputs, "fn_index": _function(client), "session_hash": session}
    return client.post("queue/join", json=asked)


def cancel(client: httpx.Client, session: str, event: str) -> None:
    """Leave the queue again."""
    whose = {"session_hash": session, "fn_index": _function(client), "event_id": event}
    client.post("cancel", json=whose).raise_for_status()


def _pictures(client: httpx.Client, message: dict) -> tuple[str, ...]:
    if not message["success"]:
        raise RuntimeError(f"refused: {message['output']}")
    files = message["output"]["data"][:3]
    contents = [client.get(f"file={each['path']}").raise_for_status().content for each in files]
    return tuple(hashlib.sha256(each).hexdigest() for each in contents)


def _function(client: httpx.Client) -> int:
    """Return the number under which the page's queue knows `/segment`."""
    address = str(client.base_url)
    if address not in _functions:
        config = client.get("../config").json()
        _functions[address] = next(
            each["id"] for each in config["dependencies"] if each["api_name"] == "segment"
        )
    return _functions[address]


_functions: dict[str, int] = {}


def crowd(
    address: str, wishes: list[Wish], at_once: int, seed: int = 0
) -> Iterator[Outcome | Exception]:
    """Let a visitor come for each wish, `at_once` at a time, and yield what became of them.

    One in five does not wait for the answer.
    """
    chance = random.Random(seed)
    tempers = [chance.choice(TEMPERS) for _ in wishes]

    def visit(wish: Wish, temper: str) -> Outcome | Exception:
        try:
            with door(address) as client:
                return ask(client, wish, temper)
        except (httpx.HTTPError, RuntimeError, KeyError, ValueError) as error:
            return error

    with ThreadPoolExecutor(at_once) as visitors:
        yield from visitors.map(visit, wishes, tempers)


def references(address: str, wishes: list[Wish]) -> dict[Wish, tuple[str, ...]]:
    """Return the pictures of each wish, asked for one after the other while nobody else is there.

    Raises:
        ValueError: If two wishes have the same pictures: a mix-up between them would not show.
    """
    with door(address) as client:
        known = {wish: ask(client, wish).pictures for wish in wishes}
    if len(set(known.values())) < len(wishes):
        raise ValueError("two of the photos give the same pictures; take others")
    return known
