"""One call from a training configuration to a checkpoint's folder."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import torch
from tqdm import tqdm

from .. import pipeline
from ..checkpoints import storage
from ..device import choose_device
from ..evaluation import dataset_check
from ..evaluation.labelled_photos import INDICES, LabelForm, Pairs
from ..evaluation.split import Split, split
from ..labels import positions
from . import dataset, export, logit_adjustment, loop, own_classes, relabel
from .batches import Batches
from .config import TrainConfig
from .distillation import Teacher
from .init.initialise import initialise
from .state import begin, build, report, restore

RUNS = Path("runs")


def train_config(
    config: TrainConfig,
    data: Path,
    minutes: float | None = None,
    device: str = "auto",
    resume: bool = False,
    out: Path | None = None,
    runs: Path = RUNS,
    form: LabelForm = INDICES,
    overwrite: bool = False,
) -> Path:
    """Train as `config` says and return the folder that the checkpoint was written to.

    Ctrl-C ends it early: the state is saved, and what there is is written.

    Args:
        config: A row of `recipes.RECIPES`, or one like it.
        data: See `evaluation.split`.
        minutes: The whole run's length, from reading the data to writing the checkpoint; without
            it, the configuration's crops are all learnt from.
        device: "auto", "cpu", "cuda", "cuda:1", ..., or "mps".
        resume: Go on from the last state in `runs`, if there is one.
        out: The checkpoint's folder; `weights/<name>` where none is given, or `runs/<name>` for
            one that leaves photos out.
        runs: Holds a folder for each run, with its state.
        form: How the labels are written down.
        overwrite: Whether a checkpoint in `out` may be replaced. That of the run that is resumed
            always may.

    Raises:
        ValueError: If the data cannot be used; the message, one line, names what is wrong with
            which files. If there is a checkpoint in `out`, or the minutes are none.
        OSError: If a folder cannot be written to.
        WeightsError: If a teacher, or a checkpoint that it begins with, cannot be had.
        KeyboardInterrupt: If it was ended early, when all is written; it says where.
    """
    began = time.monotonic()
    if minutes is not None and not 0 < minutes < float("inf"):
        raise ValueError(f"minutes is {minutes:g}; give more than 0")
    place = runs / config.name
    out = out or (place if config.left_out else Path("weights") / config.name)
    export.check_folders(out, place, overwrite, resume)
    device = torch.device(choose_device(device))
    torch.set_float32_matmul_precision("high")
    photos = split(Path(data))
    photos = photos.leaving_out(config.left_out) if config.left_out else photos
    config, examples = _examples(config, photos, device, form)
    teacher = _teacher(config, str(device)) if config.teachers else None
    if config.relabelled_by:
        examples = _relabelled(examples, config.relabelled_by, runs)
    batches, state = Batches(examples, config), place / _state_file(config)
    if resume and state.is_file():
        run = restore(batches, state)
        report(run, "resumed")
    else:
        network = build(config, device)
        run = begin(network, batches, initialise(network, config, batches))
    ended = loop.advance(run, photos.validated, state, teacher, minutes, form, began)
    run.average.load_state_dict(run.best_state)
    sampled = logit_adjustment.sample(run.segmenter, photos.val, form)
    adjustment = logit_adjustment.worthwhile(sampled)
    export.note_written(export.write(run, adjustment, out), place)
    report(run, f"written to {out}")
    if not ended:
        raise KeyboardInterrupt(f"--resume goes on; what it has learnt so far is in {out}")
    return out


def _examples(
    config: TrainConfig, photos: Split, device: torch.device, form: LabelForm
) -> tuple[TrainConfig, dataset.Dataset]:
    """Return what is learnt from, and the configuration that suits it, once all data are checked.

    Raises:
        ValueError: If a photo or its labels cannot be used, or there is nothing to tell apart.
    """
    classes = config.num_classes
    long_side = config.preprocessing.long_side if config.at_long_side else None
    examples = dataset.load(photos.train, device, classes, form, long_side)
    for found in (photos.val, photos.left_out):
        if found:
            _check(found, classes, form)
    if config.labels is None:
        return config, examples
    own_classes.check_shown(config.labels, dataset.pixel_counts(examples, classes))
    return own_classes.fitted(config, examples.photos.shape[-1]), examples


def _state_file(config: TrainConfig) -> str:
    return "finetune.pt" if config.finetunes else "state.pt"


def _check(found: Pairs, classes: int, form: LabelForm) -> None:
    """Refuse photos that the network could not be validated on, before it begins to learn."""
    dataset_check.check(
        found, classes, form, lambda each: tqdm(each, "checking", unit="photo", disable=None)
    )


def _relabelled(examples: dataset.Dataset, name: str, runs: Path) -> dataset.Dataset:
    """Return `examples` as the checkpoint called `name` corrects them; it is asked only once."""
    device = examples.labels.device
    judge = pipeline.load(name, str(device))
    kept = runs / "relabelled" / f"{name}-{judge.checkpoint.sha256[:12]}-{len(examples)}.pt"
    if kept.is_file():
        return replace(examples, labels=torch.load(kept, weights_only=True).to(device))
    examples = relabel.corrected(examples, judge.network, judge.checkpoint.preprocessing)
    storage.atomic_write(kept, lambda unfinished: torch.save(examples.labels.cpu(), unfinished))
    return examples


def _teacher(config: TrainConfig, device: str) -> Teacher:
    judges = []
    for each in (pipeline.load(name, device) for name in config.teachers):
        where = positions(config.label_set, each.checkpoint.labels)
        if where is None:
            raise ValueError(f"{each.checkpoint.name} knows other classes; it cannot teach these")
        judges.append((each.network, each.checkpoint.preprocessing, where))
    return Teacher(judges)
