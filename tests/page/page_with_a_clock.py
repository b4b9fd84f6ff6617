"""The page, its cleaners coming each second by a clock that is so many minutes ahead as CLOCK says.

CLOCK is a file's path, read anew each time.
"""

import os
import time
from datetime import datetime, timedelta
from pathlib import Path

from gradio import route_utils

from page import shell
from page.server import launch

real = time.time


def minutes() -> float:
    return float(Path(os.environ["CLOCK"]).read_text())


class Clock(datetime):
    """The time of day as Gradio's cleaner reads it."""

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + timedelta(minutes=minutes())


route_utils.datetime = Clock
time.time = lambda: real() + 60 * minutes()
page = shell.build()
_, age = page.delete_cache
page.delete_cache = (1, age)
launch.PAUSE = 1
launch.keep_clean()
page.launch(**launch.options())
