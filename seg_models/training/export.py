"""From a finished run to a folder of the zoo: weights, every fact, and the model card.

The folder is known to be writable before the first step, and nobody else's.
"""

from __future__ import annotations

import platform
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from .. import networks
from ..checkpoints import registry, storage
from ..networks import SegmentationNetwork
from ..networks.fuse_bn import folded_state
from ..specs import WEIGHTS_FILE
from . import logit_adjustment
from .config import TrainConfig
from .dataset import Dataset, shown_classes
from .logit_adjustment import LogitAdjustment
from .state import Run

WRITTEN = "written.txt"  # beside a run's state: the sha256 of the weights that it wrote last


def check_folders(out: Path, place: Path, overwrite: bool, resume: bool) -> None:
    """Refuse folders that a run could not, or must not, write to; nothing is left in them.

    Args:
        out: The checkpoint's folder.
        place: The run's own, for its state.
        overwrite: Whether a checkpoint in `out` may be replaced, whoever's it is.
        resume: Whether the run goes on from its state: then its own may be.

    Raises:
        ValueError: If a checkpoint is in `out`.
        OSError: If one of them cannot be written to.
    """
    there = (out / registry.CONFIG).is_file()
    if there and not overwrite and not (resume and _is_own(out, place)):
        raise ValueError(f"{out} holds a checkpoint; --overwrite replaces it, --out goes elsewhere")
    for folder in (place, out):
        existing = next(each for each in (folder, *folder.absolute().parents) if each.exists())
        try:
            tempfile.TemporaryFile(dir=existing).close()
        except OSError as error:
            raise OSError(f"{folder} cannot be written to: {error.strerror}") from error


def write(run: Run, adjustment: LogitAdjustment, folder: Path) -> Path:
    """Write the run's best weights, adjusted, and all facts to `folder`; return the folder.

    Batch norms are folded away where the network can be built without them. `evaluate --record`
    puts in the val figures.
    """
    config = run.config
    network = networks.create(config.architecture, config.num_classes, **config.options)
    network.load_state_dict(run.best_state)
    logit_adjustment.shift(network, adjustment.offsets)
    options, state = _folded(network.eval(), config)
    statistics = dict(network.named_buffers())  # of norms that cannot be folded away
    sha256, size = storage.save(state, folder / WEIGHTS_FILE, config.storage)
    checkpoint = replace(
        config.checkpoint,
        options=options,
        parameters=sum(v.numel() for name, v in state.items() if name not in statistics),
        file_bytes=size,
        sha256=sha256,
        training=_training_facts(run, adjustment),
        folder=folder,
    )
    registry.save(checkpoint)
    return folder


def note_written(out: Path, place: Path) -> None:
    """Remember that the checkpoint in `out` is that of the run in `place`."""
    content = (registry.read(out).sha256 or "").encode()
    storage.atomic_write(place / WRITTEN, lambda unfinished: unfinished.write_bytes(content))


def _is_own(out: Path, place: Path) -> bool:
    try:
        return (place / WRITTEN).read_text(encoding="utf-8") == registry.read(out).sha256
    except (OSError, ValueError):
        return False


def _folded(
    network: SegmentationNetwork, config: TrainConfig
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Return the options and the state of the network without batch norms, if it can be."""
    state = folded_state(network)
    options = {**config.options, "norm": False}
    try:
        bare = networks.create(config.architecture, config.num_classes, **options)
        bare.load_state_dict(state)
    except (ValueError, RuntimeError):  # it takes no `norm`, or has norms that cannot be folded
        return dict(config.options), network.state_dict()
    return options, state


def _training_facts(run: Run, adjustment: LogitAdjustment) -> dict[str, Any]:
    config, before = run.config, run.start.before
    facts = {
        "crops": run.crops,
        "minutes": round(run.seconds / 60, 1),
        "device": torch.cuda.get_device_name() if run.device.type == "cuda" else "CPU, 2 cores",
        "photos": len(run.batches.data),
        "photos_of_each": photos_of_each(run.batches.data, config.checkpoint.labels.classes),
        "left_out": config.left_out or None,
        "relabelled_by": config.relabelled_by,
        "seed": config.seed,
        "started_from": run.start.started_from,
        "init_from": config.init_from,
        "fit_to": config.fit_to,
        "teacher": " + ".join(config.teachers) or None,
        "loss": f"cross-entropy, class weights frequency^-{config.class_power}",
        "optimiser": f"AdamW, {config.encoder_rate} encoder, {config.rate} rest, cosine",
        **logit_adjustment.facts(adjustment, config.checkpoint.labels.classes),
        "best_val_miou": round(run.best, 4),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "commit": _commit(),
    }
    if before:
        facts |= {key: round(before[key] + facts[key], 1) for key in ("crops", "minutes")}
        facts |= {"init_from": before.get("init_from"), "stretches": before.get("stretches", 1) + 1}
    return facts


def photos_of_each(data: Dataset, classes: Sequence[str]) -> str:
    """Return how many photos show each class, in words."""
    counts = shown_classes(data, len(classes)).sum(0).tolist()
    return ", ".join(f"{name} {count}" for name, count in zip(classes, counts, strict=True))


def _commit() -> str | None:
    """Return the commit the code was at, if this is a checkout and git is there."""
    try:
        shown = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=Path(__file__).parent, capture_output=True, text=True
        )
    except OSError:
        return None
    return shown.stdout.strip() or None
