"""Publishing checkpoints: one repo each, complete enough to be used alone, and a collection."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from . import model_card, sample, uploads, weights
from .guests import open_checkpoint
from .specs import WEIGHTS_FILE, Checkpoint, HubAddress

__all__ = ["contents", "open_checkpoint", "publish"]

COLLECTION = "Coarse to Crisp"
DESCRIPTION = "Classic segmentation networks, from the raw score map to the CRF-refined mask."
SAMPLE = "sample.jpg"
# What handler.py needs from PyPI; the page's own list, requirements.txt, has these and more.
REQUIREMENTS = ("torch>=2.8", "safetensors>=0.5", "numpy>=1.26", "pillow>=11")
LICENCE = Path(__file__).parents[1] / "LICENSE"


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
    client = None if dry_run else uploads.connect()
    here, absent = [], []
    for each in checkpoints:
        (here if each.embedded else absent).append(each)
    for each in absent:
        yield f"{each.name}: passed over, its weights are not in {each.folder}"
    parcels = {f"{namespace}/{each.name}": (each, contents(each, namespace)) for each in here}
    if client is None:
        for repo, (_, content) in parcels.items():
            yield from uploads.plan(repo, content)
        yield f"collection {COLLECTION!r} of {namespace}: {len(parcels)} networks"
        return
    for repo, (checkpoint, content) in parcels.items():
        with uploads.explained(f"publishing {repo}"):
            client.create_repo(repo, exist_ok=True)
            commit = uploads.send(client, repo, content, "Update the checkpoint")
        yield f"{client.endpoint}/{repo} at {commit}{_pin(checkpoint, HubAddress(repo, commit))}"
    with uploads.explained("the collection"):
        slug = _collect(client, namespace, parcels)
    yield f"{client.endpoint}/collections/{slug}"


def contents(checkpoint: Checkpoint, namespace: str) -> uploads.Contents:
    """Return what the checkpoint's repo holds: the weights, every fact, and how to run them.

    config.json names the repo but no commit: it cannot know the one that it is part of.
    """
    published = replace(checkpoint, hub=HubAddress(f"{namespace}/{checkpoint.name}"))
    facts = _facts(checkpoint) | {"hub": {"repo": published.hub.repo, "commit": None}}
    shown = sample.sample(checkpoint)
    picture = f"![{shown.alt}]({SAMPLE})\n\n{shown.credit}" if shown else ""
    files: dict[str, Path | bytes] = {
        model_card.CARD: model_card.model_card(published, picture).encode(),
        "config.json": _text(facts),
        WEIGHTS_FILE: weights.locate(checkpoint),
        "handler.py": Path(__file__).with_name("handler.py"),
        "requirements.txt": "".join(f"{line}\n" for line in REQUIREMENTS).encode(),
    }
    if shown:
        files[SAMPLE] = shown.jpeg
    if LICENCE.is_file():
        files[LICENCE.name] = LICENCE
    return files | uploads.package()


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
    facts = _facts(checkpoint) | {"hub": {"repo": address.repo, "commit": address.commit}}
    try:
        unfinished = checkpoint.folder / "config.json.unfinished"
        unfinished.write_bytes(_text(facts))
        unfinished.replace(checkpoint.folder / "config.json")
        model_card.write(replace(checkpoint, hub=address))
    except OSError as error:
        return f" (config.json cannot be written, so this commit is not pinned: {error.strerror})"
    return ""


def _facts(checkpoint: Checkpoint) -> dict[str, Any]:
    return json.loads((checkpoint.folder / "config.json").read_text(encoding="utf-8"))


def _text(facts: dict[str, Any]) -> bytes:
    return (json.dumps(facts, indent=2, ensure_ascii=False) + "\n").encode()
