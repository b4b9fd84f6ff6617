"""What a browser asks for, read with care: names, indices and numbers within their bounds."""

from __future__ import annotations

from typing import Any

from seg_models.checkpoints import registry
from seg_models.specs import Checkpoint

from ..segment import photos

MOST_NAMES = 8  # of what is switched off at once


def photo_of(asked: dict[str, Any]) -> photos.Photo:
    """Return the photo whose key is asked for.

    Raises:
        ValueError: If there is none, or none any more.
    """
    return photos.find(_text(asked, "photo"))


def checkpoint_of(asked: dict[str, Any]) -> Checkpoint:
    """Return the checkpoint that "model" names: one of the project's own.

    Raises:
        ValueError: If there is none of that name.
    """
    return registry.find(_text(asked, "model"))


def names(asked: dict[str, Any], key: str) -> tuple[str, ...]:
    """Return a list of names, sorted, each once."""
    given = asked.get(key)
    given = given if isinstance(given, list) else []
    return tuple(sorted({str(each)[:40] for each in given[:MOST_NAMES]}))


def number(asked: dict[str, Any], key: str, least: float, most: float) -> float:
    """Return a number from `least` to `most`, the nearest where it is beyond; 0 is the default."""
    try:
        value = float(asked.get(key) or 0)
    except (TypeError, ValueError):
        value = 0.0
    return min(max(value, least), most) if value == value else least


def index(asked: dict[str, Any], key: str, count: int, least: int = 0) -> int:
    """Return a whole number from `least` to `count` - 1, the nearest where it is beyond."""
    return int(number(asked, key, least, count - 1))


def _text(asked: dict[str, Any], key: str) -> str:
    given = asked.get(key)
    return given[:120] if isinstance(given, str) else ""
