"""A picture for the model card: an example photo on its way through the network."""

import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from . import pipeline, render
from .specs import Checkpoint

ASSETS = Path(__file__).parents[1] / "assets"
SIDE = 400  # pixels, the long side of each of the three panels


@dataclass(frozen=True)
class Sample:
    """Photo, score map and final labels side by side, and the photo's due."""

    jpeg: bytes
    alt: str
    credit: str


def sample(checkpoint: Checkpoint) -> Sample | None:
    """Return the sample of a checkpoint, or None where there is no example photo of its domain.

    Raises:
        WeightsError: If the checkpoint's weights cannot be had.
    """
    listed = ASSETS / "examples" / "examples.json"
    if not listed.is_file():
        return None
    examples = json.loads(listed.read_text(encoding="utf-8"))
    example = next((each for each in examples if each["domain"] == checkpoint.domain), None)
    if example is None:
        return None
    picture = Image.fromarray(_panels(checkpoint, ASSETS / "examples" / example["file"]))
    content = io.BytesIO()
    picture.save(content, format="JPEG", quality=90)
    return Sample(
        content.getvalue(), f"{example['alt']}; its score map; its labels", _credit(example)
    )


def _panels(checkpoint: Checkpoint, path: Path) -> np.ndarray:
    """Return the three pictures side by side, `(H, 3 W, 3)` uint8 RGB."""
    segmentation = pipeline.load(checkpoint).segment(path, checkpoint.crf, working_side=SIDE)
    photo, names = segmentation.photo, checkpoint.labels
    cells = render.score_map_picture(segmentation.score_map, photo.shape[:2], names)
    labels = pipeline.final(segmentation).argmax(0).cpu().numpy()
    return np.hstack([photo, cells, render.overlay(photo, labels, names)])


def _credit(example: dict[str, str]) -> str:
    """Return author, licence and source of a photo, as its row in ATTRIBUTION.md has them."""
    rows = (ASSETS / "ATTRIBUTION.md").read_text(encoding="utf-8").splitlines()
    row = next(each for each in rows if f"`examples/{example['file']}`" in each)
    _, what, author, licence, source, _ = (cell.strip() for cell in row.strip("| ").split(" | "))
    return f"Photo: {what}, by {author} ({licence}), from {source}."
