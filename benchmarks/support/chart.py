"""Small line charts side by side, as one picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

COLOURS = ("#b8860b", "#4051b5")  # of the lines, in their order; told apart by every kind of sight
WIDTH, HEIGHT = 2.9, 2.6  # inches of a panel, at 100 pixels each

Line = list[tuple[float, float]]


@dataclass(frozen=True)
class Panel:
    """One chart: what its axis says, and its lines by name, all from 0 on."""

    axis: str
    lines: dict[str, Line]


def save(panels: list[Panel], title: str, path: Path) -> None:
    """Write the panels, side by side and each on its own scale, as a PNG."""
    figure = Figure(figsize=(WIDTH * len(panels), HEIGHT), layout="constrained")
    figure.suptitle(title, fontsize=10, ha="left", x=0.01)
    for panel, axes in zip(panels, figure.subplots(1, len(panels), squeeze=False)[0], strict=True):
        for (name, line), colour in zip(panel.lines.items(), COLOURS, strict=False):
            axes.plot(*zip(*line, strict=True), "o-", color=colour, label=name, clip_on=False)
        axes.set_xlabel(panel.axis)
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=0)
        axes.grid(color="#d9d9e3")
        axes.spines[["top", "right"]].set_visible(False)
    names = figure.axes[0].get_legend_handles_labels()
    figure.legend(*names, loc="outside lower left", ncols=len(COLOURS), frameon=False)
    figure.savefig(path, dpi=100)
