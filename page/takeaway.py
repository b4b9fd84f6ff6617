"""What a visitor takes home: files, and the calls that give the same result elsewhere."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from PIL import Image

from seg_models import pipeline
from seg_models.specs import Checkpoint, Segmentation
from seg_models.visualize import draw

from . import drawing, files, guestbook
from .look import Look
from .translations import say


def pack(segmentation: Segmentation, look: Look) -> list[str]:
    """Return the paths of all files of a result, the last a zip of the others.

    Args:
        segmentation: The result, `refined` being what is meant (see `results.Result.exactly`).
        look: Whose colours and language are used.
    """
    label_set = look.labels(segmentation.checkpoint)
    folder = files.folder()
    labels = pipeline.labels(segmentation)
    shown = drawing.labels(segmentation, drawing.REFINED)
    pictures = {
        "labels.png": draw.indexed_png(labels, label_set),
        "colours.png": Image.fromarray(draw.colour(shown, label_set)),
        "overlay.png": Image.fromarray(draw.overlay(segmentation.photo, shown, label_set)),
    }
    for name, picture in pictures.items():
        picture.save(folder / name, compress_level=files.LEVEL)
    facts = draw.details(segmentation, labels)
    texts = {
        "result.json": json.dumps(facts, indent=2, ensure_ascii=False) + "\n",
        "contents.txt": say(look.language, "contents"),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    paths = [folder / name for name in (*pictures, *texts)]
    return [*map(str, paths), str(_zipped(paths, f"{segmentation.checkpoint.name}.zip"))]


def calls(checkpoint: Checkpoint, iterations: int, address: str, language: str) -> str:
    """Return, as Markdown, how a program, a shell and another machine get the same result.

    A network that a visitor brought along is that visitor's alone on this page, so programs ask
    the Hub for it.
    """
    key = guestbook.key(checkpoint)
    model = key or checkpoint.name
    loaded = f'seg_models.open_checkpoint("{key}")' if key else f'"{model}"'
    here = f"""\
{say(language, "python")}
```python
from dataclasses import replace

import seg_models
from seg_models import pipeline

segmenter = seg_models.load({loaded})
crf = replace(segmenter.checkpoint.crf, iterations={iterations})
labels = pipeline.labels(segmenter.segment("photo.jpg", crf))  # (H, W) class indices
```
{say(language, "shell")}
```sh
python -m seg_models predict photo.jpg --model {model} --crf {iterations} --out results
```
"""
    return (
        here
        if key
        else f"""{here}\
{say(language, "client")}
```python
from gradio_client import Client, handle_file

client = Client("{address}")
score_map, upsampled, refined, details = client.predict(
    handle_file("photo.jpg"), "{model}", {iterations}, api_name="/segment"
)
```
"""
    )


def _zipped(paths: list[Path], name: str) -> Path:
    whole = paths[0].with_name(name)
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in paths:
            archive.write(each, each.name)
    return whole
