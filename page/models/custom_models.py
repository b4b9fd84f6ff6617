"""Networks beside this project's: the owner's own, and those that visitors bring along.

The owner's, folders that `app.py` is given, are there for all as long as the page runs. Visitors'
are kept in bounded number and size, and let go again. A visitor names a Hub repo, or, where the
server's owner set SEG_MODELS_GUESTS_DIR, one of the folders in that one; no other place of this
machine can be named. What comes from the Hub comes as to a stranger, without the owner's token,
into a cache of its own that ends with this process.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
import threading
from functools import lru_cache
from pathlib import Path

from cachetools import LRUCache

from seg_models.checkpoints import external, registry
from seg_models.hub.download import Progress
from seg_models.specs import Checkpoint, DownloadPolicy, Message, WeightsError

from ..i18n.errors import GONE
from ..server.kept import peek

FOLDERS = "SEG_MODELS_GUESTS_DIR"
FOLDER_NAME = re.compile(r"\w[\w.-]{0,95}", re.ASCII)  # never a path: no slash, no dot in front
MOST = 6  # networks; when one more comes, the least used goes
LARGEST = 64 << 20  # bytes of one network's weights, as large as any that comes with this project


class _Brought(LRUCache):
    """Checkpoints by key; with one that goes, the files go that were fetched for it."""

    def popitem(self):
        key, gone = super().popitem()
        if gone.hub is not None:
            _forget(gone.hub.repo)
        return key, gone


_kept = _Brought(MOST)
_offered: dict[str, Checkpoint] = {}  # the owner's, by name; complete before anybody visits
_lock = threading.Lock()


def offer(folder: Path) -> None:
    """Put a network of the owner's beside this project's, under its own name.

    Raises:
        ValueError: If `folder` holds no network of ours, or one that is called as another here.
        WeightsError: If its weights are not there.
    """
    checkpoint = external.from_folder(folder)
    names = {*_offered, *(each.name for each in registry.checkpoints())}
    if checkpoint.name in names:
        raise ValueError(f"there is a network called {checkpoint.name} already; rename {folder}")
    _offered[checkpoint.name] = checkpoint


def offered() -> tuple[Checkpoint, ...]:
    """Return the owner's networks, in the order in which they were put here."""
    return tuple(_offered.values())


def bring(wish: str, progress: Progress) -> str:
    """Open what a visitor wishes for and return its key, the name to choose it by.

    Raises:
        ValueError: If it cannot be named so, or is no network of ours within bounds.
        WeightsError: If it cannot be had.
    """
    wish = wish.strip()
    if os.environ.get(FOLDERS) and FOLDER_NAME.fullmatch(wish):
        key, checkpoint = f"./{wish}", _from_folder(Path(os.environ[FOLDERS]), wish)
    else:
        checkpoint = _from_hub(wish, progress)
        key = f"{checkpoint.hub.repo}@{checkpoint.hub.commit}"
    with _lock:
        _kept[key] = checkpoint
    return key


def find(model: str) -> Checkpoint:
    """Return the checkpoint of that key, or the owner's or the registry's of that name.

    Raises:
        ValueError: If there is none, or none any more.
    """
    if not isinstance(model, str):
        raise ValueError(f"a network is chosen by its name, not by {model!r:.40}")
    with _lock:
        if model in _kept:
            return _kept[model]
    if "/" in model:
        raise ValueError(GONE)
    return _offered[model] if model in _offered else registry.find(model)


def lookup(model: str | None) -> Checkpoint | None:
    """Return what `find` does, or None where it refuses."""
    try:
        return find(model or "")
    except ValueError:
        return None


def known(keys: tuple[str, ...]) -> dict[str, Checkpoint]:
    """Return the checkpoints of those keys that are still kept."""
    with _lock:
        return {key: _kept[key] for key in keys if key in _kept}


def key(checkpoint: Checkpoint) -> str | None:
    """Return the key of a checkpoint that was brought along; None: it goes by its name."""
    with _lock:
        return next((key for key, each in peek(_kept).items() if each == checkpoint), None)


@lru_cache(maxsize=1)
def cache() -> Path:
    """Return the folder for what comes from the Hub."""
    folder = Path(tempfile.mkdtemp(prefix="coarse-to-crisp-guests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _from_hub(repo: str, progress: Progress) -> Checkpoint:
    policy = DownloadPolicy(cache=cache(), token=False, largest=LARGEST)
    try:
        return external.from_hub(repo, progress, policy)
    except (ValueError, WeightsError):
        with _lock:
            _forget(repo.partition("@")[0])
        raise


def _from_folder(root: Path, name: str) -> Checkpoint:
    there = sorted(each.parent.name for each in root.glob("*/config.json"))
    if name not in there:
        raise ValueError(
            Message(
                "{name} is neither a Hub repo, named like me/my-network, nor a folder that this "
                "page's owner offers; those are {folders}",
                name=repr(name), folders=", ".join(there) or "none",
            )
        )  # fmt: skip
    try:
        return external.from_folder(root / name)
    except (ValueError, WeightsError) as error:  # whose message names the folder in full
        raise type(error)(str(error).replace(str(root / name), name)) from error


def _forget(repo: str) -> None:
    """Delete what was fetched from `repo`, unless another commit of it is kept."""
    if external.REPO.fullmatch(repo) and all(
        each.hub is None or each.hub.repo != repo for each in peek(_kept).values()
    ):
        folder = cache() / f"models--{repo.replace('/', '--')}"
        shutil.rmtree(folder, ignore_errors=True)
