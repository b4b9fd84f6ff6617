"""What the page says, in English or Korean, as each visitor's browser asks for.

Labels that stand on the page from the start are translated by the browser (`text`). Sentences
about a result are made on the server (`say`), and errors, which are raised in English, where they
are told (`errors.translated`), in the language of the request (`preferred`).
"""

from __future__ import annotations

import gradio as gr

from . import english, korean

ENGLISH, KOREAN = "en", "ko"
TABLES = {ENGLISH: english.TEXTS, KOREAN: korean.TEXTS}
NAMES = {ENGLISH: english.NAMES, KOREAN: korean.NAMES}
LABELS = gr.I18n(**TABLES)


def text(key: str) -> gr.I18n:
    """Return the text called `key`, which the browser shows in its own language."""
    if key not in english.TEXTS:
        raise ValueError(f"no text called {key!r} in translations")
    return LABELS(key)


def say(language: str, key: str, **values: object) -> str:
    """Return the text called `key` in `language`, its {places} filled with `values`."""
    return TABLES[language][key].format(**values)


def count(language: str, number: int, key: str) -> str:
    """Return a number of things in words: the texts `key`-one or `key`-many."""
    return say(language, f"{key}-{'one' if number == 1 else 'many'}", number=number)


def name(language: str, word: str) -> str:
    """Return what a class, a domain or an example is called in `language`, if that is known."""
    return NAMES[language].get(word, word)


def preferred(request: gr.Request | None) -> str:
    """Return the language a request asks for first, as its browser's labels are; else English."""
    asked = request.headers.get("accept-language", "") if request else ""
    first = asked.split(",")[0].split(";")[0].split("-")[0].strip().lower()
    return first if first in TABLES else ENGLISH
