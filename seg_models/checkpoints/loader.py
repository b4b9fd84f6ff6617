"""The trained networks in memory: loaded once, strictly, and kept as long as there is room."""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from pathlib import Path

import torch
from torch import nn

from .. import networks
from ..specs import Checkpoint, WeightsError
from . import registry, weights

LIMIT_BYTES = 3 * 2**29  # of parameters: a dozen networks, or one as large as DeconvNet's 1 GB

_kept: OrderedDict[tuple, nn.Module] = OrderedDict()  # the latest used is the last
_lock = threading.Lock()
# Two visitors who choose one network must not load it twice, nor wait for another's download.
_loading: dict[str, threading.Lock] = defaultdict(threading.Lock)


def network(checkpoint: Checkpoint, device: str) -> nn.Module:
    """Return the checkpoint's network on `device`, for inference only.

    Raises:
        WeightsError: If its weights cannot be had or do not fit.
    """
    key = (checkpoint.folder, checkpoint.sha256, device)  # new weights are another network
    with _loading[checkpoint.name]:
        found = _find(key)
        return _keep(key, _load(checkpoint.folder, device)) if found is None else found


def forget() -> None:
    """Drop all networks that are kept, and with them their memory."""
    with _lock:
        _kept.clear()


def size(network: nn.Module) -> int:
    """Return the bytes that the network's parameters and buffers take."""
    return sum(each.nbytes for each in (*network.parameters(), *network.buffers()))


def _find(key: tuple) -> nn.Module | None:
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
        return _kept.get(key)


def _keep(key: tuple, network: nn.Module) -> nn.Module:
    """Remember `network`; the least used make room, the newest stays however large it is."""
    with _lock:
        _kept[key] = network
        while len(_kept) > 1 and sum(map(size, _kept.values())) > LIMIT_BYTES:
            _kept.popitem(last=False)
    return network


def _load(folder: Path, device: str) -> nn.Module:
    checkpoint = registry.read(folder)
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
    return network.to(device, memory_format=torch.channels_last)
