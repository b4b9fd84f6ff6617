"""What the page remembers: each visitor's latest result, in bounded memory, for a bounded time."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import uuid4

from torch import Tensor

from seg_models import pipeline
from seg_models.specs import Segmentation

LIMIT_BYTES = 2**31  # some twenty results of seven classes, six of twenty-one
MOST = 20  # iterations of the CRF that the page offers
LIVE = 3  # results whose CRF waits where it was stopped: its lattice is as large as a result


@dataclass
class Result:
    """A visitor's segmentation, and the CRF that can take it further."""

    run: str  # tells this result from the same visitor's next
    segmentation: Segmentation
    source: str | None = None  # the photo's file
    spent: tuple[float, ...] = ()  # milliseconds of the CRF up to each iteration
    beliefs: tuple[Tensor, ...] = ()  # (C, H, W) float16 probabilities after each iteration
    steps: Iterator[Segmentation] | None = None

    def advance(self, iterations: int) -> Iterator[Segmentation]:
        """Run the CRF on from where it is until it has done `iterations`; yield each."""
        if self.steps is None and iterations > len(self.spent):
            self.spent = self.beliefs = ()
            settings = replace(self.segmentation.checkpoint.crf, iterations=MOST)
            self.steps = pipeline.refine(self.segmentation, settings)
        while len(self.spent) < iterations:
            self.segmentation = next(self.steps)
            self.beliefs = (*self.beliefs, self.segmentation.refined.half())
            self.spent = (*self.spent, self.segmentation.milliseconds["crf"])
            yield self.segmentation

    def at(self, iteration: int) -> Segmentation:
        """Return the result as it was after `iteration`, as far as that is remembered.

        The probabilities of all iterations but the latest are float16.
        """
        whole = self.segmentation
        milliseconds = {key: ms for key, ms in whole.milliseconds.items() if key != "crf"}
        if iteration == 0:
            return replace(whole, crf=None, refined=None, history=(), milliseconds=milliseconds)
        return replace(
            whole,
            crf=replace(whole.crf, iterations=iteration),
            refined=self._belief(iteration),
            history=whole.history[:iteration],
            milliseconds={**milliseconds, "crf": self.spent[iteration - 1]},
        )

    def _belief(self, iteration: int) -> Tensor:
        latest = iteration == len(self.spent)
        return self.segmentation.refined if latest else self.beliefs[iteration - 1]

    def exactly(self, iteration: int) -> Segmentation:
        """Return the result after `iteration` with that one's probabilities in full precision.

        Where they are not the latest, the CRF is run again up to there.
        """
        if iteration in (0, len(self.spent)):
            return self.at(iteration)
        crf = replace(self.segmentation.checkpoint.crf, iterations=iteration)
        return deque(pipeline.refine(self.at(0), crf), maxlen=1).pop()


class Results:
    """Results by an unguessable key; when they outgrow the limit the least used go first."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES):
        self._limit = limit_bytes
        self._kept: OrderedDict[str, Result] = OrderedDict()
        self._lock = threading.Lock()

    def keep(
        self, segmentation: Segmentation, key: str | None = None, source: str | None = None
    ) -> str:
        """Remember `segmentation`, in place of what `key` stood for, and return its key.

        The newest is kept even if it is larger than the limit by itself.
        """
        key = key or uuid4().hex
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = Result(uuid4().hex, segmentation, source)
            self._trim()
        return key

    def find(self, key: str | None) -> Result | None:
        """Return what `key` stands for, if it is still there; it then counts as new."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            self._trim()
            return self._kept[key]

    def forget(self, key: str | None) -> None:
        """Drop what `key` stands for, if anything."""
        with self._lock:
            self._kept.pop(key, None)

    def _trim(self) -> None:
        while len(self._kept) > 1 and sum(map(size, self._kept.values())) > self._limit:
            self._kept.popitem(last=False)
        for each in list(self._kept.values())[:-LIVE]:
            each.steps = None

    def __len__(self) -> int:
        return len(self._kept)


def size(result: Result) -> int:
    """Return the bytes that the arrays of `result` take."""
    of = result.segmentation
    found = (of.score_map, of.probabilities, of.refined, *of.history, *result.beliefs)
    return of.photo.nbytes + sum(each.nbytes for each in found if isinstance(each, Tensor))
