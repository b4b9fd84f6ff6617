"""A small checkpoint whose labels differ over the photo, so that a wrong mask shows.

An untrained network prefers one class everywhere; here every class has the same mean score.
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import tiny
import torch

from seg_models import networks, preprocess
from seg_models.checkpoints import registry, storage
from seg_models.specs import Checkpoint


def photo() -> np.ndarray:
    """Return noise `(48, 64, 3)`, brighter to the lower right: no symmetry hides a turned mask."""
    noise = np.random.default_rng(0).integers(0, 128, (48, 64, 3))
    ramp = np.add.outer(np.arange(48), np.arange(64))
    return (noise + ramp[:, :, None]).astype(np.uint8)


def pack(weights: Path, name: str) -> Checkpoint:
    """Write the checkpoint to `weights/name` and return it."""
    checkpoint = tiny.pack(weights, name)
    path = checkpoint.folder / "model.safetensors"
    state = storage.load(path)
    classes = len(checkpoint.labels.classes)
    network = networks.create(checkpoint.architecture, classes, **checkpoint.options).eval()
    network.load_state_dict(state)
    with torch.inference_mode():
        scores = network.score_map(preprocess.images(photo(), checkpoint.preprocessing))[0]
    bias = [key for key in state if key.endswith("bias") and len(state[key]) == classes][-1]
    state[bias] = state[bias] - scores.mean((1, 2))
    sha256, size = storage.save(state, path, "float16")
    checkpoint = replace(checkpoint, sha256=sha256, file_bytes=size)
    (checkpoint.folder / "config.json").write_text(json.dumps(registry.describe(checkpoint)))
    return checkpoint
