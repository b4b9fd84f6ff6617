"""Waiting for an answer no longer than one can bear to."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any


def within(seconds: float, call: Callable[[], Any]) -> Any:
    """Return what `call` returns, or raise TimeoutError once `seconds` have passed."""
    outcome: Future = Future()

    def attempt() -> None:
        try:
            outcome.set_result(call())
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=attempt, daemon=True).start()  # daemon: nothing waits for it at exit
    return outcome.result(seconds)
