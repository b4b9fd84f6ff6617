"""The checkpoints on offer: one folder each in `weights/`, one config.json with every fact."""

from __future__ import annotations

import difflib
import functools
import importlib.metadata
import json
import os
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .. import networks
from ..specs import Checkpoint, CrfSettings, HubAddress, LabelSet, Message, Preprocessing
from . import model_card, schema, storage

CONFIG = "config.json"
VERSION = 2  # of what config.json says; one that states none is of version 1
OLD_NAMES = {
    "recipe": "preprocessing",
    "trunk": "init_from",
    "example": "fit_to",
    "score_offsets": "logit_adjustment",
    "score_offsets_gain": "logit_adjustment_gain",
    "score_offsets_gain_held_out": "logit_adjustment_gain_held_out",
}
RENAMED = {"deeplab_v3-animals": "deeplab_v3-everyday"}  # what older links and scripts ask for

PACKAGE = Path(__file__).parents[1]
DISTRIBUTION = "coarse-to-crisp"  # what pip knows this package as


def folder() -> Path:
    """Return where the checkpoints lie: `SEG_MODELS_WEIGHTS_DIR`, else `weights/` of the checkout.

    Without a checkout it is the installed package's own, with every config.json and no weights:
    those come from the Hub.
    """
    override = os.environ.get("SEG_MODELS_WEIGHTS_DIR")
    if override:
        return Path(override)
    installed = PACKAGE / "weights"
    if not installed.is_dir():  # this is the checkout itself
        return PACKAGE.parent / "weights"
    checkout = _installed_from()
    return checkout / "weights" if checkout and (checkout / "weights").is_dir() else installed


@functools.cache
def _installed_from() -> Path | None:
    """Return the folder that pip installed this package from, as pip noted it (PEP 610)."""
    try:
        noted = importlib.metadata.distribution(DISTRIBUTION).read_text("direct_url.json")
        address = urllib.parse.urlparse(json.loads(noted or "{}").get("url", ""))
    except (importlib.metadata.PackageNotFoundError, ValueError, OSError):
        return None
    if address.scheme != "file":
        return None
    return Path(urllib.request.url2pathname(address.path))


def checkpoints() -> tuple[Checkpoint, ...]:
    """Return every checkpoint, by domain and then as the story goes: the oldest paper first.

    A folder without config.json is none.
    """
    found = [_own(each.parent) for each in folder().glob(f"*/{CONFIG}")]
    return tuple(sorted(found, key=_place))


def _place(checkpoint: Checkpoint) -> tuple[str, int, str]:
    story = networks.architectures()
    known = checkpoint.architecture in story
    age = story.index(checkpoint.architecture) if known else len(story)
    return checkpoint.domain, age, checkpoint.name


def find(name: str) -> Checkpoint:
    """Return the checkpoint called `name`, or called so before (`RENAMED`).

    Raises:
        ValueError: If there is none; the message suggests names that come near.
    """
    for each in folder().glob(f"*/{CONFIG}"):
        if each.parent.name == name:
            return _own(each.parent)
    if name in RENAMED:
        return find(RENAMED[name])
    known = [each.name for each in checkpoints()]
    if not known:
        template = "no checkpoint called {name!r}: there are none in {folder}"
        raise ValueError(Message(template, name=name[:100], folder=folder()))
    near = " or ".join(difflib.get_close_matches(name, known, n=3))
    template = "no checkpoint called {name!r}; known are {known}"
    if near:
        template = "no checkpoint called {name!r}; did you mean {near}? known are {known}"
    raise ValueError(Message(template, name=name[:100], near=near, known=", ".join(known)))


def read(folder: Path) -> Checkpoint:
    """Return the checkpoint that `folder/config.json` describes.

    Raises:
        ValueError: If the file is no such description; the message names file and fault.
    """
    path = folder / CONFIG
    shown = f"{folder.name}/{path.name}"  # also to visitors, who need not know where it lies
    try:
        checkpoint = parse(json.loads(path.read_text(encoding="utf-8")), folder)
        schema.check(checkpoint)
    except KeyError as error:
        raise ValueError(f"{shown} lacks the key {error.args[0]!r}") from error
    except OSError as error:
        raise ValueError(f"{shown} cannot be read: {error.strerror}") from error
    except (TypeError, AttributeError, ValueError, RecursionError) as error:
        raise ValueError(f"{shown} does not describe a checkpoint: {error}") from error
    return checkpoint


def describe(checkpoint: Checkpoint) -> dict[str, Any]:
    """Return what config.json holds, the inverse of `read`: plain values, ready for JSON."""
    facts = {"version": VERSION, **asdict(checkpoint)}
    del facts["folder"], facts["labels"]
    facts["classes"] = list(checkpoint.labels.classes)
    facts["colours"] = [list(colour) for colour in checkpoint.labels.colours]
    return facts


def parse(facts: Mapping[str, Any], folder: Path) -> Checkpoint:
    """Return the checkpoint that plain values describe, the inverse of `describe`, unchecked.

    Raises:
        KeyError, TypeError, AttributeError, ValueError: If they are no such description.
    """
    version = facts.get("version", 1)
    if version == 1:
        facts = _of_version_1(facts)
    elif version != VERSION:
        raise ValueError(f"its version is {version!r:.40}; this program knows 1 and {VERSION}")
    labels = LabelSet(facts["domain"], tuple(facts["classes"]), _triples(facts["colours"]))
    preprocessing = {key: _tuple(value) for key, value in facts["preprocessing"].items()}
    plain = ("name", "architecture", "domain", "parameters", "file_bytes", "sha256", "storage")
    return Checkpoint(
        **{key: facts[key] for key in plain},
        options=facts.get("options", {}),
        labels=labels,
        preprocessing=Preprocessing(**preprocessing),
        crf=CrfSettings(**facts.get("crf", {})),
        hub=_address(facts.get("hub")),
        results=facts.get("results", {}),
        training=facts.get("training", {}),
        published_miou=facts.get("published_miou"),
        folder=folder,
    )


def save(checkpoint: Checkpoint) -> None:
    """Write config.json, as `read` reads it, and the model card to the checkpoint's folder.

    Raises:
        ValueError: If a fact has no meaning; nothing is written then.
    """
    schema.check(checkpoint)
    content = text(checkpoint).encode()
    path = checkpoint.folder / CONFIG
    storage.atomic_write(path, lambda unfinished: unfinished.write_bytes(content))
    model_card.write(checkpoint)


def text(checkpoint: Checkpoint) -> str:
    """Return what config.json says, in full."""
    return json.dumps(describe(checkpoint), indent=2, ensure_ascii=False) + "\n"


def _own(folder: Path) -> Checkpoint:
    """Return a checkpoint of the zoo, which is found by its folder's name."""
    checkpoint = read(folder)
    if checkpoint.name != folder.name:
        raise ValueError(
            f"{folder.name}/config.json names it {checkpoint.name!r}, unlike its folder"
        )
    return checkpoint


def _of_version_1(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts as they were written before config.json stated a version, in today's words."""
    renamed = {OLD_NAMES.get(key, key): value for key, value in facts.items()}
    training = facts.get("training", {})
    if isinstance(training, Mapping):  # whatever else it is, the schema refuses
        training = {OLD_NAMES.get(key, key): value for key, value in training.items()}
    return renamed | {"training": training}


def _address(facts: Mapping[str, Any] | None) -> HubAddress | None:
    if not facts:
        return None
    return HubAddress(**{**facts, "mirror": _address(facts.get("mirror"))})


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _triples(colours: list[list[int]]) -> tuple[tuple[int, int, int], ...]:
    if not all(len(colour) == 3 and set(colour) <= set(range(256)) for colour in colours):
        raise ValueError("colours must be triples of 0 to 255")
    return tuple((int(red), int(green), int(blue)) for red, green, blue in colours)
