"""Small line charts side by side, drawn with Pillow: no plotting library for one picture."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SHARP = 3  # drawn so many times larger, then made smaller: smooth lines
WIDTH, HEIGHT = 290, 250  # pixels of a panel
LEFT, RIGHT, TOP, BOTTOM = 44, 14, 58, 46  # around its axes
INK, FAINT, PAPER = "#33333d", "#d9d9e3", "white"
COLOURS = ("#b8860b", "#4051b5")  # of the lines, in their order; told apart by every kind of sight
TICKS = 4
STEPS = (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10)  # of a scale's end: a quarter is a short number

Line = list[tuple[float, float]]


@dataclass(frozen=True)
class Panel:
    """One chart: what its axis says, and its lines by name, all from 0 on."""

    axis: str
    lines: dict[str, Line]


def save(panels: list[Panel], title: str, path: Path) -> None:
    """Write the panels, side by side and each on its own scale, as a PNG."""
    size = (WIDTH * len(panels) * SHARP, HEIGHT * SHARP)
    picture = Image.new("RGB", size, PAPER)
    draw = ImageDraw.Draw(picture)
    for index, panel in enumerate(panels):
        highest = max(y for line in panel.lines.values() for _, y in line)
        _Pen(draw, WIDTH * index, panel, _rounded_up(highest)).panel()
    _text(draw, (LEFT, 10), title, 12, "la")
    for index, name in enumerate(panels[0].lines):
        left = LEFT + 170 * index
        _line(draw, [(left, 40), (left + 22, 40)], COLOURS[index], 3)
        _text(draw, (left + 28, 40), name, 12, "lm")
    smaller = picture.resize((size[0] // SHARP, size[1] // SHARP), Image.Resampling.LANCZOS)
    smaller.quantize(64).save(path, optimize=True)


@dataclass(frozen=True)
class _Pen:
    draw: ImageDraw.ImageDraw
    left: int
    panel_: Panel
    top: float  # the scale's highest

    def panel(self) -> None:
        furthest = _rounded_up(max(x for line in self.panel_.lines.values() for x, _ in line))
        for tick in range(TICKS + 1):
            x, y = furthest * tick / TICKS, self.top * tick / TICKS
            across = [self._place(0, y, furthest), self._place(furthest, y, furthest)]
            _line(self.draw, across, INK if tick == 0 else FAINT, 1)
            _text(self.draw, (across[0][0] - 6, across[0][1]), f"{y:g}", 11, "rm")
            below = self._place(x, 0, furthest)
            _text(self.draw, (below[0], below[1] + 8), f"{x:g}", 11, "ma")
        middle = self._place(furthest / 2, 0, furthest)
        _text(self.draw, (middle[0], HEIGHT - 8), self.panel_.axis, 12, "md")
        for line, colour in zip(self.panel_.lines.values(), COLOURS, strict=True):
            places = [self._place(x, y, furthest) for x, y in line]
            _line(self.draw, places, colour, 3)
            for x, y in places:
                _dot(self.draw, x, y, colour)

    def _place(self, x: float, y: float, furthest: float) -> tuple[float, float]:
        across, up = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
        return self.left + LEFT + across * x / furthest, HEIGHT - BOTTOM - up * y / self.top


def _rounded_up(value: float) -> float:
    """Return the least of `STEPS` times a power of ten that is not below `value`."""
    power = 10 ** math.floor(math.log10(value))
    return next(step * power for step in STEPS if step * power >= value * 0.999)


def _line(draw: ImageDraw.ImageDraw, places: Line, colour: str, width: int) -> None:
    scaled = [(x * SHARP, y * SHARP) for x, y in places]
    draw.line(scaled, colour, width * SHARP, joint="curve")


def _dot(draw: ImageDraw.ImageDraw, x: float, y: float, colour: str) -> None:
    draw.circle((x * SHARP, y * SHARP), 4 * SHARP, colour)


def _text(draw: ImageDraw.ImageDraw, place, words: str, size: int, anchor: str) -> None:
    font = ImageFont.load_default(size * SHARP)
    draw.text((place[0] * SHARP, place[1] * SHARP), words, INK, font, anchor)
