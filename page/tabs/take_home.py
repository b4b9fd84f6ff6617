"""What a visitor takes home: files, and the calls that give the same result elsewhere."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from PIL import Image

from seg_models.specs import Checkpoint, CrfSettings, LabelSet
from seg_models.upsample import argmax
from seg_models.visualize import draw, summary
from seg_models.visualize.segmentation import Segmentation

from ..i18n import say
from ..models import catalogue, custom_models
from ..segment.results import RESULTS
from ..server import files
from ..server.turns import Work, turn


def answer(asked: dict[str, Any], work: Work, language: str) -> Iterator[dict[str, Any]]:
    """Yield the files of a result and the calls that give it, once.

    Args:
        asked: "run" is the result's, "iteration" the one that is shown, "safe" whether colours are
            those that every eye tells apart, "address" this page's.
        work: To be given up when nobody waits for it.
        language: In which it is told.
    """
    result = RESULTS.find(asked.get("run"))
    with turn(work):
        segmentation = result.at(max(0, int(asked.get("iteration") or 0)))
    label_set = catalogue.palette(segmentation.checkpoint, bool(asked.get("safe", True)))
    paths = pack(segmentation, label_set, language)
    yield {
        "status": "",
        "files": [{"name": each.name, "bytes": each.stat().st_size} for each in paths],
        "folder": paths[0].parent.name,
        "calls": calls(segmentation, str(asked.get("address") or ""), language),
    }


def pack(segmentation: Segmentation, label_set: LabelSet, language: str) -> list[Path]:
    """Return the paths of all files of a result, the last a zip of the others.

    Args:
        segmentation: The result, after the iteration that is meant.
        label_set: Its classes in the colours to draw them in.
        language: Of the list of contents.
    """
    folder = files.folder()
    labels = segmentation.labels()
    history = segmentation.history
    shown = history[-1] if history else argmax(segmentation.probabilities)
    pictures = {
        "labels.png": draw.indexed_png(labels, segmentation.checkpoint.labels),
        "colours.png": Image.fromarray(draw.colour(shown, label_set)),
        "overlay.png": Image.fromarray(draw.overlay(segmentation.photo, shown, label_set)),
    }
    for name, picture in pictures.items():
        picture.save(folder / name, compress_level=files.LEVEL)
    facts = summary.details(segmentation, labels)
    texts = {
        "result.json": json.dumps(facts, indent=2, ensure_ascii=False) + "\n",
        "contents.txt": say(language, "contents"),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    paths = [folder / name for name in (*pictures, *texts)]
    return [*paths, _zipped(paths, f"{segmentation.checkpoint.name}.zip")]


def calls(segmentation: Segmentation, address: str, language: str) -> list[dict[str, str]]:
    """Return how a program, a shell and another machine get the same result: title and code each.

    A network that a visitor brought along is that visitor's alone on this page, so programs ask
    the Hub for it. The shell and other machines know the checkpoint's own CRF alone.
    """
    checkpoint, crf = segmentation.checkpoint, segmentation.crf
    iterations = crf.iterations if crf else 0
    key = custom_models.key(checkpoint)
    model = key or checkpoint.name
    tuned = _tuned(checkpoint, crf)
    imports, asked = "import seg_models\n", str(iterations)
    if not tuned:
        imports = f"from dataclasses import replace\n\n{imports}"
        asked = f"replace(segmenter.checkpoint.crf, {_settings(checkpoint, crf)})"
    found = [
        {
            "title": say(language, "python"),
            "code": f"""\
{imports}
segmenter = seg_models.load("{model}")
segmentation = segmenter.segment("photo.jpg", crf={asked})
labels = segmentation.labels()  # (H, W) class indices
""",
        }
    ]
    if not tuned:
        return found
    command = f"python -m seg_models predict photo.jpg --model {model} --crf {iterations}"
    found.append({"title": say(language, "shell"), "code": f"{command} --out results\n"})
    if key is None:
        client = f"""\
from gradio_client import Client, handle_file

client = Client("{address}")
score_map, upsampled, refined, details = client.predict(
    handle_file("photo.jpg"), "{model}", {iterations}, api_name="/segment"
)
"""
        found.append({"title": say(language, "client"), "code": client})
    return found


def _settings(checkpoint: Checkpoint, crf: CrfSettings | None) -> str:
    """Return what differs from the checkpoint's own settings, as keyword arguments."""
    if crf is None:
        return "iterations=0"
    own = asdict(checkpoint.crf)
    changed = {name: value for name, value in asdict(crf).items() if value != own[name]}
    changed["iterations"] = crf.iterations
    return ", ".join(f"{name}={value!r}" for name, value in changed.items())


def _tuned(checkpoint: Checkpoint, crf: CrfSettings | None) -> bool:
    return crf is None or not (
        {name for name, value in asdict(crf).items() if value != asdict(checkpoint.crf)[name]}
        - {"iterations"}
    )


def _zipped(paths: list[Path], name: str) -> Path:
    whole = paths[0].with_name(name)
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in paths:
            archive.write(each, each.name)
    return whole
