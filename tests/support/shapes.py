"""Pictures of three shapes and their labels, as small as they can still be learnt from."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

CLASSES = "background\ncircle #e69f00\nsquare #56b4e9\ntriangle #009e73\n"


def draw(folder: Path, count: int, size: tuple[int, int] = (48, 64)) -> Path:
    """Write `count` photos (height, width) to images/ and labels/, and classes.txt; return folder.

    Each shows a bright circle, a square and a triangle, in colours of their own, on dark noise.
    """
    random = np.random.default_rng(0)
    height, width = size
    side = height // 2
    for kind in ("images", "labels"):
        (folder / kind).mkdir(parents=True)
    (folder / "classes.txt").write_text(CLASSES)
    for number in range(count):
        noise = random.integers(0, 60, (height, width, 3), np.uint8)
        photo, labels = Image.fromarray(noise), Image.new("L", (width, height))
        for label in random.permutation([1, 2, 3]).tolist():
            x, y = random.integers(0, width - side), random.integers(0, height - side)
            right, below = int(x) + side - 1, int(y) + side - 1
            x, y = int(x), int(y)
            colour = [40, 40, 40]
            colour[label - 1] = int(random.integers(200, 256))
            for picture, fill in ((photo, tuple(colour)), (labels, label)):
                pen = ImageDraw.Draw(picture)
                if label == 1:
                    pen.ellipse((x, y, right, below), fill=fill)
                elif label == 2:
                    pen.rectangle((x, y, right, below), fill=fill)
                else:
                    pen.polygon([((x + right) // 2, y), (right, below), (x, below)], fill=fill)
        photo.save(folder / "images" / f"{number:02}.png")
        labels.save(folder / "labels" / f"{number:02}.png")
    return folder
