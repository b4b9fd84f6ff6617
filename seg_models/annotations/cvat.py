"""CVAT's own XML, "CVAT for images 1.1": docs.cvat.ai/docs/other/xml_format."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from xml.etree.ElementTree import Element

import numpy as np

from ..labels import BACKGROUND
from . import outlines
from .records import Annotated, Area, Colour, Export


def read(root: Element, source: Path) -> Export:
    """Return what CVAT's XML says; the classes come in its task's order, in its colours.

    Raises:
        KeyError, ValueError: If it is no such file.
    """
    if root.tag != "annotations" or root.find("track") is not None:
        raise ValueError(f"{source.name} is not of the form 'CVAT for images 1.1'")
    classes: list[str] = []
    colours: dict[str, Colour] = {}
    for label in root.iterfind("meta//labels/label"):
        name = label.findtext("name", "")
        classes.append(name)
        if colour := label.findtext("color"):
            red, green, blue = bytes.fromhex(colour.removeprefix("#"))
            colours[name] = red, green, blue
    pictures, passed_over = [], 0
    for image in root.iterfind("image"):
        size = int(image.attrib["height"]), int(image.attrib["width"])
        shapes = sorted(image, key=lambda each: int(each.get("z_order", 0)))
        drawn = [each for each in shapes if each.tag in DRAWN]
        passed_over += len(shapes) - len(drawn)
        areas = [Area(each.attrib["label"], partial(DRAWN[each.tag], each, size)) for each in drawn]
        pictures.append(Annotated(image.attrib["name"], size, areas))
    if BACKGROUND not in classes:
        classes.insert(0, BACKGROUND)
    return Export(list(dict.fromkeys(classes)), pictures, colours, passed_over)


def _polygon(shape: Element, size: tuple[int, int]) -> np.ndarray:
    points = [
        [float(each) for each in point.split(",")] for point in shape.attrib["points"].split(";")
    ]
    return outlines.polygon(points, size)


def _ellipse(shape: Element, size: tuple[int, int]) -> np.ndarray:
    x, y, across, down = (float(shape.attrib[each]) for each in ("cx", "cy", "rx", "ry"))
    return outlines.ellipse((x, y), (across, down), float(shape.get("rotation", 0)), size)


def _mask(shape: Element, size: tuple[int, int]) -> np.ndarray:
    """Return run lengths by rows, of what is not and what is, within the mask's own box."""
    left, top, width, height = (
        int(float(shape.attrib[each])) for each in ("left", "top", "width", "height")
    )
    runs = [int(each) for each in shape.attrib["rle"].split(",")]
    inside = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    if inside.size != width * height or top + height > size[0] or left + width > size[1]:
        raise ValueError("a mask does not fill its box, or lies outside of the picture")
    found = np.zeros(size, bool)
    found[top : top + height, left : left + width] = inside.reshape(height, width)
    return found


DRAWN = {"polygon": _polygon, "ellipse": _ellipse, "mask": _mask}
