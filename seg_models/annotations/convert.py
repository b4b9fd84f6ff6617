"""Writing what a tool exported as photos, label pictures and a list of classes."""

from __future__ import annotations

import json
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from ..checkpoints import storage
from ..labels import BACKGROUND, with_colours
from ..photos.listing import photos_in
from ..preprocess import open_photo
from ..specs import VOID, LabelSet
from ..visualize import draw
from . import coco, cvat, label_studio, pictures
from .records import Annotated, Area, Export

UPLOAD = re.compile(r"[0-9a-f]{8}-")  # what Label Studio puts before a picture's name


@dataclass(frozen=True)
class Conversion:
    """What `convert` wrote."""

    labels: LabelSet
    photos: int
    without: int  # photos that the export says nothing of; they are left out
    passed_over: int  # shapes that bound no area


def read(
    form: str, source: Path, labels: LabelSet | None = None, values: Mapping[int, int] | None = None
) -> Export:
    """Return what an annotation tool exported.

    Args:
        form: One of `FORMS`.
        source: A file, or a folder of label pictures, as the form has it.
        labels: The classes of "masks".
        values: By a mask's value, the label.

    Raises:
        ValueError: If `source` is not of this form; the message says why not.
        OSError: If it cannot be read.
    """
    if form == "masks":
        if labels is None:
            raise ValueError("masks say nothing of their classes; list them in --classes FILE")
        return pictures.masks(source, labels, values or {})
    if form == "voc":
        return pictures.voc(source)
    if not source.is_file():
        raise ValueError(f"{source} is not a file; {form} is one")
    try:
        text = source.read_text(encoding="utf-8-sig")
        if form == "cvat":
            return cvat.read(ElementTree.fromstring(text), source)
        reader = {"coco": coco.read, "label-studio": label_studio.read}[form]
        return reader(json.loads(text), source)
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"{source} is not of the form {form}: it lacks {error}") from error
    except (ValueError, ElementTree.ParseError, RecursionError) as error:
        raise ValueError(f"{source} is not of the form {form}: {error}") from error


FORMS = ("coco", "cvat", "label-studio", "voc", "masks")


def convert(
    export: Export,
    images: Path,
    out: Path,
    chosen: LabelSet | None = None,
    unlabelled: str = BACKGROUND,
    watch: Callable[[Iterable], Iterable] = iter,
) -> Conversion:
    """Write `images/`, `labels/` and `classes.txt` to `out`.

    Args:
        export: What a tool wrote down.
        images: Holds its photos, in folders, too.
        out: A folder that is not there yet, or empty.
        chosen: The classes wanted, in label order; areas of others are void. Without it, all.
        unlabelled: The class of what lies in no area, or "void".
        watch: What the pictures go through, such as tqdm for a progress bar.

    Raises:
        ValueError: If `out` is not empty, a photo is not there or has another size, an area cannot
            be drawn, or a class is unknown; the message names the picture.
    """
    if out.is_dir() and any(out.iterdir()):
        raise ValueError(f"{out} is not empty; convert into a new folder")
    if not export.pictures:
        raise ValueError("the export names no picture")
    labels = chosen or with_colours("own", export.classes, export.colours)
    index = {name: number for number, name in enumerate(labels.classes)}
    if unlabelled != "void" and unlabelled not in index:
        raise ValueError(
            f"there is no class {unlabelled!r} for what lies in no area; say --unlabelled void, or "
            f"one of {', '.join(labels.classes)}"
        )
    ground = index.get(unlabelled, VOID)
    photos = _Photos(images)
    found = [(each, photos.of(each.file)) for each in export.pictures]
    names = _names([photo for _, photo in found], images)
    for (annotated, photo), name in zip(watch(found), names, strict=True):
        try:
            drawn = _drawn(annotated, photo, index, ground)
        except ValueError as error:
            raise ValueError(f"{annotated.file}: {error}") from error
        place = out / "labels" / f"{Path(name).stem}.png"
        storage.atomic_write(place, draw.indexed_png(drawn, labels).save)
        (out / "images").mkdir(exist_ok=True)
        shutil.copyfile(photo, out / "images" / name)
    lines = "".join(f"{_line(labels, number)}\n" for number in range(len(labels.classes)))
    storage.atomic_write(out / "classes.txt", lambda path: path.write_text(lines, encoding="utf-8"))
    left = len(photos) - len({photo for _, photo in found})
    return Conversion(labels, len(found), left, export.passed_over)


def _drawn(annotated: Annotated, photo: Path, index: dict[str, int], ground: int) -> np.ndarray:
    """Return the labels of a picture, (H, W) uint8."""
    height, width = open_photo(photo).shape[:2]
    if annotated.size != (height, width):
        tall, wide = annotated.size
        raise ValueError(f"annotated at {wide}x{tall} pixels, but {photo.name} is {width}x{height}")
    drawn = np.full(annotated.size, ground, np.uint8)
    for area in annotated.areas:
        drawn[_mask(area)] = index.get(area.name, VOID)
    return drawn


def _mask(area: Area) -> np.ndarray:
    try:
        return area.mask()
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"an area of {area.name} cannot be drawn: it lacks {error}") from error


class _Photos:
    """The photos of a folder and of those within, by the names that a tool may call them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.by_end: dict[str, set[Path]] = defaultdict(set)
        listed = photos_in([folder], recursive=True).photos
        self.count = len(listed)
        for each in listed:
            parts = each.path.relative_to(folder).parts
            for first in range(len(parts)):
                self.by_end["/".join(parts[first:])].add(each.path)
            self.by_end[Path(parts[-1]).stem].add(each.path)

    def __len__(self) -> int:
        return self.count

    def of(self, file: str) -> Path:
        """Return the photo that a tool calls `file`: by its whole path, or the end of it.

        Raises:
            ValueError: If there is none, or several.
        """
        parts = file.replace("\\", "/").strip("/").split("/")
        wanted = ["/".join(parts[first:]) for first in range(len(parts))]
        bare = UPLOAD.sub("", parts[-1], count=1)
        for name in (*wanted, bare, Path(parts[-1]).stem, Path(bare).stem):
            if found := self.by_end.get(name):
                if len(found) == 1:
                    return next(iter(found))
                raise ValueError(f"{file} may be any of {len(found)} photos in {self.folder}")
        raise ValueError(f"{file} is not in {self.folder}")


def _names(photos: list[Path], folder: Path) -> list[str]:
    """Return a name for each photo whose stem no other has: its folders stand before it if need be.

    Raises:
        ValueError: If a photo comes twice, or two of one folder differ only by their suffix.
    """
    stems = defaultdict(list)
    for photo in photos:
        stems[photo.stem].append(photo)
    names = [
        photo.name if len(stems[photo.stem]) == 1 else "-".join(photo.relative_to(folder).parts)
        for photo in photos
    ]
    seen: set[str] = set()
    for name in names:
        if Path(name).stem in seen:
            raise ValueError(f"two pictures of the export would both be called {name}")
        seen.add(Path(name).stem)
    return names


def _line(labels: LabelSet, number: int) -> str:
    red, green, blue = labels.colours[number]
    return f"{labels.classes[number]} #{red:02x}{green:02x}{blue:02x}"
