"""One call from a checkpoint's name to its folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from tqdm import tqdm

from .. import pipeline
from ..checkpoints import storage
from ..device import choose_device
from ..evaluation import dataset_check, labelled_photos
from ..evaluation.labelled_photos import INDICES, LabelForm, Pairs
from . import dataset, export, logit_adjustment, loop, recipes, relabel, validation
from .batches import Batches
from .config import TrainConfig
from .distillation import Teacher
from .init.initialise import initialise
from .state import begin, build, report, restore

RUNS = Path("runs")


def train(
    name: str,
    data: Path,
    minutes: float | None = None,
    device: str = "auto",
    resume: bool = False,
    out: Path | None = None,
    finetune: bool = False,
    leave_out: str = "",
    void: int | None = None,
    colour_labels: bool = False,
) -> Path:
    """Train the checkpoint called `name` and return the folder it was written to.

    Args:
        name: A row of `recipes.RECIPES`.
        data: Holds `train/` and `val/`, each with `images/` and `labels/`.
        minutes: The whole run's length; without it, the row's crops are all learnt from.
        device: "auto", "cpu", "cuda", "cuda:1", ..., or "mps".
        resume: Go on from the last state in `runs/`, if there is one.
        out: The checkpoint's folder; `weights/<name>` where none is given, or `runs/<name>` for
            one that leaves photos out.
        finetune: Begin with the checkpoint's own weights, not as the row says.
        leave_out: Photos of `train/` whose names begin so are not learnt from; the network is
            validated on them instead of `val/`. CamVid's val are neighbours of its training
            photos, a whole drive left out is not.
        void: A label that means no class, beside 255, such as the SegNet tutorial's 11.
        colour_labels: The label pictures are in the classes' colours, not in indices.

    Raises:
        ValueError: If there is no such row, or the data cannot be used; the message, one line,
            names what is wrong with which files.
        WeightsError: If a teacher, or a checkpoint that it begins with, cannot be had.
    """
    config = recipes.find(name)
    config = config.finetune if finetune else config
    if leave_out:
        config = config.leaving_out(leave_out)
        out = out or RUNS / config.name
    form = LabelForm(void, config.checkpoint.labels if colour_labels else None)
    return train_config(config, data, minutes, device, resume, out, form=form)


def train_config(
    config: TrainConfig,
    data: Path,
    minutes: float | None = None,
    device: str = "auto",
    resume: bool = False,
    out: Path | None = None,
    runs: Path = RUNS,
    form: LabelForm = INDICES,
) -> Path:
    """Train as `config` says: `train`, for one that need not be in the table."""
    device = torch.device(choose_device(device))
    torch.set_float32_matmul_precision("high")
    val, state = Path(data) / "val", runs / config.name / _state_file(config)
    classes = len(config.checkpoint.labels.classes)
    examples = dataset.load(Path(data) / "train", device, config.left_out, classes, form)
    _check(validation.pairs(config, val), classes, form)
    if config.left_out:  # the offsets to the scores are found on val all the same
        _check(labelled_photos.pairs(val), classes, form)
    teacher = _teacher(config.teachers, str(device)) if config.teachers else None
    if config.relabelled_by:
        examples = _relabelled(examples, config.relabelled_by, runs)
    batches = Batches(examples, config)
    if resume and state.is_file():
        run = restore(batches, state)
        report(run, "resumed")
    else:
        network = build(config, device)
        run = begin(network, batches, initialise(network, config, batches))
    loop.advance(run, val, state, teacher, minutes, form)
    run.average.load_state_dict(run.best_state)
    pixels = logit_adjustment.sample(validation.segmenter(config, run.average), val, form)
    adjustment = logit_adjustment.find(pixels)
    folder = export.write(run, adjustment, out or Path("weights") / config.name)
    report(run, f"written to {folder}")
    return folder


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


def _teacher(names: Sequence[str], device: str) -> Teacher:
    segmenters = [pipeline.load(name, device) for name in names]
    return Teacher([(each.network, each.checkpoint.preprocessing) for each in segmenters])
