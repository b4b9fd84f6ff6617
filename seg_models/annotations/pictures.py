"""Label pictures of other layouts: VOC's folders, CVAT's label map, masks beside photos."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from ..evaluation.labelled_photos import VOID_COLOURS, LabelForm, read_ground_truth
from ..labels import BACKGROUND, VOC, with_colours
from ..specs import VOID, LabelSet
from .records import Annotated, Area, Colour, Export

MASKS = "SegmentationClass"
LABEL_MAP = "labelmap.txt"  # CVAT's, in "Segmentation mask 1.1"


def voc(folder: Path) -> Export:
    """Return what a folder in VOC's layout says: by its label map, or in VOC's classes.

    Raises:
        ValueError: If it is no such folder.
    """
    masks = folder / MASKS
    if not masks.is_dir():
        raise ValueError(f"{folder} has no folder {MASKS}/")
    if not (folder / LABEL_MAP).is_file():
        colours = dict(zip(VOC.classes, VOC.colours, strict=True))
        return _export(masks, list(VOC.classes), colours, LabelForm())
    classes, colours = _label_map(folder / LABEL_MAP)
    known = with_colours("map", classes, colours)
    return _export(masks, classes, colours, LabelForm(colours=known))


def masks(folder: Path, label_set: LabelSet, values: Mapping[int, int]) -> Export:
    """Return what masks say whose values stand for labels: 255 for 1 in many a mask of two classes.

    Args:
        folder: Masks called as their photos are.
        label_set: The classes.
        values: By a mask's value, the label; other values are labels as they are.
    """
    colours = dict(zip(label_set.classes, label_set.colours, strict=True))
    table = np.arange(VOID + 1, dtype=np.uint8)
    for value, label in values.items():
        table[value] = label
    return _export(folder, list(label_set.classes), colours, LabelForm(), table)


def _export(
    folder: Path,
    classes: list[str],
    colours: dict[str, Colour],
    form: LabelForm,
    table: np.ndarray | None = None,
) -> Export:
    pictures = []
    for path in sorted(folder.glob("[!.]*")):
        if path.is_file():
            labels = read_ground_truth(path, form)
            labels = labels if table is None else table[labels]
            beyond = labels[(labels >= len(classes)) & (labels != VOID)]
            if beyond.size:
                raise ValueError(f"{path.name} holds {beyond[0]}, which is no class's")
            pictures.append(Annotated(path.stem, labels.shape, _Areas(path, form, table, classes)))
    return Export(classes, pictures, colours)


class _Areas:
    """The areas of a label picture, void among them, read again when they are drawn."""

    def __init__(
        self, path: Path, form: LabelForm, table: np.ndarray | None, classes: list[str]
    ) -> None:
        self.path, self.form, self.table, self.classes = path, form, table, classes

    def __iter__(self) -> Iterator[Area]:
        labels = read_ground_truth(self.path, self.form)
        labels = labels if self.table is None else self.table[labels]
        for index in np.unique(labels):
            name = "" if index == VOID else self.classes[index]
            yield Area(name, partial(np.equal, labels, index))


def _label_map(path: Path) -> tuple[list[str], dict[str, Colour]]:
    """Return the classes of lines such as `cat:64,0,0::`, and their colours."""
    classes, colours = [], {}
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, colour, *_ = [*line.split(":"), ""]
        red, green, blue = (int(each) for each in colour.split(","))
        if (red, green, blue) in VOID_COLOURS and name != BACKGROUND:
            continue
        classes.append(name)
        colours[name] = red, green, blue
    classes.sort(key=lambda each: each != BACKGROUND)
    return classes, colours
