"""Whose turn it is: few things are computed at once, and nobody waits for another's long list."""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ..i18n.errors import BUSY

# More at once only take more memory: each uses every core it can get.
AT_ONCE = max(1, min(4, (os.cpu_count() or 1) // 2))
WAITING = 32  # the next is told to come again
PATIENCE = 0.2  # seconds between two looks at whether one who waits is still wanted


class Cancelled(Exception):  # noqa: N818  # no error: a newer wish, or Stop
    """Nobody waits for this work any more."""


class Work:
    """Something that a visitor has asked for; a newer wish of the same kind cancels it."""

    def __init__(self, visitor: str, number: int | None = None):
        self.visitor = visitor
        self.number = number  # of the visitor's wishes, if it says
        self._cancelled = threading.Event()

    def is_after(self, number: int | None) -> bool:
        """Whether this was wished for after the wish of that number, as far as both are known."""
        return self.number is not None and number is not None and self.number > number

    def cancel(self) -> None:
        """Let `check` raise from now on."""
        self._cancelled.set()

    def check(self) -> None:
        """Go on.

        Raises:
            Cancelled: If this is no longer wanted.
        """
        if self._cancelled.is_set():
            raise Cancelled


class Wishes:
    """What each visitor waits for: of each kind the newest alone."""

    def __init__(self) -> None:
        self._works: dict[tuple[str, str], Work] = {}
        self._lock = threading.Lock()

    @contextmanager
    def newest(self, visitor: str, kind: str, number: int | None = None) -> Iterator[Work]:
        """Cancel the visitor's last work of this kind and begin another.

        Args:
            visitor: Who asks.
            kind: Of what is asked.
            number: Of the visitor's wishes: two that are sent at once may come in either order. If
                a later one is here already, this work is the one that is cancelled.
        """
        work = Work(visitor, number)
        with self._lock:
            other = self._works.get((visitor, kind))
            late = other is not None and other.is_after(number)
            if not late:
                self._works[visitor, kind] = work
        if late:
            work.cancel()
        elif other:
            other.cancel()
        try:
            yield work
        finally:
            with self._lock:
                if self._works.get((visitor, kind)) is work:
                    del self._works[visitor, kind]

    def stop(self, visitor: str, kind: str, number: int | None = None) -> None:
        """Cancel the visitor's work of this kind, if there is any, and no later wish began it."""
        with self._lock:
            work = self._works.get((visitor, kind))
        if work and not work.is_after(number):
            work.cancel()


class Turns:
    """Places to compute in; of those who wait, the visitor who was served longest ago is next."""

    def __init__(self, places: int = AT_ONCE, waiting: int = WAITING):
        self._free = places
        self._most = waiting
        self._waiting: dict[int, str] = {}  # by the order in which they came
        self._served: dict[str, float] = {}  # when each visitor's last turn ended
        self._numbers = itertools.count()
        self._changed = threading.Condition()

    def wait(self, work: Work) -> Iterator[int]:
        """Yield how many are before `work`, now and then, until it is its turn; then end.

        `done` must follow, whatever happens after.

        Raises:
            Cancelled: If the work is no longer wanted.
            ValueError: If too many wait already.
        """
        with self._changed:
            if len(self._waiting) >= self._most:
                raise ValueError(BUSY)
            number = next(self._numbers)
            self._waiting[number] = work.visitor
        try:
            while True:
                work.check()
                with self._changed:
                    before = self._before(number)
                    if before < self._free:
                        self._free -= 1
                        return
                    self._changed.wait(PATIENCE)
                    before = self._before(number)
                yield before + 1
        finally:
            with self._changed:
                del self._waiting[number]

    def done(self, work: Work) -> None:
        """Give the place back."""
        with self._changed:
            self._free += 1
            now = time.monotonic()
            self._served[work.visitor] = now
            self._served = {who: at for who, at in self._served.items() if now - at < 600}
            self._changed.notify_all()

    def _before(self, number: int) -> int:
        """Return how many of those who wait come before."""
        order = sorted(
            self._waiting, key=lambda each: (self._served.get(self._waiting[each], 0.0), each)
        )
        return order.index(number)


TURNS = Turns()
WISHES = Wishes()


@contextmanager
def turn(work: Work) -> Iterator[None]:
    """Wait for a place, and give it back in the end."""
    for _ in TURNS.wait(work):
        pass
    try:
        yield
    finally:
        TURNS.done(work)
