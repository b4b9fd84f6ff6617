"""What every tool's export comes down to: classes, and pictures with areas that belong to one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Area:
    """A part of a picture that belongs to a class."""

    name: str  # the class
    mask: Callable[[], np.ndarray]  # draws it, (H, W) bool; drawn only when it is needed


@dataclass(frozen=True)
class Annotated:
    """A picture, by the name that its tool has for it, and its areas: later ones lie above."""

    file: str
    size: tuple[int, int]  # height, width
    areas: Iterable[Area]


@dataclass
class Export:
    """What a tool wrote down of a set of pictures."""

    classes: list[str]  # in label order
    pictures: list[Annotated]
    colours: dict[str, Colour] = field(default_factory=dict)
    passed_over: int = 0  # boxes, lines, points and the like, which bound no area
