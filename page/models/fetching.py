"""Waiting for the Hub: the visitor sees how far a download is."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator

from seg_models.checkpoints import weights
from seg_models.hub.download import Progress
from seg_models.specs import Checkpoint

PAUSE = 0.3  # seconds between two words on a download


def words(checkpoint: Checkpoint) -> Iterator[str]:
    """Yield how much of the weights has come, in words, until they are here; nothing if they are.

    Raises:
        WeightsError: If they cannot be had.
    """
    if not checkpoint.embedded:
        yield from telling(lambda progress: weights.locate(checkpoint, progress))


def telling(fetch: Callable[[Progress], object]) -> Iterator[str]:
    """Yield what `fetch` tells its `progress` until it is done; raise what it raises."""
    told: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    failures: list[Exception] = []

    def run() -> None:
        try:
            fetch(lambda share, said: told.put(f"{said}, {share:.0%}"))
        except Exception as error:  # of whatever kind: it is raised where it is waited for
            failures.append(error)
        finally:
            told.put(None)

    threading.Thread(target=run, daemon=True, name="fetch").start()
    said = told.get()
    while said is not None:
        yield said
        time.sleep(PAUSE)
        said = told.get()
        while said is not None and not told.empty():
            said = told.get()
    if failures:
        raise failures[0]
