"""One call from a recipe's name to a checkpoint folder."""

from __future__ import annotations

from pathlib import Path

import torch

from .. import labels, pipeline
from ..device import choose_device
from . import dataset, export, logit_adjustment, loop, recipes
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
) -> Path:
    """Train the checkpoint called `recipe_name` and return the folder it was written to.

    Args:
        recipe_name: A row of `recipes.RECIPES`.
        data: Holds `train/` and `val/`, each with `images/` and `labels/`.
        minutes: The whole run's length; without it, the recipe's crops are all learnt from.
        device: "auto", "cpu" or "cuda".
        resume: Go on from the last state in `runs/`, if there is one.
        out: The checkpoint's folder; `weights/<name>` where none is given.
        onward: Begin with the checkpoint's own weights, not as the recipe says.

    Raises:
        ValueError: If there is no such recipe, or the data are not laid out as needed.
        WeightsError: If the recipe's teacher, or what it takes its trunk from, cannot be had.
    """
    recipe = recipes.find(recipe_name)
    return train_recipe(recipe.onward if onward else recipe, data, minutes, device, resume, out)


def train_recipe(
    recipe: recipes.TrainingRecipe,
    data: Path,
    minutes: float | None = None,
    device: str = "auto",
    resume: bool = False,
    out: Path | None = None,
    runs: Path = RUNS,
) -> Path:
    """Train as `recipe` says: `train`, for a recipe that need not be in the table."""
    device = torch.device(choose_device(device))
    teacher = _teacher(recipe.teacher, device.type) if recipe.teacher else None
    examples = dataset.load(Path(data) / "train", device)
    classes = len(labels.DOMAINS[recipe.domain].classes)
    run = begin(
        recipe, logit_adjustment.class_weights(examples, recipe.class_power, classes), device
    )
    state = runs / recipe.name / ("onward.pt" if recipe.goes_on else "state.pt")
    if resume and state.is_file():
        restore(run, state)
        report(run, "resumed")
    else:
        initialise.settle(run, examples)
    loop.advance(run, examples, Path(data) / "val", state, teacher, minutes)
    run.average.load_state_dict(run.best_state)
    pixels = logit_adjustment.sample(run.average, recipe.recipe, Path(data) / "val", device)
    folder = export.write(run, logit_adjustment.find(pixels), out or Path("weights") / recipe.name)
    report(run, f"written to {folder}")
    return folder


def _teacher(name: str, device: str) -> Teacher:
    segmenter = pipeline.load(name, device)
    return Teacher(segmenter.network, segmenter.checkpoint.recipe)
