"""Which folder each photo's result goes to: one of its own, on every system, in every call."""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from ..photos.listing import ListedPhoto

FACTS = "result.json"
OWNER = "photo_path_sha256"  # where it says whose result it is
LONGEST = 200  # bytes of a name; file systems take 255, and a number may have to follow
# What Windows refuses in a file's name, and what it takes for a device, whatever follows a dot.
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
DEVICES = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9¹²³])\s*(\..*)?", re.IGNORECASE)


def owner(photo: Path) -> str:
    """Return what tells this photo from others of its name: the sha256 of where it lies."""
    return hashlib.sha256(os.fsencode(photo.resolve())).hexdigest()


def content(photo: Path) -> str:
    """Return the sha256 of a photo's bytes, "" if it cannot be read."""
    try:
        with photo.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def folder_for(photo: Path, out: Path) -> Path:
    """Return where the result of a single photo goes: `out`, unless another photo's lies there."""
    there = _Result.read(out)
    if there is None or there.owner == owner(photo) or there.photo_sha256 == content(photo):
        return out
    return folders_for([ListedPhoto(photo)], out)[0]


def folders_for(photos: Sequence[ListedPhoto], out: Path) -> list[Path]:
    """Return a folder in `out` for each photo: its name, as far as needed to be the only one.

    A photo has the folder of its earlier result, and never one of another photo's. Names that
    some system takes for the same (case, Unicode form) count as the same. Photos from folders
    within folders lie in such folders again.
    """
    places: dict[Path, _Place] = {}
    folders = []
    for photo in photos:
        below = Path(*(portable(part) for part in photo.below.parts))
        if below not in places:
            places[below] = _Place.read(out / below)
        folders.append(places[below].assign(photo.path))
    return folders


def portable(name: str) -> str:
    """Return `name` as every system takes it for a folder's."""
    name = FORBIDDEN.sub("_", name)
    while len(name.encode("utf-8", "surrogateescape")) > LONGEST:
        name = name[:-1]
    name = name.strip().strip(".").rstrip(". ") or "photo"  # of "...png" it is "..", a folder above
    return f"_{name}" if DEVICES.fullmatch(name) else name


def _key(name: str) -> str:
    """Return the same for all names that some file system takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


@dataclass(frozen=True)
class _Result:
    owner: str | None
    photo_sha256: str | None

    @classmethod
    def read(cls, folder: Path) -> _Result | None:
        """Return whose result lies in `folder`; None: none does."""
        try:
            facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
            return cls(facts.get(OWNER), (facts.get("request") or {}).get("photo_sha256"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, AttributeError):  # nobody's: it says nothing
            return cls(None, None)


@dataclass
class _Place:
    """A folder of results: what is in it, and what was given away in this call."""

    folder: Path
    spelt: dict[str, str] = field(default_factory=dict)  # key: the name as it is there
    results: dict[str, _Result] = field(default_factory=dict)  # by key
    by_owner: dict[str, str] = field(default_factory=dict)  # key of the folder
    by_content: dict[str, str] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)  # keys
    numbers: dict[str, Iterator[int]] = field(default_factory=dict)  # by the key of a stem

    @classmethod
    def read(cls, folder: Path) -> _Place:
        place = cls(folder)
        if folder.is_dir():
            for name in sorted(each.name for each in os.scandir(folder) if each.is_dir()):
                place._remember(_key(name), name, _Result.read(folder / name))
        return place

    def _remember(self, key: str, name: str, result: _Result | None) -> None:
        self.spelt.setdefault(key, name)
        if result is not None:
            self.results[key] = result
            if result.owner:
                self.by_owner.setdefault(result.owner, key)
            if result.photo_sha256:
                self.by_content.setdefault(result.photo_sha256, key)

    def assign(self, photo: Path) -> Path:
        """Return the folder for `photo`, which nobody else gets from now on."""
        key = self.by_owner.get(owner(photo))
        if key is None or key in self.given:
            key = self._fresh(photo)
        self.given.add(key)
        return self.folder / self.spelt[key]

    def _fresh(self, photo: Path) -> str:
        stem = portable(photo.stem)
        first = _key(stem)
        if first in self.results and first not in self.given:  # perhaps it was only moved
            moved = self.by_content.get(content(photo))
            if moved is not None and moved not in self.given:
                return moved
        names = self._names(stem, photo.suffix[1:])
        name = next(each for each in names if self._is_free(_key(each)))
        self.spelt.setdefault(_key(name), name)
        return _key(name)

    def _is_free(self, key: str) -> bool:
        return key not in self.given and key not in self.results

    def _names(self, stem: str, suffix: str) -> Iterator[str]:
        yield stem
        if suffix:
            yield portable(f"{stem}-{suffix}")
        for number in self.numbers.setdefault(_key(stem), count(2)):  # goes on where it stopped
            yield f"{stem}-{number}"
