"""Where the weights of a checkpoint come from: its own folder, the Hub's cache, or the Hub.

In that order, so that no network is needed for what is already here. Whatever the way, the file's
sha256 must be the one config.json states before a single number of it is used.
"""

import os
import re
import threading
from collections import defaultdict
from enum import StrEnum
from importlib import import_module
from pathlib import Path

from .. import networks
from ..hub import download
from ..hub.download import Progress
from ..specs import WEIGHTS_FILE, Checkpoint, HubAddress, Message, WeightsError
from . import storage

CANNOT = "the weights of {name} cannot be had: {reason}"
NO_ADDRESS = Message(
    "it is not embedded and no repo of the Hub is known for it; "
    "set SEG_MODELS_NAMESPACE to the account that publishes it, "
    "or SEG_MODELS_WEIGHTS_DIR to the weights folder of a checkout"
)

SHA256 = re.compile("[0-9a-f]{64}")

_locks: dict[str, threading.Lock] = defaultdict(threading.Lock)  # one download at a time per file


def locate(checkpoint: Checkpoint, progress: Progress | None = None) -> Path:
    """Return the path of the checkpoint's weights, checked; fetch them if they are not here.

    Args:
        checkpoint: What is wanted.
        progress: Told the share, 0 to 1, and a sentence while a download runs; without one, a bar
            is drawn on stderr.

    Raises:
        WeightsError: If they cannot be had, or are not what config.json states. A Hub that does
            not answer takes seconds to find out, never minutes.
    """
    if checkpoint.embedded:
        return _embedded(checkpoint)
    place = address(checkpoint)
    if place is None:
        raise WeightsError(Message(CANNOT, name=checkpoint.name, reason=NO_ADDRESS))
    with _locks[f"{place.repo}/{place.file}"]:
        return _cached(checkpoint, place) or _fetched(checkpoint, place, progress)


def load_state(checkpoint: Checkpoint, progress: Progress | None = None) -> dict:
    """Return the checkpoint's tensors by name, float32, for `load_state_dict(..., strict=True)`.

    A file of other people's names them in its own way: `published_state(tensors)` in the module of
    its architecture translates.

    Raises:
        WeightsError: As `locate`, or if the file cannot be read.
    """
    path = locate(checkpoint, progress)
    tensors = storage.load(path) if path.suffix == ".safetensors" else storage.load_pickled(path)
    if checkpoint.embedded or not checkpoint.third_party:
        return tensors
    module = import_module(networks.ARCHITECTURES[checkpoint.architecture].__module__)
    return module.published_state(tensors)


class Status(StrEnum):
    """Where the weights of a checkpoint are, as far as is known without asking anybody."""

    EMBEDDED = "embedded"
    CACHED = "cached"
    ON_THE_HUB = "on the Hub"
    UNREACHABLE = "unreachable"


def status(checkpoint: Checkpoint) -> Status:
    """Say at once, asking nobody, where the weights are; `obstacle` says why they are not."""
    if checkpoint.embedded:
        snapshot = checkpoint.hub is not None and checkpoint.folder.name == checkpoint.hub.commit
        return Status.CACHED if snapshot else Status.EMBEDDED
    place = address(checkpoint)
    if place is not None and any(download.cached(each) for each in _with_mirror(place)):
        return Status.CACHED
    return Status.UNREACHABLE if place is None or download.failure() else Status.ON_THE_HUB


def obstacle(checkpoint: Checkpoint) -> str | None:
    """Return why the weights are unreachable, in one sentence, or None if they are not."""
    if status(checkpoint) is not Status.UNREACHABLE:
        return None
    return NO_ADDRESS if address(checkpoint) is None else download.failure()


def sha256(checkpoint: Checkpoint) -> str | None:
    """Return the sha256 of the weights in use: as stated, else of the file that is cached."""
    if checkpoint.sha256 or not checkpoint.third_party:
        return checkpoint.sha256
    found = (download.cached(each) for each in _with_mirror(checkpoint.hub))
    path = next(filter(None, found), None)
    return path and storage.sha256(path)


def address(checkpoint: Checkpoint) -> HubAddress | None:
    """Return where the Hub keeps the checkpoint: as published, or in SEG_MODELS_NAMESPACE."""
    namespace = os.environ.get("SEG_MODELS_NAMESPACE", "").strip()
    if checkpoint.hub is not None or not namespace:
        return checkpoint.hub
    return HubAddress(f"{namespace}/{checkpoint.name}")


def _embedded(checkpoint: Checkpoint) -> Path:
    path = checkpoint.folder / WEIGHTS_FILE
    if storage.sha256(path) != checkpoint.sha256:
        if storage.is_lfs_pointer(path):
            template = (
                "{path} is a pointer of Git LFS, not the weights; `git lfs pull` fetches them"
            )
            raise WeightsError(Message(template, path=f"{path.parent.name}/{path.name}"))
        raise WeightsError(
            Message(
                "{path} is not the published file: its sha256 starts {found}, config.json states "
                "{wanted}; delete it, or take it again from where this folder came from",
                path=f"{path.parent.name}/{path.name}",
                found=storage.sha256(path)[:12],
                wanted=(checkpoint.sha256 or "")[:12],
            )
        )
    return path


def _cached(checkpoint: Checkpoint, place: HubAddress) -> Path | None:
    for each in _with_mirror(place):
        path = download.cached(each)
        if path and _is_right(checkpoint, each, path):
            return path
        if path:
            download.discard(path)
    return None


def _fetched(checkpoint: Checkpoint, place: HubAddress, progress: Progress | None) -> Path:
    problems = []
    for each in _with_mirror(place):
        try:
            size = checkpoint.file_bytes if each == place else None
            path = download.download(each, progress, size)
        except WeightsError as error:
            problems.append(error)
            continue
        if _is_right(checkpoint, each, path):
            return path
        download.discard(path)
        problems.append(
            WeightsError(
                Message(
                    "what came from {repo} is not the published file (its sha256 differs); "
                    "it was deleted: try again, or tell those who publish it",
                    repo=each.repo,
                )
            )
        )
    reason = problems[0]
    raise type(reason)(Message(CANNOT, name=checkpoint.name, reason=reason.args[0])) from reason


def _with_mirror(place: HubAddress) -> tuple[HubAddress, ...]:
    return (place, place.mirror) if place.mirror else (place,)


def _is_right(checkpoint: Checkpoint, place: HubAddress, path: Path) -> bool:
    """Whether the file is the one that is wanted, as far as anybody has said which."""
    expected = _expected(checkpoint, place, path)
    return expected is None or storage.sha256(path) == expected


def _expected(checkpoint: Checkpoint, place: HubAddress, path: Path) -> str | None:
    """Return the sha256 to insist on; None: nobody has stated one.

    For a file of other people's that config.json states none for, it is the one that the Hub
    announced: huggingface_hub names a large file in its cache by it. A cache without symbolic
    links, as on Windows, does not have that name, and other programs share the file.
    """
    if place.sha256:
        return place.sha256
    if place == address(checkpoint) and (checkpoint.sha256 or place.file == WEIGHTS_FILE):
        return checkpoint.sha256 or ""  # a file of our own without one fits nothing
    name = path.resolve().name
    return name if SHA256.fullmatch(name) else None
