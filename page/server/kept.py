"""What the page keeps of its visitors' things, in bounded number and time."""

import time
from collections.abc import Hashable
from typing import Any

from cachetools import Cache, TTLCache

from . import files


def now() -> float:
    """Return the seconds since 1970, by the clock as it is when asked."""
    return time.time()


def peek(cache: Cache) -> dict[Hashable, Any]:
    """Return what a cache holds, by key, without that counting as a use of it."""
    return {key: Cache.__getitem__(cache, key) for key in cache}


class Folders(TTLCache):
    """What has a lasting `folder` of its own: so many things, so long; what goes is deleted."""

    def __init__(self, most: int, seconds: float):
        super().__init__(most, seconds, timer=now)

    def popitem(self):
        """Let go of the one unused for longest, as one too many has come."""
        key, gone = super().popitem()
        files.remove(gone.folder)
        return key, gone

    def expire(self, time: float | None = None):
        """Let go of what has been here too long at `time`, in seconds; now if not given."""
        gone = super().expire(time)
        for _, each in gone:
            files.remove(each.folder)
        return gone
