"""A photo that is piped in: `predict -`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

STDIN = Path("-")


@contextmanager
def spooled(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Give `paths` with a file in the place of `-`: what stdin holds, for as long as this lasts.

    Everything after this may read the file as often as it likes.

    Raises:
        ValueError: If `-` is named twice, or nothing is piped in.
    """
    if STDIN not in paths:
        yield list(paths)
        return
    if paths.count(STDIN) > 1:
        raise ValueError("- is named twice, but stdin is one photo")
    if sys.stdin is None or sys.stdin.isatty():
        raise ValueError("- is a photo from stdin, and none is piped in: predict - < cat.jpg")
    with tempfile.TemporaryDirectory(prefix="seg_models-") as folder:
        file = Path(folder) / "stdin"  # the name that messages and results give the photo
        with file.open("wb") as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
        yield [file if path == STDIN else path for path in paths]
