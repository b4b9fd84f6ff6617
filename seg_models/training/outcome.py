"""Where a training writes to: known to be writable before the first step, and nobody else's."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ..checkpoints import registry, storage

WRITTEN = "written.txt"  # beside a run's state: the sha256 of the weights that it wrote last


def check(out: Path, place: Path, overwrite: bool, resume: bool) -> None:
    """Refuse folders that a run could not, or must not, write to; nothing is left in them.

    Args:
        out: The checkpoint's folder.
        place: The run's own, for its state.
        overwrite: Whether a checkpoint in `out` may be replaced, whoever's it is.
        resume: Whether the run goes on from its state: then its own may be.

    Raises:
        ValueError: If a checkpoint is in `out`.
        OSError: If one of them cannot be written to.
    """
    there = (out / registry.CONFIG).is_file()
    if there and not overwrite and not (resume and _is_own(out, place)):
        raise ValueError(f"{out} holds a checkpoint; --overwrite replaces it, --out goes elsewhere")
    for folder in (place, out):
        existing = next(each for each in (folder, *folder.absolute().parents) if each.exists())
        try:
            tempfile.TemporaryFile(dir=existing).close()
        except OSError as error:
            raise OSError(f"{folder} cannot be written to: {error.strerror}") from error


def note(out: Path, place: Path) -> None:
    """Remember that the checkpoint in `out` is that of the run in `place`."""
    content = (registry.read(out).sha256 or "").encode()
    storage.atomic_write(place / WRITTEN, lambda unfinished: unfinished.write_bytes(content))


def _is_own(out: Path, place: Path) -> bool:
    try:
        return (place / WRITTEN).read_text(encoding="utf-8") == registry.read(out).sha256
    except (OSError, ValueError):
        return False
