"""Answers that come message by message, each a line of JSON, until they end or nobody listens."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import anyio
import gradio as gr
from gradio.context import LocalContext
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import StreamingResponse

from ..i18n import known
from .errors import sentence
from .turns import WISHES, Cancelled, Work

Message = dict[str, Any]
Answer = Callable[[dict[str, Any], Work, str], Iterator[Message]]
# Proxies must hand on each line as it comes.
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
LONGEST_NAME = 64  # of a visitor


def route(kind: str, answer: Answer) -> Callable:
    """Return an endpoint that streams what `answer` yields to what a visitor asks.

    A visitor's newer request of the same kind ends the older. The last message is the answer's
    own, {"kind": "stopped"} or {"kind": "error", "sentence": ...}.
    """

    async def endpoint(request: Request) -> StreamingResponse:
        asked = await body(request)
        # Where the network runs on a Space's shared GPU, it is lent to whoever this names.
        LocalContext.request.set(gr.Request(request))
        lines = _lines(_told(kind, answer, asked))
        return StreamingResponse(lines, media_type="application/x-ndjson", headers=HEADERS)

    return endpoint


async def body(request: Request) -> dict[str, Any]:
    """Return the JSON object that a request holds; an empty one if it holds something else.

    A page of another site cannot send this content type unasked, so it cannot use a visitor's
    browser to ask for anything here.
    """
    if request.headers.get("content-type", "").split(";")[0] != "application/json":
        return {}
    try:
        asked = json.loads(await request.body())
    except (ValueError, RecursionError):
        return {}
    return asked if isinstance(asked, dict) else {}


def visitor(asked: dict[str, Any]) -> str:
    """Return who asks: a name that each tab makes for itself."""
    return str(asked.get("visitor") or "")[:LONGEST_NAME]


def wish(asked: dict[str, Any]) -> int | None:
    """Return the number of the tab's wish, which it counts; None if it does not."""
    number = asked.get("wish")
    return number if isinstance(number, int) else None


def _told(kind: str, answer: Answer, asked: dict[str, Any]) -> Iterator[Message]:
    language = known(asked.get("language"))
    with WISHES.newest(visitor(asked), kind, wish(asked)) as work:
        try:
            for message in answer(asked, work, language):
                yield message
                work.check()
        except Cancelled:
            yield {"kind": "stopped"}
        except Exception as error:
            yield {"kind": "error", "sentence": sentence(error, language)}


async def _lines(messages: Iterator[Message]) -> AsyncIterator[str]:
    """Yield messages as lines; close their generator in the end, whatever the end is."""
    try:
        while (message := await run_in_threadpool(next, messages, None)) is not None:
            yield json.dumps(message, ensure_ascii=False) + "\n"
    finally:
        with anyio.CancelScope(shield=True):
            await run_in_threadpool(messages.close)
