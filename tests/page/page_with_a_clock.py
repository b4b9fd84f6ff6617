"""The page, its cleaner coming each second by a clock that is so many minutes ahead as CLOCK says.

CLOCK is a file's path, read anew each time.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

from gradio import route_utils

from page import layout, serving


class Clock(datetime):
    """The time of day as the cleaner reads it."""

    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) + timedelta(minutes=float(Path(os.environ["CLOCK"]).read_text()))


route_utils.datetime = Clock
page = layout.build()
_, age = page.delete_cache
page.delete_cache = (1, age)
page.launch(**serving.launch_options())
