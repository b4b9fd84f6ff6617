"""Opening a network that a visitor brings along."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..i18n.errors import translated
from ..server.turns import Work
from . import catalogue, custom_models, fetching


def answer(asked: dict[str, Any], work: Work, language: str) -> Iterator[dict[str, Any]]:
    """Yield how far the network that `asked["wish"]` names is, and in the end what it is.

    Raises:
        ValueError: If it cannot be named so, or is no network of ours within bounds.
        WeightsError: If it cannot be had.
    """
    wish = str(asked.get("wish") or "")
    opened: list[str] = []
    for said in fetching.telling(lambda told: opened.append(custom_models.bring(wish, told))):
        yield {"status": translated(language, said)}
    yield {"network": catalogue.described(custom_models.find(opened[0]))}
