"""The trained networks in memory: loaded once, strictly, and kept as long as there is room."""

from __future__ import annotations

import copy
import json
import threading
from collections import defaultdict

import torch
from cachetools import LRUCache

from .. import networks
from ..networks import SegmentationNetwork
from ..specs import Checkpoint, WeightsError
from . import weights

LIMIT_BYTES = 3 * 2**29  # of parameters: a dozen networks, or one as large as DeconvNet's 1 GB


def network(checkpoint: Checkpoint, device: str) -> SegmentationNetwork:
    """Return the network that `checkpoint` describes on `device`, for inference only.

    Raises:
        ValueError: If there is no such architecture, or it does not know the options.
        WeightsError: If its weights cannot be had or do not fit.
    """
    key = _key(checkpoint, device)
    with _loading[key]:
        with _lock:
            found = _kept.get(key)
        if found is None:
            found = _load(checkpoint, device)
            with _lock:
                _kept[key] = found
        return found


def fresh(checkpoint: Checkpoint, device: str) -> SegmentationNetwork:
    """Return a network of the caller's own on `device`, its parameters ready to be trained.

    Raises:
        WeightsError: As `network`.
    """
    return _load(checkpoint, device).requires_grad_(True)


def on_cpu(checkpoint: Checkpoint, used: SegmentationNetwork) -> SegmentationNetwork:
    """Return the network that is `used`, on the CPU: the kept one, or a copy of one's own."""
    with _lock:
        shared = any(each is used for each in _kept.values())
    return network(checkpoint, "cpu") if shared else copy.deepcopy(used).cpu()


def forget() -> None:
    """Drop all networks that are kept, and with them their memory."""
    with _lock:
        _kept.clear()


def size(network: SegmentationNetwork) -> int:
    """Return the bytes that the network's parameters and buffers take."""
    return sum(each.nbytes for each in (*network.parameters(), *network.buffers()))


def _room(network: SegmentationNetwork) -> int:
    """Return the bytes that `network` counts for: the newest is kept however large it is."""
    return min(size(network), LIMIT_BYTES)


_kept: LRUCache[tuple, SegmentationNetwork] = LRUCache(LIMIT_BYTES, getsizeof=_room)
_lock = threading.Lock()
# Two visitors who choose one network must not load it twice, nor wait for another's download.
_loading: dict[tuple, threading.Lock] = defaultdict(threading.Lock)


def _key(checkpoint: Checkpoint, device: str) -> tuple:
    """Return all that decides what the network answers: new weights are another network."""
    options = json.dumps(dict(checkpoint.options), sort_keys=True, default=repr)
    classes = len(checkpoint.labels.classes)
    place = checkpoint.folder, checkpoint.sha256, checkpoint.hub
    return checkpoint.architecture, options, classes, *place, device


def _load(checkpoint: Checkpoint, device: str) -> SegmentationNetwork:
    classes = len(checkpoint.labels.classes)
    network = networks.create(checkpoint.architecture, classes, **checkpoint.options)
    try:
        network.load_state_dict(weights.load_state(checkpoint), strict=True)
    except WeightsError:  # a RuntimeError too, but one that says what is wrong already
        raise
    except RuntimeError as error:
        raise WeightsError(
            f"the weights of {checkpoint.name} do not fit the network that config.json describes: "
            f"{' '.join(str(error).split())[:300]}"
        ) from error
    network.eval().requires_grad_(False)
    # PyTorch's annotations do not know that both may be said at once.
    return network.to(device, memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]
