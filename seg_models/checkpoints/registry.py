"""The checkpoints on offer: one folder each in `weights/`, one config.json with every fact."""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .. import networks
from ..specs import Checkpoint, CrfSettings, HubAddress, LabelSet, Message, Recipe
from . import model_card, schema, storage

CONFIG = "config.json"


def folder() -> Path:
    """Return where the checkpoints lie: `SEG_MODELS_WEIGHTS_DIR`, else `weights/` beside us."""
    override = os.environ.get("SEG_MODELS_WEIGHTS_DIR")
    return Path(override) if override else Path(__file__).parents[2] / "weights"


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
    """Return the checkpoint called `name`.

    Raises:
        ValueError: If there is none; the message suggests names that come near.
    """
    for each in folder().glob(f"*/{CONFIG}"):
        if each.parent.name == name:
            return _own(each.parent)
    known = [each.name for each in checkpoints()]
    if not known:
        template = "no checkpoint called {name!r}: there are none in {folder}"
        raise ValueError(Message(template, name=name[:100], folder=folder()))
    near = " or ".join(difflib.get_close_matches(name, known, n=3))
    hint = "did you mean {near}? " if near else ""
    template = "no checkpoint called {name!r}; " + hint + "known are {known}"
    raise ValueError(Message(template, name=name[:100], near=near, known=", ".join(known)))


def read(folder: Path) -> Checkpoint:
    """Return the checkpoint that `folder/config.json` describes.

    Raises:
        ValueError: If the file is no such description; the message names file and fault.
    """
    path = folder / CONFIG
    shown = f"{folder.name}/{path.name}"  # also to visitors, who need not know where it lies
    try:
        checkpoint = _checkpoint(json.loads(path.read_text(encoding="utf-8")), folder)
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
    facts = asdict(checkpoint)
    del facts["folder"], facts["labels"]
    facts["classes"] = list(checkpoint.labels.classes)
    facts["colours"] = [list(colour) for colour in checkpoint.labels.colours]
    return facts


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


def save_facts(facts: Mapping[str, Any], folder: Path) -> None:
    """Write config.json and the model card of a checkpoint described by plain values."""
    save(_checkpoint(facts, folder))


def _own(folder: Path) -> Checkpoint:
    """Return a checkpoint of the zoo, which is found by its folder's name."""
    checkpoint = read(folder)
    if checkpoint.name != folder.name:
        raise ValueError(
            f"{folder.name}/config.json names it {checkpoint.name!r}, unlike its folder"
        )
    return checkpoint


def _checkpoint(facts: Mapping[str, Any], folder: Path) -> Checkpoint:
    labels = LabelSet(facts["domain"], tuple(facts["classes"]), _triples(facts["colours"]))
    recipe = {key: _tuple(value) for key, value in facts["recipe"].items()}
    plain = ("name", "architecture", "domain", "parameters", "file_bytes", "sha256", "storage")
    return Checkpoint(
        **{key: facts[key] for key in plain},
        options=facts.get("options", {}),
        labels=labels,
        recipe=Recipe(**recipe),
        crf=CrfSettings(**facts.get("crf", {})),
        hub=_address(facts.get("hub")),
        results=facts.get("results", {}),
        training=facts.get("training", {}),
        published_miou=facts.get("published_miou"),
        folder=folder,
    )


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
