"""Whether a photo is like those that a network learnt from, told by its scores alone.

A network names something on any photo. How sure it is, how its scores spread and how restless they
are differs between its own domain and another; a logistic regression on such statistics tells the
two apart. `scripts/calibrate_familiarity.py` fits one for each checkpoint, and measures on photos
that had no say how often it is wrong.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch.nn.functional as F
from torch import Tensor

from seg_models.specs import Checkpoint

FITTED = Path(__file__).with_name("familiarity.json")
GRID = (18, 24)  # cells, rows and columns: statistics must not depend on a network's stride


@dataclass(frozen=True)
class Familiarity:
    """A checkpoint's calibration: a photo is strange where `weights` · statistics + `bias` > 0."""

    sha256: str  # of the weights it was fitted to: others know other photos
    weights: tuple[float, ...]
    bias: float
    false_alarms: float  # share of its own domain's photos called strange, of those held out
    caught: float  # share of the other domain's
    photos: int  # of its own domain, and as many of the other


def strange(checkpoint: Checkpoint, score_map: Tensor) -> bool:
    """Return whether `(C, h, w)` scores are those of a photo unlike what the network learnt from.

    Of a checkpoint that was not calibrated, or not with these weights, nothing is said.
    """
    fitted = calibrations().get(checkpoint.name)
    if fitted is None or fitted.sha256 != checkpoint.sha256:
        return False
    return float(np.dot(fitted.weights, statistics(score_map)) + fitted.bias) > 0


def statistics(score_map: Tensor) -> np.ndarray:
    """Return `(3 C + 8,)` numbers that describe raw scores `(C, h, w)`.

    Mean and spread of entropy, energy and margin over the cells, the mean confidence, how much
    probabilities change from cell to cell, and of each class's scores the mean, spread and maximum.
    """
    scores = score_map.detach().float().cpu()[None]
    scores = F.interpolate(scores, GRID, mode="bilinear", align_corners=False, antialias=True)[0]
    probabilities = scores.softmax(0)
    entropy = -(probabilities * (probabilities + 1e-9).log()).sum(0) / np.log(len(scores))
    energy = scores.logsumexp(0)
    best = scores.topk(min(2, len(scores)), 0).values
    margin = best[0] - best[-1]
    restless = (probabilities[:, :, 1:] - probabilities[:, :, :-1]).abs().sum(0).mean()
    whole = [each for map in (entropy, energy, margin) for each in (map.mean(), map.std())]
    whole += [probabilities.amax(0).mean(), restless]
    flat = scores.flatten(1)
    per_class = [*flat.mean(1), *flat.std(1), *flat.amax(1)]
    return np.array([float(each) for each in (*whole, *per_class)])


@lru_cache(maxsize=1)
def calibrations() -> dict[str, Familiarity]:
    """Return what is fitted, by the checkpoint's name."""
    if not FITTED.is_file():
        return {}
    listed: dict[str, dict[str, Any]] = json.loads(FITTED.read_text(encoding="utf-8"))
    return {
        name: Familiarity(**{**each, "weights": tuple(each["weights"])})
        for name, each in listed.items()
    }
