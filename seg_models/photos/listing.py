"""Which files of a folder are photos: one answer for prediction, evaluation and training."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from .files import FORMATS

# By name, as Pillow knows them; ".mpo" is a JPEG of several views.
SUFFIXES = frozenset(
    {suffix for suffix, name in Image.registered_extensions().items() if name in FORMATS} | {".mpo"}
)


@dataclass(frozen=True)
class ListedPhoto:
    """A photo that was found, and where below what was asked for."""

    path: Path
    below: Path = Path()  # the folders between the one that was named and the photo


@dataclass(frozen=True)
class Listing:
    """What `photos_in` found, in order, and how much it did not take."""

    photos: tuple[ListedPhoto, ...]
    passed_over: int = 0  # files of the folders that are no photos by name
    folders: int = 0  # folders within the folders that were not gone into

    @property
    def remark(self) -> str:
        """What was left out, as the end of a sentence; "" where nothing was."""
        parts = []
        if self.passed_over:
            parts.append(f"{_count(self.passed_over, 'other file')} passed over")
        if self.folders:
            parts.append(f"{_count(self.folders, 'folder')} not gone into (--recursive does)")
        return "; ".join(parts)


def photos_in(
    paths: Iterable[Path], recursive: bool = False, leave_out: Path | None = None
) -> Listing:
    """Return the photos that `paths` name: files, folders, or patterns with *, ? or [].

    A file is taken whatever its name. Of a folder, and of a pattern that a shell has left alone,
    the photos are taken: files whose suffix is that of a format that is read, and whose name does
    not begin with a dot.

    Args:
        paths: What was asked for, in this order; a folder's photos come by name.
        recursive: Take the photos of folders within the folders, too; not of those whose name
            begins with a dot, nor through links.
        leave_out: A folder that is not gone into: where the results lie.

    Raises:
        ValueError: If a pattern fits nothing, or a folder holds no photo.
    """
    found: dict[Path, ListedPhoto] = {}
    passed_over = folders = 0
    for path in paths:
        for each in _expanded(path):
            if not each.is_dir():
                if each == path or is_photo_name(each.name):
                    found.setdefault(each, ListedPhoto(each))
                else:
                    passed_over += 1
                continue
            inside = _folder(each, recursive, leave_out)
            if not inside.photos:
                more = f" ({inside.remark})" if inside.remark else ""
                raise ValueError(f"{each} holds no photos, such as .jpg, .png or .webp{more}")
            for photo in inside.photos:
                found.setdefault(photo.path, photo)
            passed_over += inside.passed_over
            folders += inside.folders
    return Listing(tuple(found.values()), passed_over, folders)


def is_photo_name(name: str) -> bool:
    """Whether a file of this name is taken for a photo where a folder's are."""
    return not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES


def _folder(folder: Path, recursive: bool, leave_out: Path | None) -> Listing:
    photos, passed_over, folders = [], 0, 0
    for place, names, deeper in _walk(folder, recursive, leave_out):
        taken = [name for name in names if is_photo_name(name)]
        below = place.relative_to(folder)
        photos += [ListedPhoto(place / name, below) for name in taken]
        passed_over += len(names) - len(taken)
        folders += deeper
    return Listing(tuple(photos), passed_over, folders)


def _walk(
    folder: Path, recursive: bool, leave_out: Path | None
) -> Iterator[tuple[Path, list[str], int]]:
    """Yield each folder with its files' names, sorted, and how many folders are not gone into."""
    names, folders = [], []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file():
                names.append(entry.name)
            elif entry.is_dir() and not entry.name.startswith("."):
                folders.append(entry)
    if not recursive:
        yield folder, sorted(names), len(folders)
        return
    yield folder, sorted(names), 0
    for entry in sorted(folders, key=lambda each: each.name):
        inner = folder / entry.name
        if not entry.is_symlink() and (leave_out is None or inner.resolve() != leave_out.resolve()):
            yield from _walk(inner, recursive, leave_out)


def _expanded(path: Path) -> list[Path]:
    """Return what a pattern fits, by name; anything else is itself."""
    text = str(path)
    if not glob.has_magic(text) or path.exists():
        return [path]
    found = [Path(each) for each in sorted(glob.glob(text, recursive=True))]
    if not found:
        raise ValueError(f"nothing fits {text}; give the path of a photo or a folder of photos")
    return found


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
