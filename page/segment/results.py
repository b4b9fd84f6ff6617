"""What the page remembers: the latest results, by their run, in bounded memory and time."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from cachetools import TTLCache
from torch import Tensor

from seg_models import pipeline
from seg_models.visualize.segmentation import Segmentation

from ..i18n.errors import RESULT_GONE
from ..server.kept import now, peek

LIMIT_BYTES = 3 * 2**28  # of all results: eleven of 1024 x 768 pixels and seven classes
SECONDS_KEPT = 3600


@dataclass(frozen=True)
class Result:
    """What one run found: a photo's segmentation by one network, after all its iterations."""

    run: str
    photo: str  # its key
    segmentation: Segmentation

    def at(self, iteration: int) -> Segmentation:
        """Return the result as it was after `iteration`, 0 being before the CRF.

        What lies between is not remembered, since each iteration is as large as a result: the CRF
        is run again up to there.
        """
        whole = self.segmentation
        milliseconds = {key: ms for key, ms in whole.milliseconds.items() if key != "crf"}
        plain = replace(whole, crf=None, refined=None, history=(), milliseconds=milliseconds)
        done = len(whole.history)
        if min(iteration, done) == 0:
            return plain
        if iteration >= done:
            return whole
        return deque(pipeline.refine(plain, replace(whole.crf, iterations=iteration)), 1).pop()

    def again(self) -> Iterable[Segmentation]:
        """Yield the result after each of its iterations once more."""
        return pipeline.refine(self.at(0), self.segmentation.crf)


class Results:
    """Results by their run; when they outgrow the limit those unused for longest go first."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES):
        self._limit = limit_bytes
        # Not by the cache's own sizes: what two results share counts once.
        self._kept = TTLCache(math.inf, SECONDS_KEPT, timer=now)
        self._lock = threading.Lock()

    def keep(self, run: str, photo: str, segmentation: Segmentation) -> Result:
        """Remember a segmentation; the newest is kept even if it is too large by itself."""
        result = Result(run, photo, segmentation)
        with self._lock:
            self._kept[run] = result
            while len(self._kept) > 1 and self._size() > self._limit:
                self._kept.popitem()
        return result

    def find(self, run: str | None) -> Result:
        """Return the result of a run; it then counts as just used.

        Raises:
            ValueError: If it is not kept.
        """
        with self._lock:
            if run not in self._kept:
                raise ValueError(RESULT_GONE)
            return self._kept[run]

    def lookup(self, run: str | None) -> Result | None:
        """Return what `find` does, or None where it refuses."""
        try:
            return self.find(run)
        except ValueError:
            return None

    def sweep(self, now: float | None = None) -> None:
        """Forget the results that came more than `SECONDS_KEPT` ago."""
        with self._lock:
            self._kept.expire(now)

    def _size(self) -> int:
        return size(peek(self._kept).values())

    def __len__(self) -> int:
        return len(self._kept)


def size(results: Iterable[Result]) -> int:
    """Return the bytes that the arrays of `results` take; what several share counts once."""
    found = {}
    for each in results:
        of = each.segmentation
        found[id(of.photo)] = of.photo.nbytes
        for tensor in (of.score_map, of.probabilities, of.refined, *of.history):
            if isinstance(tensor, Tensor):
                storage = tensor.untyped_storage()
                found[storage.data_ptr()] = storage.nbytes()
    return sum(found.values())


RESULTS = Results()
