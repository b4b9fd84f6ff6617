"""Outlines and run lengths as masks, by pycocotools: the rasteriser that COCO itself is made with.

It brings the extra `labels`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

CORNERS = 72  # of the polygon that stands for an ellipse


def polygon(points: Sequence[Sequence[float]], size: tuple[int, int]) -> np.ndarray:
    """Return the inside of a polygon of (x, y) corners, pixels from the top left: (H, W) bool."""
    return polygons([[each for point in points for each in point]], size)


def polygons(rings: Sequence[Sequence[float]], size: tuple[int, int]) -> np.ndarray:
    """Return the insides of polygons, each x, y, x, y, ...: (H, W) bool.

    Raises:
        ValueError: If one of them has fewer than three corners.
    """
    from pycocotools import mask

    if not rings or any(len(ring) < 6 or len(ring) % 2 for ring in rings):
        raise ValueError("a polygon needs three corners, x and y each")
    rings = [[float(each) for each in ring] for ring in rings]
    return mask.decode(mask.merge(mask.frPyObjects(rings, *size))).astype(bool)


def ellipse(
    centre: tuple[float, float], radii: tuple[float, float], angle: float, size: tuple[int, int]
) -> np.ndarray:
    """Return the inside of an ellipse about (x, y), turned clockwise by degrees: (H, W) bool."""
    turn = math.radians(angle)
    points = []
    for step in range(CORNERS):
        t = 2 * math.pi * step / CORNERS
        x, y = radii[0] * math.cos(t), radii[1] * math.sin(t)
        points.append((
            centre[0] + x * math.cos(turn) - y * math.sin(turn),
            centre[1] + x * math.sin(turn) + y * math.cos(turn),
        ))  # fmt: skip
    return polygon(points, size)


def coco_runs(runs: dict, size: tuple[int, int]) -> np.ndarray:
    """Return the mask of COCO's run lengths, by columns, as a list or packed: (H, W) bool."""
    from pycocotools import mask

    if tuple(runs["size"]) != size:
        raise ValueError(f"a mask of {runs['size']} lies in a picture of {list(size)}")
    packed = mask.frPyObjects(runs, *size) if isinstance(runs["counts"], list) else runs
    return mask.decode(packed).astype(bool)
