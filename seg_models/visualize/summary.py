"""The facts of a result, as plain values ready for JSON: what result.json holds."""

from __future__ import annotations

import platform
from dataclasses import asdict
from itertools import pairwise
from typing import Any

import numpy as np
import torch

from ..checkpoints import weights
from ..device import GPU_FULL
from ..labels import shares
from ..specs import Checkpoint
from ..upsample import argmax
from ..version import __version__
from .segmentation import Segmentation


def details(segmentation: Segmentation, labels: np.ndarray | None = None) -> dict[str, Any]:
    """Return the facts of a result as plain values, ready for JSON.

    The shares are those of `labels`, or of the latest stage at working size.
    """
    stages = [segmentation.score_map, segmentation.probabilities, segmentation.refined]
    latest = [each for each in stages if each is not None][-1]
    labels = argmax(latest).numpy() if labels is None else labels
    score_map = _size(segmentation.score_map.shape[1:])
    crf = segmentation.crf
    return {
        "classes": shares(labels, segmentation.checkpoint.labels),
        "milliseconds": {key: round(ms, 2) for key, ms in segmentation.milliseconds.items()},
        "device": segmentation.device,
        "remark": GPU_FULL if segmentation.fell_back_to_cpu else "",
        "photo_size": _size(segmentation.photo_size),
        "working_size": _size(segmentation.photo.shape),
        "input_size": _size(segmentation.input_size),
        "score_map": {**score_map, "stride": segmentation.output_stride},
        "checkpoint": _facts(segmentation.checkpoint),
        "crf": None
        if crf is None
        else {**asdict(crf), "engine": segmentation.crf_engine, "changed": changed(segmentation)},
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "seg_models": __version__,
        },
    }


def changed(segmentation: Segmentation) -> list[float]:
    """Return the share of pixels (0-1) that changed class in each CRF iteration so far."""
    if segmentation.probabilities is None:
        return []
    steps = [argmax(segmentation.probabilities), *segmentation.history]
    return [float((after != before).float().mean()) for before, after in pairwise(steps)]


def row(checkpoint: Checkpoint) -> dict[str, Any]:
    """Return the facts of a checkpoint that help to choose among them."""
    return {
        "name": checkpoint.name,
        "architecture": checkpoint.architecture,
        "domain": checkpoint.domain,
        "classes": list(checkpoint.labels.classes),
        "parameters": checkpoint.parameters,
        "file_bytes": checkpoint.file_bytes,
        "embedded": checkpoint.embedded,
        "val_miou": checkpoint.results.get("val_miou"),
        "published_miou": checkpoint.published_miou,
        "status": status(checkpoint),
    }


def status(checkpoint: Checkpoint) -> str:
    """Say where the weights are: "embedded", "cached", "on the Hub" or "unreachable: <why>"."""
    found = weights.status(checkpoint)
    unreachable = found is weights.Status.UNREACHABLE
    return f"{found}: {weights.obstacle(checkpoint)}" if unreachable else str(found)


def _facts(checkpoint: Checkpoint) -> dict[str, Any]:
    place = weights.address(checkpoint)
    return {
        "name": checkpoint.name,
        "architecture": checkpoint.architecture,
        "domain": checkpoint.domain,
        "parameters": checkpoint.parameters,
        "weights": status(checkpoint),
        "repo": place.repo if place else None,
        "commit": place.commit if place else None,
        "sha256": weights.sha256(checkpoint),
        "trained_at_commit": checkpoint.training.get("commit"),
    }


def _size(size: tuple[int, ...]) -> dict[str, int]:
    return {"height": int(size[0]), "width": int(size[1])}
