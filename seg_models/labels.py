"""Class names and colours of each domain, in label order; what share of labels each class has."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from .specs import VOID, LabelSet

BACKGROUND = "background"  # the class of all that is none of the others
LONGEST_CLASS = 64  # characters of a class's name
# What a line of a class list may end with: #ff8000, or 255,128,0.
COLOUR = re.compile(
    r"\s+(#(?P<hex>[0-9a-f]{6})|(?P<rgb>\d{1,3}(\s*,\s*\d{1,3}){2}))\s*$", re.IGNORECASE
)

# CamVid's eleven classes in the order and colours of the SegNet release.
CAMVID = LabelSet(
    "camvid",
    (
        "sky", "building", "pole", "road", "pavement", "tree",
        "sign", "fence", "car", "pedestrian", "bicyclist",
    ),
    (
        (128, 128, 128), (128, 0, 0), (192, 192, 128), (128, 64, 128), (60, 40, 222), (128, 128, 0),
        (192, 128, 128), (64, 64, 128), (64, 0, 128), (64, 64, 0), (0, 128, 192),
    ),
)  # fmt: skip

VOC = LabelSet(
    "voc",
    (
        "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat",
        "chair", "cow", "dining table", "dog", "horse", "motorbike", "person", "potted plant",
        "sheep", "sofa", "train", "tv monitor",
    ),
    (
        (0, 0, 0), (128, 0, 0), (0, 128, 0), (128, 128, 0), (0, 0, 128), (128, 0, 128),
        (0, 128, 128), (128, 128, 128), (64, 0, 0), (192, 0, 0), (64, 128, 0), (192, 128, 0),
        (64, 0, 128), (192, 0, 128), (64, 128, 128), (192, 128, 128), (0, 64, 0), (128, 64, 0),
        (0, 192, 0), (128, 192, 0), (0, 64, 128),
    ),
)  # fmt: skip


def subset(name: str, whole: LabelSet, classes: tuple[str, ...]) -> LabelSet:
    """Return `classes` of `whole`, in the order given, in the colours they have there."""
    colours = dict(zip(whole.classes, whole.colours, strict=True))
    return LabelSet(name, classes, tuple(colours[each] for each in classes))


ANIMALS = subset("animals", VOC, ("background", "cat", "cow", "dog", "horse", "person", "sheep"))

# What our own everyday networks know: VOC's classes, in VOC's order and colours.
EVERYDAY = LabelSet("everyday", VOC.classes, VOC.colours)

DOMAINS = {labels.name: labels for labels in (CAMVID, ANIMALS, EVERYDAY, VOC)}


def positions(classes: LabelSet, within: LabelSet) -> tuple[int, ...] | None:
    """Return where each of `classes` stands among those of `within`; None if one does not."""
    known = {each: index for index, each in enumerate(within.classes)}
    found = tuple(known.get(each, -1) for each in classes.classes)
    return None if -1 in found else found


def renumbered(labels: np.ndarray, positions: tuple[int, ...]) -> np.ndarray:
    """Return `labels`, of classes at `positions` in another label set, as that set numbers them.

    `VOID` stays.

    Args:
        labels: Any shape, uint8.
        positions: As `positions` returns them.
    """
    table = np.full(256, VOID, np.uint8)
    table[: len(positions)] = positions
    return table[labels]


def read_classes(path: Path, name: str) -> LabelSet:
    """Return the classes that a text file lists, one a line, in label order: the first is 0.

    A line is a name and, if wanted, a colour: `#ff8000`, or `255,128,0`. Empty lines and those that
    begin with # say nothing. A class without a colour gets one of VOC's that no other has; one
    called "background" is black.

    Args:
        path: The list, UTF-8.
        name: What the label set is to be called.

    Raises:
        ValueError: If it is no such list; the message names the line.
        OSError: If it cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is no text in UTF-8; save it as such") from error
    classes: list[str] = []
    stated: dict[str, tuple[int, int, int]] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            entry, colour = _entry(line)
            if entry in classes:
                raise ValueError(f"{entry} is listed twice")
            if colour in stated.values():
                raise ValueError(f"the colour {colour} is another class's, too")
        except ValueError as error:
            raise ValueError(f"{path}, line {number}: {error}") from error
        classes.append(entry)
        if colour:
            stated[entry] = colour
    if not 2 <= len(classes) <= VOID:
        raise ValueError(f"{path} lists {len(classes)} classes; 2 to {VOID} are needed")
    return with_colours(name, classes, stated)


def with_colours(
    name: str, classes: list[str], stated: dict[str, tuple[int, int, int]]
) -> LabelSet:
    """Return a label set of `classes`; those without a stated colour get one of VOC's."""
    free = (each for each in voc_colours() if each not in stated.values())
    black = {} if (0, 0, 0) in stated.values() else {BACKGROUND: (0, 0, 0)}
    known = black | stated
    return LabelSet(name, tuple(classes), tuple(known.get(each) or next(free) for each in classes))


def voc_colours() -> Iterator[tuple[int, int, int]]:
    """Yield VOC's colours of 1 to 255: a label's bits, from the lowest, are a channel's highest."""
    for label in range(1, VOID + 1):
        levels = [0, 0, 0]
        for bit in range(8):
            levels[bit % 3] |= (label >> bit & 1) << (7 - bit // 3)
        yield levels[0], levels[1], levels[2]


def _entry(line: str) -> tuple[str, tuple[int, int, int] | None]:
    """Return the name and the colour of a line."""
    found = COLOUR.search(line)
    name = line[: found.start()] if found else line
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_CLASS or not name.isprintable():
        raise ValueError(f"a class needs a name, of at most {LONGEST_CLASS} characters to be read")
    if found is None:
        return name, None
    written = found["hex"]
    levels = bytes.fromhex(written) if written else [int(each) for each in found["rgb"].split(",")]
    if max(levels) > 255:
        raise ValueError(f"the colour of {name} goes beyond 255")
    red, green, blue = levels
    return name, (red, green, blue)


def shares(labels: np.ndarray | Tensor, label_set: LabelSet) -> list[dict[str, Any]]:
    """Return the classes that occur, the largest first: class, index, share of the area (0-1)."""
    counts = np.bincount(np.asarray(labels, np.uint8).ravel(), minlength=256)
    found = sorted(np.flatnonzero(counts), key=lambda index: -counts[index])
    names = dict(enumerate(label_set.classes))
    return [
        {"class": names.get(int(index), "void"), "index": int(index),
         "share": float(counts[index] / counts.sum())}
        for index in found
    ]  # fmt: skip
