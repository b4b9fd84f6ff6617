"""Segmenting files: every picture and fact of a photo's result, written to a folder of its own."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from .. import pipeline
from ..checkpoints import storage, weights
from ..pipeline import Segmenter
from ..specs import CrfSettings, LabelSet
from ..upsample import argmax
from ..version import __version__
from ..visualize import draw, palettes, summary
from ..visualize.segmentation import Segmentation
from .result_folders import FACTS, OWNER, content, owner

PICTURES = ("score_map.png", "upsampled.png", "refined.png", "overlay.png", "labels.png")
# zlib's: the usual 6 takes three times as long over an overlay, a photo after all, and makes it 5 %
# larger; flat masks take 17 instead of 7 kB.
PNG_LEVEL = 2


@dataclass(frozen=True)
class Job:
    """How photos are to be segmented and drawn."""

    segmenter: Segmenter
    crf: CrfSettings | None = None
    working_side: int = pipeline.WORKING_SIDE
    safe: bool = False  # draw in colours that also the colour-blind tell apart

    def facts(self) -> dict[str, Any]:
        """Return all that decides a result, beside what is segmented."""
        return {
            "model": self.segmenter.checkpoint.name,
            "weights_sha256": weights.sha256(self.segmenter.checkpoint),
            "crf": asdict(self.crf) if self.crf else None,
            "working_side": self.working_side,
            "safe_colours": self.safe,
            "version": __version__,
        }

    def labels(self) -> LabelSet:
        """Return the network's classes in the colours that they are drawn in."""
        own = self.segmenter.checkpoint.labels
        return palettes.safe_colours(own) if self.safe else own


def predict(job: Job, photo: Path, folder: Path, overwrite: bool = False) -> bool:
    """Segment `photo` and write its result to `folder`; return whether there was need to.

    A result that is whole and was made from the same photo, weights and settings is left alone,
    unless `overwrite`.

    Raises:
        ValueError: If the photo cannot be read.
    """
    request = _request(job, photo)
    if not overwrite and _is_done(folder, request):
        return False
    if photo.resolve() in {(folder / name).resolve() for name in (*PICTURES, FACTS)}:
        raise ValueError(f"{photo} would be overwritten by its own result; choose another --out")
    segmentation = job.segmenter.segment(photo, job.crf, job.working_side)
    labels = segmentation.labels()
    (folder / FACTS).unlink(missing_ok=True)  # with it, no half-written result is taken for whole
    for name, picture in _pictures(segmentation, labels, job.labels()).items():
        storage.atomic_write(folder / name, partial(picture.save, compress_level=PNG_LEVEL))
    details = summary.details(segmentation, labels)
    facts = {"photo": photo.name, OWNER: owner(photo), **details, "request": request}
    text = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
    # Not every file's name is Unicode; what is not is written in JSON's own escapes.
    encoded = text.encode("utf-8", "backslashreplace")
    storage.atomic_write(folder / FACTS, lambda path: path.write_bytes(encoded))
    return True


def as_json(photo: Path, folder: Path, done: bool) -> str:
    """Return one line of JSON: where the photo's result lies, whether it is new, and its facts."""
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    line = {"photo": str(photo), "folder": str(folder), "segmented": done, "result": facts}
    return json.dumps(line)


def _pictures(
    segmentation: Segmentation, labels: np.ndarray, label_set: LabelSet
) -> dict[str, Image.Image]:
    upsampled = argmax(replace(segmentation, refined=None).final)
    refined = argmax(segmentation.final)
    size = segmentation.photo.shape[:2]
    coloured = {
        "score_map.png": draw.score_map_picture(segmentation.score_map, size, label_set),
        "upsampled.png": draw.colour(upsampled, label_set),
        "refined.png": draw.colour(refined, label_set),
        "overlay.png": draw.overlay(segmentation.photo, refined, label_set),
    }
    pictures = {name: Image.fromarray(array) for name, array in coloured.items()}
    return {**pictures, "labels.png": draw.indexed_png(labels, label_set)}


def _request(job: Job, photo: Path) -> dict[str, Any]:
    """Return all that decides what the result is, to be compared with a result that is there."""
    if not photo.is_file():
        raise ValueError(f"{photo} is not a file; give the path of a photo or a folder of photos")
    return {"photo_sha256": content(photo), **job.facts()}


def _is_done(folder: Path, request: dict[str, Any]) -> bool:
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    whole = all((folder / name).is_file() for name in PICTURES)
    return whole and isinstance(facts, dict) and facts.get("request") == request
