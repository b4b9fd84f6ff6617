"""One call from a recipe's name to a checkpoint folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from tqdm import tqdm

from .. import labels, pipeline
from ..device import choose_device
from ..evaluation import dataset_check
from ..evaluation.labelled_photos import INDICES, LabelForm, Pairs
from . import dataset, export, logit_adjustment, loop, recipes, relabel, validation
from .distillation import Teacher
from .init import initialise
from .state import begin, report, restore

RUNS = Path("runs")


def train(
    recipe_name: str,
    data: Path,
    minutes: float | None = None,
    device: str = "auto",
    resume: bool = False,
    out: Path | None = None,
    onward: bool = False,
    leave_out: str = "",
    void: int | None = None,
    colour_labels: bool = False,
) -> Path:
    """Train the checkpoint called `recipe_name` and return the folder it was written to.

    Args:
        recipe_name: A row of `recipes.RECIPES`.
        data: Holds `train/` and `val/`, each with `images/` and `labels/`.
        minutes: The whole run's length; without it, the recipe's crops are all learnt from.
        device: "auto", "cpu" or "cuda".
        resume: Go on from the last state in `runs/`, if there is one.
        out: The checkpoint's folder; `weights/<name>` where none is given, or `runs/<name>` for
            one that leaves photos out.
        onward: Begin with the checkpoint's own weights, not as the recipe says.
        leave_out: Photos of `train/` whose names begin so are not learnt from; the network is
            validated on them instead of `val/`. CamVid's val are neighbours of its training
            photos, a whole drive left out is not.
        void: A label that means no class, beside 255, such as the SegNet tutorial's 11.
        colour_labels: The label pictures are in the classes' colours, not in indices.

    Raises:
        ValueError: If there is no such recipe, or the data cannot be used; the message, one line,
            names what is wrong with which files.
        WeightsError: If the recipe's teacher, or what it takes its trunk from, cannot be had.
    """
    recipe = recipes.find(recipe_name)
    recipe = recipe.onward if onward else recipe
    if leave_out:
        recipe = recipe.leaving_out(leave_out)
        out = out or RUNS / recipe.name
    form = LabelForm(void, labels.DOMAINS[recipe.domain] if colour_labels else None)
    return train_recipe(recipe, data, minutes, device, resume, out, form=form)


def train_recipe(
    recipe: recipes.TrainingRecipe,
    data: Path,
    minutes: float | None = None,
    device: str = "auto",
    resume: bool = False,
    out: Path | None = None,
    runs: Path = RUNS,
    form: LabelForm = INDICES,
) -> Path:
    """Train as `recipe` says: `train`, for a recipe that need not be in the table."""
    device = torch.device(choose_device(device))
    torch.set_float32_matmul_precision("high")
    classes, val = len(labels.DOMAINS[recipe.domain].classes), Path(data) / "val"
    examples = dataset.load(Path(data) / "train", device, recipe.left_out, classes, form)
    _check(validation.photos(val, recipe.left_out), classes, form)
    if recipe.left_out:
        _check(validation.photos(val), classes, form)
    teacher = _teacher(recipe.teachers, device.type) if recipe.teachers else None
    if recipe.relabelled_by:
        examples = _relabelled(examples, recipe.relabelled_by, runs)
    run = begin(
        recipe, logit_adjustment.class_weights(examples, recipe.class_power, classes), device
    )
    state = runs / recipe.name / ("onward.pt" if recipe.goes_on else "state.pt")
    if resume and state.is_file():
        restore(run, state)
        report(run, "resumed")
    else:
        initialise.settle(run, examples)
    loop.advance(run, examples, val, state, teacher, minutes, form)
    run.average.load_state_dict(run.best_state)
    pixels = logit_adjustment.sample(run.average, recipe.preprocessing, val, device, form)
    folder = export.write(run, logit_adjustment.find(pixels), out or Path("weights") / recipe.name)
    report(run, f"written to {folder}")
    return folder


def _check(found: Pairs, classes: int, form: LabelForm) -> None:
    """Refuse photos that the network could not be validated on, before it begins to learn."""
    dataset_check.check(found, classes, form, lambda each: tqdm(each, "checking", unit="photo"))


def _relabelled(examples: dataset.Dataset, name: str, runs: Path) -> dataset.Dataset:
    """Return `examples` as the checkpoint called `name` corrects them; it is asked only once."""
    device = examples.labels.device
    judge = pipeline.load(name, device.type)
    kept = runs / "relabelled" / f"{name}-{judge.checkpoint.sha256[:12]}-{len(examples)}.pt"
    if kept.is_file():
        return replace(examples, labels=torch.load(kept, weights_only=True).to(device))
    examples = relabel.corrected(examples, judge.network, judge.checkpoint.preprocessing)
    kept.parent.mkdir(parents=True, exist_ok=True)
    unfinished = kept.with_suffix(f".{os.getpid()}")
    torch.save(examples.labels.cpu(), unfinished)
    unfinished.replace(kept)
    return examples


def _teacher(names: Sequence[str], device: str) -> Teacher:
    segmenters = [pipeline.load(name, device) for name in names]
    return Teacher([(each.network, each.checkpoint.preprocessing) for each in segmenters])
