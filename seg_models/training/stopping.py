"""Ctrl-C while a network trains: the step that runs is finished, so that the state is whole."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class StopRequest:
    """Whether somebody has asked for the end."""

    asked: bool = False


@contextmanager
def on_interrupt() -> Iterator[StopRequest]:
    """Let Ctrl-C, or a polite kill, only ask for the end; a second one ends at once.

    Outside of the main thread, where Python takes no signals, nothing changes.
    """
    request = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield request
        return

    def ask(number: int, frame: object) -> None:
        if request.asked:
            raise KeyboardInterrupt
        request.asked = True
        print("stopping after this step; again to stop at once", file=sys.stderr, flush=True)

    before = {each: signal.signal(each, ask) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield request
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
