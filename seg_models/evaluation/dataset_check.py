"""What is wrong with a data set, all of it, before hours are spent on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from ..preprocess import fit, open_photo, resize
from ..specs import VOID
from .labelled_photos import INDICES, ColouredLabelsError, LabelForm, Pairs, read_ground_truth

NAMED = 5  # files of each fault; of the others, the number is said


def read(
    found: Pairs,
    classes: int,
    form: LabelForm = INDICES,
    watch: Callable[[Iterable], Iterable] = iter,
    long_side: int | None = None,
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return each pair's photo `(H, W, 3)` and labels `(H, W)`, both uint8.

    Args:
        found: See `labelled_photos.pairs`.
        classes: How many there are: labels are 0 to `classes - 1`, and 255 for void.
        form: How the labels are written down.
        watch: What the pairs go through, such as tqdm for a progress bar.
        long_side: Pixels; photos and labels whose longer side has more are made smaller.

    Raises:
        ValueError: If a photo or its labels cannot be used, or no pixel of all has a class. The
            message, one line, names each fault and its files.
    """

    def examine(pair: tuple[Path, Path]) -> _Examined:
        each = _examine(pair, classes, form)
        if each.pixels is None or long_side is None or max(each.pixels[1].shape) <= long_side:
            return each
        size = fit(each.pixels[1].shape, long_side)
        return replace(each, pixels=resized(*each.pixels, size))

    return list(_examined(found, examine, watch))


def resized(
    photo: np.ndarray, labels: np.ndarray, size: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return a photo and its labels at another (height, width); no label is a mixture of two."""
    height, width = size
    picture = Image.fromarray(labels).resize((width, height), Image.Resampling.NEAREST)
    return resize(photo, size), np.array(picture)


def check(
    found: Pairs,
    classes: int,
    form: LabelForm = INDICES,
    watch: Callable[[Iterable], Iterable] = iter,
) -> None:
    """Raise what `read` raises, and keep nothing of what it returns."""

    def examine(pair: tuple[Path, Path]) -> _Examined:
        return replace(_examine(pair, classes, form), pixels=None)

    for _ in _examined(found, examine, watch):
        pass


@dataclass(frozen=True)
class _Examined:
    fault: str  # "" where there is none
    labelled: bool = False  # whether a pixel has a class
    pixels: tuple[np.ndarray, np.ndarray] | None = None


def _examine(pair: tuple[Path, Path], classes: int, form: LabelForm) -> _Examined:
    try:
        photo, labels = open_photo(pair[0]), read_ground_truth(pair[1], form)
    except ColouredLabelsError as error:
        return _Examined(f"{error}; if they have the classes' colours, say --colour-labels")
    except ValueError as error:
        return _Examined(str(error))
    fault = _fault(photo, labels, classes)
    if fault:
        return _Examined(f"labels/{pair[1].name} {fault}")
    return _Examined("", bool((labels != VOID).any()), (photo, labels))


def _examined(
    found: Pairs,
    examine: Callable[[tuple[Path, Path]], _Examined],
    watch: Callable[[Iterable], Iterable],
) -> Iterator[tuple[np.ndarray, np.ndarray] | None]:
    """Yield each pair's pixels, as `examine` leaves them; at the end raise what is wrong."""
    faults, labelled = _Faults(), False
    pool = ThreadPoolExecutor(os.cpu_count())  # decoders work outside of Python's lock
    try:
        for pair, each in zip(watch(found), pool.map(examine, found), strict=True):
            labelled = labelled or each.labelled
            if each.fault:
                faults.add(each.fault, pair[1].name, pair[0].name)
            else:
                yield each.pixels
    finally:
        pool.shutdown(cancel_futures=True)
    if not labelled and not faults:
        faults.add(f"no pixel of the {len(found)} label pictures has a class; all is void")
    if faults:
        raise ValueError(f"{found[0][0].parents[1]} cannot be used: {faults}")


def _fault(photo: np.ndarray, labels: np.ndarray, classes: int) -> str:
    """Return what is wrong with a pair, "" if nothing is."""
    if photo.shape[:2] != labels.shape:
        (height, width), (tall, wide) = labels.shape, photo.shape[:2]
        turned = ", which EXIF may turn," if (height, width) == (wide, tall) else ""
        return f"is {width}x{height} pixels, but its photo{turned} is {wide}x{tall}"
    strange = np.flatnonzero(np.bincount(labels.ravel(), minlength=256)[classes:VOID]) + classes
    if strange.size:
        many = ", ".join(map(str, strange[:5])) + (" and others" if strange.size > 5 else "")
        advice = f"; if {strange[0]} is void, say --void {strange[0]}" if strange.size == 1 else ""
        return f"holds {many}, but the classes are 0 to {classes - 1}, and 255 is void{advice}"
    return ""


class _Faults:
    """Sentences about files; one that differs only by the file is told once, with all files."""

    def __init__(self) -> None:
        self.files: dict[str, list[str]] = {}  # what is wrong, without the name
        self.sentences: dict[str, str] = {}  # the same: as it was first said

    def add(self, sentence: str, *names: str) -> None:
        """Remember a sentence about the file of the names that it begins with."""
        name = next((each for each in names if each in sentence), "")
        kind = sentence.replace(name, "", 1)
        self.sentences.setdefault(kind, sentence)
        self.files.setdefault(kind, []).append(name)

    def __bool__(self) -> bool:
        return bool(self.files)

    def __str__(self) -> str:
        parts = []
        for kind, names in list(self.files.items())[:NAMED]:
            others = names[1:NAMED]
            more = len(names) - 1 - len(others)
            also = ", ".join(others) + (f" and {more} more" if more else "")
            parts.append(self.sentences[kind] + (f" (also {also})" if also else ""))
        if len(self.files) > NAMED:
            parts.append(f"and {len(self.files) - NAMED} more faults")
        return "; ".join(parts)
