"""What the page remembers: each visitor's latest result, in bounded memory, for a bounded time."""

import threading
from collections import OrderedDict
from uuid import uuid4

from torch import Tensor

from seg_models.specs import Segmentation

LIMIT_BYTES = 2**30  # some twenty results of seven classes, six of twenty-one


class Results:
    """Segmentations by an unguessable key; when they outgrow the limit the oldest go first."""

    def __init__(self, limit_bytes: int = LIMIT_BYTES):
        self._limit = limit_bytes
        self._kept: OrderedDict[str, Segmentation] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, segmentation: Segmentation, key: str | None = None) -> str:
        """Remember `segmentation`, in place of what `key` stood for, and return its key.

        The newest is kept even if it is larger than the limit by itself.
        """
        key = key or uuid4().hex
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = segmentation
            while len(self._kept) > 1 and sum(map(size, self._kept.values())) > self._limit:
                self._kept.popitem(last=False)
        return key

    def find(self, key: str | None) -> Segmentation | None:
        """Return what `key` stands for, if it is still there; it then counts as new."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key]

    def forget(self, key: str | None) -> None:
        """Drop what `key` stands for, if anything."""
        with self._lock:
            self._kept.pop(key, None)

    def __len__(self) -> int:
        return len(self._kept)


def size(segmentation: Segmentation) -> int:
    """Return the bytes that the arrays of `segmentation` take."""
    tensors = (segmentation.score_map, segmentation.probabilities, segmentation.refined)
    found = [each for each in (*tensors, *segmentation.history) if isinstance(each, Tensor)]
    return segmentation.photo.nbytes + sum(each.nbytes for each in found)
