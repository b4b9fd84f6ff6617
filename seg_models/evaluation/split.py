"""Which labelled photos are learnt from and which are kept to score on."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

from .labelled_photos import Pairs, pairs

VAL_SHARE = 5  # one photo of so many is kept to score on, where nobody else has split them


@dataclass(frozen=True)
class Split:
    """A data set's photos and labels, by what they are for."""

    train: Pairs
    val: Pairs
    left_out: Pairs | None = None  # of train/, to be validated on in place of val

    @property
    def validated(self) -> Pairs:
        """What a network is validated on while it learns."""
        return self.left_out or self.val

    def leaving_out(self, sequence: str) -> Split:
        """Return the same, without learning from photos whose names begin with `sequence`.

        CamVid's val are neighbours of its training photos; a whole drive left out is not.

        Raises:
            ValueError: If none of the names begins so, or all do.
        """
        out = [pair for pair in self.train if pair[0].name.startswith(sequence)]
        rest = [pair for pair in self.train if not pair[0].name.startswith(sequence)]
        folder = self.train[0][0].parents[1]
        if not out:
            raise ValueError(f"no photo of {folder} begins with {sequence!r}")
        if not rest:
            raise ValueError(f"all photos of {folder} begin with {sequence!r}; none is left")
        return replace(self, train=rest, left_out=out)


def split(folder: Path) -> Split:
    """Return what a data folder says, or else one made by the photos' names.

    A folder with `train/` and `val/`, each with `images/` and `labels/`, is taken as it is. Of one
    with `images/` and `labels/` alone every fifth photo is kept to score on: those whose names have
    the lowest sha256, so that the same names are split alike on every machine.

    Raises:
        ValueError: If the folder is laid out in neither way, or holds too few photos to be split.
    """
    parts = [name for name in ("train", "val") if (folder / name).is_dir()]
    if len(parts) == 2:
        return Split(pairs(folder / "train"), pairs(folder / "val"))
    if not parts and not (folder / "images").is_dir():
        raise ValueError(f"{folder} holds neither train/ and val/ nor images/ and labels/")
    if parts:
        (lacking,) = {"train", "val"} - set(parts)
        raise ValueError(f"{folder} has {parts[0]}/ but no {lacking}/; give both, or neither")
    found = pairs(folder)
    if len(found) < 2:
        raise ValueError(f"{folder} holds 1 labelled photo; at least 2 are needed, one to score on")
    by_chance = sorted(found, key=lambda pair: hashlib.sha256(os.fsencode(pair[0].name)).digest())
    kept = {photo for photo, _ in by_chance[: max(1, len(found) // VAL_SHARE)]}
    return Split(
        [pair for pair in found if pair[0] not in kept], [pair for pair in found if pair[0] in kept]
    )
