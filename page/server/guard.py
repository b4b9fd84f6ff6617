"""What a stranger's request may be: its size, its form, and which files it may name."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import gradio as gr
from gradio_client import utils as client_utils

from seg_models.specs import Message

log = logging.getLogger(__name__)
LARGEST_FILE = "30mb"  # a photo's
LARGEST_FILE_BYTES = 30 * 2**20
LONGEST_NAME = 80  # characters of a file's name
LARGEST_REQUEST = 48 * 2**20  # bytes: such a photo as base64, and what stands around it
MALFORMED = "The call is not of the form that the API describes; the page's footer links to it."
NO_ADDRESS = "Photos are not fetched from addresses: download it and hand in the file."
NOT_HERE = "That is no file that was uploaded here; hand in the photo itself."


class Blocks(gr.Blocks):
    """Gradio's, but a request that it cannot make sense of gets one sentence, never a bare "null".

    Nor does it fetch what a visitor names: a server that asks other servers on a stranger's behalf
    reaches places where the stranger cannot.
    """

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *more: Any, **named: Any):
        """Turn what came over the wire into what the handlers take."""
        try:
            client_utils.traverse(inputs, _refuse, _names_address)
            return await super().preprocess_data(block_fn, inputs, *more, **named)
        except gr.Error:
            raise
        except Exception as error:
            log.info("a malformed request: %s", error)
            raise gr.Error(MALFORMED, print_exception=False) from error


def _names_address(value: Any) -> bool:
    return isinstance(value, dict) and client_utils.is_http_url_like(value.get("path"))


def _refuse(_: Any) -> None:
    raise gr.Error(NO_ADDRESS, print_exception=False)


def uploaded(path: str | None, cache: str) -> str | None:
    """Return `path`, if it is a file that came through the upload; None stays None.

    Gradio checks that itself, but only of a picture that calls itself a file's description.
    """
    if path is None:
        return None
    file = Path(path).resolve()
    if not (file.is_relative_to(Path(cache).resolve()) and file.is_file()):
        raise gr.Error(NOT_HERE, print_exception=False)
    return path


def plain_name(name: str) -> str:
    """Return a file's name as it can be shown and stored: no folder, no control characters."""
    last = re.split(r"[/\\\\]", name)[-1]
    printable = "".join(each for each in last if each.isprintable()).strip(" .")
    stem, dot, suffix = printable.rpartition(".")
    short = f"{stem[: LONGEST_NAME - len(suffix) - 1]}{dot}{suffix}" if stem else printable
    return short[:LONGEST_NAME] or "photo"


def too_large(name: str) -> Message:
    """Say that a file has too many bytes."""
    template = "{name} is too large: at most {size} MB are taken"
    return Message(template, name=name, size=LARGEST_FILE_BYTES >> 20)


class RequestLimit:
    """An ASGI layer that answers 413 as soon as a request's body exceeds `LARGEST_REQUEST`."""

    def __init__(self, app: Callable[..., Awaitable[None]]):
        self._app = app

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        """Pass the request on, its body counted as it comes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if int(dict(scope["headers"]).get(b"content-length", 0)) > LARGEST_REQUEST:
            await _say_too_large(send)
            return
        came = 0

        async def counted() -> dict:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            # To the rest of the program it looks as if the visitor had left in the middle.
            return message if came <= LARGEST_REQUEST else {"type": "http.disconnect"}

        await self._app(scope, counted, send)


async def _say_too_large(send: Callable) -> None:
    head = [(b"content-type", b"application/json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": head})
    said = f'{{"detail": "A request may have {LARGEST_REQUEST // 2**20} MB at most."}}'
    await send({"type": "http.response.body", "body": said.encode()})
