"""The page with small networks, small photos and small examples: quick, but the real page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import random_visitor
import serving
from PIL import Image

from scripts import running
from seg_models import preprocess


@dataclass(frozen=True)
class Site:
    """A running page and what it knows."""

    address: str
    photos: list[random_visitor.Known]
    weights: Path  # of the networks that it serves


@contextmanager
def served(scratch: Path) -> Iterator[Site]:
    """Serve it. Who computes what it must show sets SEG_MODELS_WEIGHTS_DIR to its weights."""
    for name in ("weights", "photos", "examples", "cache"):
        (scratch / name).mkdir()
    known = random_visitor.photos(scratch / "photos")
    serving.pack_zoo(scratch / "weights", preprocess.open_photo(known[0].path))
    examples = _examples(scratch / "examples", known)
    variables = {
        "SEG_MODELS_WEIGHTS_DIR": str(scratch / "weights"),
        "SEG_MODELS_EXAMPLES_DIR": str(scratch / "examples"),
        "GRADIO_TEMP_DIR": str(scratch / "cache"),
        "OMP_NUM_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
    }
    with running.page(variables) as address:
        yield Site(address, [*known, *examples], scratch / "weights")


def _examples(folder: Path, known: list[random_visitor.Known]) -> list[random_visitor.Known]:
    """Make an example of two domains each from the photos, turned so that they differ."""
    found, listing = [], []
    for number, photo in enumerate(known[:3]):
        title, domain = f"Example {number}", serving.DOMAINS[number % 2]
        path = folder / f"example_{number}.png"
        with Image.open(photo.path) as picture:
            turned = picture.transpose(Image.Transpose.ROTATE_90)
            turned.resize((turned.width + 7, turned.height + 5), Image.Resampling.NEAREST).save(
                path
            )
        facts = {"file": path.name, "title": title, "domain": domain, "alt": title}
        listing.append({**facts, "failure": number == 2})
        found.append(random_visitor.Known(title, path, path.stem))
    (folder / "examples.json").write_text(json.dumps(listing))
    return found
