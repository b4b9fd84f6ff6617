"""COCO's instances: one JSON file with images, categories and annotations.

Lin et al., "Microsoft COCO: Common Objects in Context", ECCV 2014, arXiv:1405.0312; the format is
described at cocodataset.org. CVAT, Label Studio, Roboflow and others export it, too.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..labels import BACKGROUND
from . import outlines
from .records import Annotated, Area, Export


def read(facts: Any, source: Path) -> Export:
    """Return what a COCO file says; its categories come in the order of their numbers.

    Raises:
        KeyError, TypeError, ValueError: If it is no such file.
    """
    del source
    names = {each["id"]: str(each["name"]) for each in facts["categories"]}
    order = [names[number] for number in sorted(names)]
    of_image = defaultdict(list)
    passed_over = 0
    for each in facts["annotations"]:
        if each.get("segmentation"):
            of_image[each["image_id"]].append(each)
        else:  # a box alone
            passed_over += 1
    pictures = []
    for image in facts["images"]:
        size = int(image["height"]), int(image["width"])
        areas = [
            Area(names[each["category_id"]], partial(_mask, each["segmentation"], size))
            for each in of_image[image["id"]]
        ]
        pictures.append(Annotated(str(image["file_name"]), size, areas))
    classes = order if BACKGROUND in order else [BACKGROUND, *order]
    return Export(classes, pictures, passed_over=passed_over)


def _mask(segmentation: Any, size: tuple[int, int]) -> np.ndarray:
    if isinstance(segmentation, dict):
        return outlines.coco_runs(segmentation, size)
    return outlines.polygons(segmentation, size)
