"""Checkpoints from outside the zoo: anyone's Hub repo or folder in the layout of `weights/<name>/`.

What they say of themselves is checked before it is used, and nothing of theirs is run: tensors are
read from safetensors alone, and the network is one of ours.
"""

import os
import re
from dataclasses import replace
from pathlib import Path

from ..hub import download
from ..hub.download import OWNER, Progress
from ..specs import (
    WEIGHTS_FILE,
    Checkpoint,
    DownloadPolicy,
    HubAddress,
    HubUnreachableError,
    Message,
    WeightsError,
)
from . import registry
from .schema import checked_external

REPO = re.compile(r"[a-zA-Z0-9][\w.-]{0,95}/\w[\w.-]{0,95}(@[0-9a-f]{40})?", re.ASCII)
LARGEST_CONFIG = 1 << 20  # bytes


def open_checkpoint(place: str | Path, progress: Progress | None = None) -> Checkpoint:
    """Return the checkpoint in a folder or a Hub repo, checked, its weights fetched.

    Args:
        place: A folder that exists, or "<namespace>/<name>", or that and "@<commit>". A page must
            call `from_hub` instead: its visitors have no business in the server's folders.
        progress: As for `weights.locate`.

    Raises:
        ValueError: If what is there describes no network of ours; the message says why not.
        WeightsError: If it cannot be had.
    """
    folder = Path(place).expanduser()
    # os.path's, unlike Path.is_dir, is merely False for a text that can be no path.
    return from_folder(folder) if os.path.isdir(folder) else from_hub(str(place), progress)


def find(model: str) -> Checkpoint:
    """Return the checkpoint of the zoo called `model`, or else what is in that folder or repo.

    A folder of the zoo is the zoo's checkpoint, whose weights may come from the Hub.

    Raises:
        ValueError: If there is none; for a plain name, with suggestions from the zoo.
        WeightsError: As `open_checkpoint`.
    """
    zoo = registry.folder()
    folder = os.path.realpath(os.path.expanduser(model))
    if os.path.isdir(folder) and os.path.dirname(folder) == os.path.realpath(zoo):
        return registry.find(os.path.basename(folder))
    ours = os.path.isdir(zoo / model)
    outside = "/" in model or (os.path.isdir(folder) and not ours)
    return open_checkpoint(model) if outside else registry.find(model)


def from_folder(folder: Path) -> Checkpoint:
    """Return the checkpoint in `folder`; it must hold config.json and model.safetensors."""
    checkpoint = checked_external(registry.read(folder), OWNER.largest)
    if not checkpoint.embedded:
        template = "{folder} holds no {file}; put it beside config.json"
        raise WeightsError(Message(template, folder=folder, file=WEIGHTS_FILE))
    return checkpoint


def from_hub(
    repo: str, progress: Progress | None = None, policy: DownloadPolicy = OWNER
) -> Checkpoint:
    """Return the checkpoint in a Hub repo, "<namespace>/<name>" and, if wanted, "@<commit>".

    Without a commit it is the newest, or the last one seen while the Hub cannot be asked.

    Raises:
        ValueError, WeightsError: As `open_checkpoint`.
    """
    if not REPO.fullmatch(repo):
        template = "{name!r} is neither a folder nor a Hub repo; a repo is named like me/my-network"
        raise ValueError(Message(template, name=repo[:100]))
    name, _, commit = repo.partition("@")
    config = _config(HubAddress(name, commit or None, "config.json"), progress, policy)
    checkpoint = checked_external(registry.read(config.parent), policy.largest)
    address = HubAddress(name, config.parent.name)  # the cache names its folders by commit
    if not checkpoint.embedded:
        download.download(address, progress, checkpoint.file_bytes, policy)
    return replace(checkpoint, hub=address)


def _config(address: HubAddress, progress: Progress | None, policy: DownloadPolicy) -> Path:
    cached = download.cached(address, policy)
    if cached and address.commit:
        return cached
    try:
        return download.download(address, progress, policy=replace(policy, largest=LARGEST_CONFIG))
    except HubUnreachableError:
        if cached is None:
            raise
        return cached
