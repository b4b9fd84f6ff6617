"""Publishing checkpoints: one repo each, complete enough to be used alone, and a collection."""

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from .. import pipeline
from ..checkpoints import model_card, registry, weights
from ..hub import upload
from ..specs import WEIGHTS_FILE, Checkpoint, HubAddress
from ..visualize import draw

COLLECTION = "Coarse to Crisp"
DESCRIPTION = "Classic segmentation networks, from the raw score map to the CRF-refined mask."
SAMPLE = "sample.jpg"
# What handler.py needs from PyPI; the page's own list, requirements.txt, has these and more.
REQUIREMENTS = (
    "torch>=2.8", "safetensors>=0.5", "numpy>=1.26", "pillow>=11.3", "pillow-heif>=1.8,<2",
    "cachetools>=6",
)  # fmt: skip
LICENCE = Path(__file__).parents[2] / "LICENSE"
ASSETS = Path(__file__).parents[2] / "assets"
SIDE = 400  # pixels, the long side of each of the sample's three panels


def publish(
    namespace: str, checkpoints: Iterable[Checkpoint], dry_run: bool = False
) -> Iterator[str]:
    """Create or update `<namespace>/<name>` for each checkpoint, yielding lines on what is done.

    Each repo then holds exactly `contents`; its commit is pinned in the checkpoint's config.json.
    A checkpoint whose weights are not in its folder is passed over.

    Raises:
        ValueError: If no token is there, or the namespace cannot be one.
        WeightsError: If weights are not those of config.json, or the Hub refuses or is away.
    """
    client = None if dry_run else upload.connect()
    here, absent = [], []
    for each in checkpoints:
        (here if each.embedded else absent).append(each)
    for each in absent:
        yield f"{each.name}: passed over, its weights are not in {each.folder}"
    parcels = {f"{namespace}/{each.name}": (each, contents(each, namespace)) for each in here}
    if client is None:
        for repo, (_, content) in parcels.items():
            yield from upload.plan(repo, content)
        yield f"collection {COLLECTION!r} of {namespace}: {len(parcels)} networks"
        return
    for repo, (checkpoint, content) in parcels.items():
        with upload.explained(f"publishing {repo}"):
            client.create_repo(repo, exist_ok=True)
            commit = upload.send(client, repo, content, "Update the checkpoint")
        yield f"{client.endpoint}/{repo} at {commit}{_pin(checkpoint, HubAddress(repo, commit))}"
    with upload.explained("the collection"):
        slug = _collect(client, namespace, parcels)
    yield f"{client.endpoint}/collections/{slug}"


def contents(checkpoint: Checkpoint, namespace: str) -> upload.Contents:
    """Return what the checkpoint's repo holds: the weights, every fact, and how to run them.

    config.json names the repo but no commit: it cannot know the one that it is part of.
    """
    published = replace(checkpoint, hub=HubAddress(f"{namespace}/{checkpoint.name}"))
    shown = sample(checkpoint)
    picture = f"![{shown.alt}]({SAMPLE})\n\n{shown.credit}" if shown else ""
    files: dict[str, Path | bytes] = {
        model_card.CARD: model_card.model_card(published, picture).encode(),
        registry.CONFIG: registry.text(published).encode(),
        WEIGHTS_FILE: weights.locate(checkpoint),
        "handler.py": Path(__file__).with_name("endpoint_handler.py"),
        "requirements.txt": "".join(f"{line}\n" for line in REQUIREMENTS).encode(),
    }
    if shown:
        files[SAMPLE] = shown.jpeg
    if LICENCE.is_file():
        files[LICENCE.name] = LICENCE
    return files | upload.package()


def _collect(client: Any, namespace: str, parcels: dict) -> str:
    """Put every repo in the collection and return its slug."""
    collection = client.create_collection(
        COLLECTION, namespace=namespace, description=DESCRIPTION, exists_ok=True
    )
    for repo, (checkpoint, _) in parcels.items():
        summary, _ = model_card.paper(checkpoint.architecture)
        client.add_collection_item(
            collection.slug, repo, item_type="model", note=summary[:500], exists_ok=True
        )
    return collection.slug


def _pin(checkpoint: Checkpoint, address: HubAddress) -> str:
    """Note in config.json where the weights now lie; return what to add to the report."""
    try:
        registry.save(replace(checkpoint, hub=address))
    except OSError as error:
        return f" (config.json cannot be written, so this commit is not pinned: {error.strerror})"
    return ""


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
    cells = draw.score_map_picture(segmentation.score_map, photo.shape[:2], names)
    labels = segmentation.final.argmax(0).cpu().numpy()
    return np.hstack([photo, cells, draw.overlay(photo, labels, names)])


def _credit(example: dict[str, str]) -> str:
    """Return author, licence and source of a photo, as its row in ATTRIBUTION.md has them."""
    rows = (ASSETS / "ATTRIBUTION.md").read_text(encoding="utf-8").splitlines()
    row = next(each for each in rows if f"`examples/{example['file']}`" in each)
    _, what, author, licence, source, _ = (cell.strip() for cell in row.strip("| ").split(" | "))
    return f"Photo: {what}, by {author} ({licence}), from {source}."
