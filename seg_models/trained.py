"""The trained networks in memory: loaded once, strictly, and the last few kept."""

from __future__ import annotations

import threading
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

import torch
from torch import nn

from . import networks, weights, zoo
from .specs import Checkpoint, WeightsError

# Two visitors who choose one network must not load it twice, nor wait for another's download.
_loading: dict[str, threading.Lock] = defaultdict(threading.Lock)


def network(checkpoint: Checkpoint, device: str) -> nn.Module:
    """Return the checkpoint's network on `device`, for inference only.

    Raises:
        WeightsError: If its weights cannot be had or do not fit.
    """
    with _loading[checkpoint.name]:
        return _network(checkpoint.folder, checkpoint.sha256, device)


@lru_cache(maxsize=8)  # one of each paper's networks; some 30 million float32 numbers each
def _network(folder: Path, sha256: str | None, device: str) -> nn.Module:
    """Load what `folder` describes; `sha256` is there to tell new weights from those kept."""
    checkpoint = zoo.read(folder)
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
