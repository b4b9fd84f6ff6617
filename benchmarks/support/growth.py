"""How the cost grows with the photo's pixels, the classes and the CRF's iterations: one picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from . import chart, contestants, turns
from .contestants import Task

BASE = Task()  # 500x375 pixels, 11 classes, 10 iterations: where ours costs 1
AXES = {
    "megapixels": [(188, 250), (375, 500), (576, 768), (768, 1024)],
    "classes": [2, 7, 11, 21],
    "CRF iterations": [0, 2, 5, 10, 20],
}
NAMES = {"textbook": "the textbook's way", "ours": "this package"}


def draw(architecture: str, rounds: int, path: Path) -> None:
    """Measure `architecture` along each axis and write the chart, a PNG, to `path`."""
    base = turns.median(_times(architecture, BASE, rounds)["ours"])
    panels = []
    for axis, values in AXES.items():
        lines: dict[str, list[tuple[float, float]]] = {name: [] for name in NAMES}
        for value in values:
            task = _task(axis, value)
            times = _times(architecture, task, rounds)
            for name, line in lines.items():
                line.append((_place(axis, value), turns.median(times[name]) / base))
        panels.append(chart.Panel(axis, {NAMES[name]: line for name, line in lines.items()}))
    chart.save(panels, "cost, this package at 500x375, 11 classes, 10 iterations = 1", path)


def _task(axis: str, value) -> Task:
    if axis == "megapixels":
        return replace(BASE, size=value)
    return replace(BASE, **{"classes" if axis == "classes" else "iterations": value})


def _place(axis: str, value) -> float:
    return value[0] * value[1] / 1e6 if axis == "megapixels" else float(value)


def _times(architecture: str, task: Task, rounds: int) -> dict[str, list[turns.Times]]:
    plain, segmenter = contestants.pair(architecture, task)
    runs: dict[str, Callable[[], turns.Times]] = {
        "textbook": lambda: contestants.textbook(plain, task),
        "ours": lambda: contestants.ours(segmenter, task),
    }
    return turns.in_turns(runs, rounds)
