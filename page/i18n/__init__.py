"""What the page says, in English or Korean.

The browser makes its sentences from the tables of `english` and `korean`, in the language that its
address or its settings name. What the server says by itself (errors, which are raised in English,
and the figures of the tabs) it says in the language that each request names.
"""

from __future__ import annotations

import gradio as gr

from . import english, korean

ENGLISH, KOREAN = "en", "ko"
TABLES = {ENGLISH: english.TEXTS, KOREAN: korean.TEXTS}
NAMES = {ENGLISH: english.NAMES, KOREAN: korean.NAMES}


def say(language: str, key: str, **values: object) -> str:
    """Return the text called `key` in `language`, its {places} filled with `values`."""
    return TABLES[language][key].format(**values)


def count(language: str, number: int, key: str) -> str:
    """Return a number of things in words: the texts `key`-one or `key`-many."""
    return say(language, f"{key}-{'one' if number == 1 else 'many'}", number=number)


def name(language: str, word: str) -> str:
    """Return what a class, a domain or an example is called in `language`, if that is known."""
    return NAMES[language].get(word, word)


def known(language: object) -> str:
    """Return `language` if the page speaks it, else English."""
    return language if isinstance(language, str) and language in TABLES else ENGLISH


def preferred(request: gr.Request | None) -> str:
    """Return the language that a program's request asks for first; else English."""
    asked = request.headers.get("accept-language", "") if request else ""
    return known(asked.split(",")[0].split(";")[0].split("-")[0].strip().lower())
