"""Weights that come from the Hub: the visitor sees how far the download is."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator

from seg_models import weights
from seg_models.specs import Checkpoint

PAUSE = 0.3  # seconds between two words on a download


def words(checkpoint: Checkpoint) -> Iterator[str]:
    """Yield how much of the weights has come, in words, until they are here; nothing if they are.

    Raises:
        WeightsError: If they cannot be had.
    """
    if checkpoint.embedded:
        return
    told: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    failures: list[Exception] = []

    def fetch() -> None:
        try:
            weights.locate(checkpoint, lambda share, said: told.put(f"{said}, {share:.0%}"))
        except Exception as error:  # of whatever kind: it is raised where it is waited for
            failures.append(error)
        finally:
            told.put(None)

    threading.Thread(target=fetch, daemon=True, name="fetch").start()
    said = told.get()
    while said is not None:
        yield said
        time.sleep(PAUSE)
        said = told.get()
        while said is not None and not told.empty():
            said = told.get()
    if failures:
        raise failures[0]
