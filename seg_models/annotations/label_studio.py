"""Label Studio's JSON: labelstud.io/guide/export; brushes, polygons and ellipses."""

from __future__ import annotations

import urllib.parse
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..labels import BACKGROUND
from . import outlines
from .records import Annotated, Area, Export

SHAPES = ("brushlabels", "polygonlabels", "ellipselabels")
CHANNELS = 4  # of a brush's mask: RGBA, of which the last says where it is


def read(facts: Any, source: Path) -> Export:
    """Return what Label Studio's JSON says; the classes come by the alphabet, as it has no order.

    Of several people's annotations of a picture the last one counts.

    Raises:
        KeyError, TypeError, ValueError: If it is no such file.
    """
    if not isinstance(facts, list):
        raise ValueError(f"{source.name} is not Label Studio's JSON, a list of tasks")
    pictures, names, passed_over = [], set(), 0
    for task in facts:
        done = [each for each in task.get("annotations", []) if not each.get("was_cancelled")]
        results = done[-1]["result"] if done else []
        drawn = [each for each in results if each.get("type") in SHAPES]
        passed_over += sum("original_width" in each for each in results) - len(drawn)
        if not drawn:
            continue
        size = int(drawn[0]["original_height"]), int(drawn[0]["original_width"])
        areas = []
        for each in drawn:
            name = str(each["value"][each["type"]][0])
            names.add(name)
            areas.append(Area(name, partial(_mask, each["type"], each["value"], size)))
        pictures.append(Annotated(_file(task["data"]), size, areas))
    classes = sorted(names - {BACKGROUND})
    return Export([BACKGROUND, *classes], pictures, passed_over=passed_over)


def _file(data: dict) -> str:
    """Return the name of a task's picture, from its address or path."""
    text = next(
        each for each in data.values() if isinstance(each, str) and "." in each.rpartition("/")[2]
    )
    parts = urllib.parse.urlsplit(text)
    inside = urllib.parse.parse_qs(parts.query).get("d")  # a local file, beside the server
    return inside[0] if inside else urllib.parse.unquote(parts.path)


def _mask(kind: str, value: dict, size: tuple[int, int]) -> np.ndarray:
    height, width = size
    if kind == "brushlabels":
        values = unpacked(value["rle"])
        if values.size != height * width * CHANNELS:
            raise ValueError("a brush's mask does not fit its picture")
        return values.reshape(height, width, CHANNELS)[..., -1] > 0
    if kind == "polygonlabels":  # in per cent of the picture's sides
        return outlines.polygon(
            [(x * width / 100, y * height / 100) for x, y in value["points"]], size
        )
    centre = value["x"] * width / 100, value["y"] * height / 100
    radii = value["radiusX"] * width / 100, value["radiusY"] * height / 100
    return outlines.ellipse(centre, radii, value.get("rotation", 0), size)


def unpacked(content: list[int]) -> np.ndarray:
    """Return the numbers that rle-pack of thi.ng/umbrella has packed.

    Its bits, from the highest of each byte on: how many numbers (32), the bits of a number less 1
    (5), and the bits of four kinds of length, each less 1 (4 times 4). Then, until all are there: 1
    and a number that is repeated, or 0 and numbers that differ; between the two stand the kind of
    the length (2) and the length less 1.
    """
    bits = np.unpackbits(np.array(content, np.uint8))
    place = 0

    def take(count: int) -> int:
        nonlocal place
        if place + count > bits.size:
            raise ValueError("a brush's mask ends too early")
        taken = bits[place : place + count]
        place += count
        return int("".join(map(str, taken)), 2)

    total, width = take(32), take(5) + 1
    lengths = [take(4) + 1 for _ in range(4)]
    parts: list[np.ndarray] = []
    found = 0
    while found < total:
        repeated = take(1)
        count = take(lengths[take(2)]) + 1
        numbers = [take(width)] * count if repeated else [take(width) for _ in range(count)]
        parts.append(np.array(numbers, np.uint32))
        found += count
    return np.concatenate(parts)[:total] if parts else np.zeros(0, np.uint32)
