"""Checkpoints from outside the zoo: anyone's Hub repo or folder in the layout of `weights/<name>/`.

What they say of themselves is checked before it is used, and nothing of theirs is run: tensors are
read from safetensors alone, and the network is one of ours.
"""

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from . import hub_reader, networks, zoo
from .hub_progress import Progress
from .hub_reader import HubUnreachableError
from .specs import WEIGHTS_FILE, Checkpoint, HubAddress, WeightsError

REPO = re.compile(r"[a-zA-Z0-9][\w.-]{0,95}/\w[\w.-]{0,95}(@[0-9a-f]{40})?", re.ASCII)
LARGEST_CONFIG = 1 << 20  # bytes
LARGEST_NETWORK = 300_000_000  # parameters; DeconvNet, the largest here, has 252 million
LARGEST_OPTION = 4096  # of the numbers a network is built by


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

    Raises:
        ValueError: If there is none; for a plain name, with suggestions from the zoo.
        WeightsError: As `open_checkpoint`.
    """
    ours = os.path.isdir(zoo.folder() / model)
    outside = "/" in model or (os.path.isdir(model) and not ours)
    return open_checkpoint(model) if outside else zoo.find(model)


def from_folder(folder: Path) -> Checkpoint:
    """Return the checkpoint in `folder`; it must hold config.json and model.safetensors."""
    checkpoint = _checked(folder)
    if not checkpoint.embedded:
        raise WeightsError(f"{folder} holds no {WEIGHTS_FILE}; put it beside config.json")
    return checkpoint


def from_hub(repo: str, progress: Progress | None = None) -> Checkpoint:
    """Return the checkpoint in a Hub repo, "<namespace>/<name>" and, if wanted, "@<commit>".

    Without a commit it is the newest, or the last one seen while the Hub cannot be asked.
    """
    if not REPO.fullmatch(repo):
        raise ValueError(
            f"{repo[:100]!r} is neither a folder nor a Hub repo; a repo is named like me/my-network"
        )
    name, _, commit = repo.partition("@")
    config = _config(HubAddress(name, commit or None, "config.json"), progress)
    if config.stat().st_size > LARGEST_CONFIG:
        raise ValueError(f"config.json of {name} is too large to describe a checkpoint")
    checkpoint = _checked(config.parent)
    address = HubAddress(name, config.parent.name)  # the cache names its folders by commit
    if not checkpoint.embedded:
        hub_reader.download(address, progress, checkpoint.file_bytes)
    return replace(checkpoint, hub=address)


def _config(address: HubAddress, progress: Progress | None) -> Path:
    cached = hub_reader.cached(address)
    if cached and address.commit:
        return cached
    try:
        return hub_reader.download(address, progress)
    except HubUnreachableError:
        if cached is None:
            raise
        return cached


def _checked(folder: Path) -> Checkpoint:
    """Return the checkpoint that `folder` describes, if it is a network of ours within bounds."""
    checkpoint = zoo.read(folder)
    if checkpoint.architecture not in networks.architectures():
        known = ", ".join(networks.architectures())
        raise ValueError(
            f"{checkpoint.name} is a {checkpoint.architecture!r}, which is unknown here; "
            f"known are {known}"
        )
    if checkpoint.sha256 is None or not 0 < checkpoint.file_bytes <= hub_reader.LARGEST_FILE:
        raise ValueError(f"config.json of {checkpoint.name} must state file_bytes and sha256")
    if not all(_is_modest(value) for value in checkpoint.options.values()):
        raise ValueError(f"config.json of {checkpoint.name} asks for unlikely options")
    count = _parameters(checkpoint)
    if count > LARGEST_NETWORK:
        raise ValueError(f"{checkpoint.name} has {count:,} parameters; {LARGEST_NETWORK:,} may be")
    return checkpoint


def _is_modest(option: Any) -> bool:
    if isinstance(option, list | tuple):
        return len(option) <= 32 and all(_is_modest(each) for each in option)
    if isinstance(option, int | float):
        return -LARGEST_OPTION <= option <= LARGEST_OPTION
    return option is None or isinstance(option, str)


def _parameters(checkpoint: Checkpoint) -> int:
    """Count the parameters of the network that config.json asks for, without allocating it."""
    classes = len(checkpoint.labels.classes)
    with torch.device("meta"):
        network = networks.create(checkpoint.architecture, classes, **checkpoint.options)
    return sum(each.numel() for each in network.parameters())
