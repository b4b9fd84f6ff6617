"""Timing in turns: whatever else the machine does disturbs all contestants alike."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping

Times = dict[str, float]  # milliseconds by stage


def in_turns(contestants: Mapping[str, Callable[[], Times]], rounds: int) -> dict[str, list[Times]]:
    """Return the times of each contestant, round by round; a first round is not counted."""
    for run in contestants.values():
        run()
    times: dict[str, list[Times]] = {name: [] for name in contestants}
    for number in range(rounds):
        # Forwards and backwards by turns: nobody always comes after the same other.
        names = list(contestants)[:: 1 if number % 2 == 0 else -1]
        for name in names:
            times[name].append(contestants[name]())
    return times


def ratio(theirs: list[Times], ours: list[Times]) -> tuple[float, float, float]:
    """Return the median, the least and the greatest of the rounds' ratios of whole times."""
    ratios = [sum(t.values()) / sum(o.values()) for t, o in zip(theirs, ours, strict=True)]
    return statistics.median(ratios), min(ratios), max(ratios)


def shares(times: list[Times]) -> dict[str, float]:
    """Return the share, 0-1, that each stage has of the whole: of the medians of its times."""
    medians = {name: statistics.median(each[name] for each in times) for name in times[0]}
    return {name: spent / sum(medians.values()) for name, spent in medians.items()}


def median(times: list[Times]) -> float:
    """Return the median of the whole times, in milliseconds."""
    return statistics.median(sum(each.values()) for each in times)
