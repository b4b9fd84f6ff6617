"""The training loop: one for every network, on the CPU and on the GPU."""

from __future__ import annotations

import math
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .. import networks
from . import augmentation, dataset, precision, pretrained, validation
from .recipes import TrainingRecipe
from .teacher import Teacher

WARM_UP = 0.03  # share of the run over which the learning rate rises
AVERAGE = 0.999  # how much of the running average of the weights a step keeps, at most
LOOKS = 6  # how often a run is validated on the way
SAVE_SECONDS = 120.0


@dataclass
class Run:
    """A training run in the middle: the one mutable thing here."""

    recipe: TrainingRecipe
    num_classes: int
    device: torch.device
    network: nn.Module
    average: nn.Module  # the running average of the network's weights: what is kept at the end
    optimiser: torch.optim.Optimizer
    random: torch.Generator
    step: int = 0
    seconds: float = 0.0
    progress: float = 0.0  # 0-1
    best: float = -1.0  # val mIoU of `best_state`
    best_state: dict[str, Tensor] = field(default_factory=dict)

    @property
    def crops(self) -> int:
        """How many crops the network has learnt from."""
        return self.step * self.recipe.batch


def begin(recipe: TrainingRecipe, num_classes: int, device: torch.device) -> Run:
    """Return a run at its first step, with pretrained weights where the recipe names them."""
    torch.manual_seed(recipe.seed)
    network = networks.create(recipe.architecture, num_classes, **recipe.options)
    average = networks.create(recipe.architecture, num_classes, **recipe.options)
    if recipe.encoder:
        pretrained.start(network, recipe.encoder, recipe.recipe)
    average.load_state_dict(network.state_dict())
    network = network.to(device, memory_format=torch.channels_last).train()
    average = average.to(device, memory_format=torch.channels_last).eval().requires_grad_(False)
    if device.type == "cpu":
        precision.keep_depthwise_in_float(network)
    optimiser = torch.optim.AdamW(_groups(network, recipe), weight_decay=recipe.decay)
    random = torch.Generator().manual_seed(recipe.seed)
    return Run(recipe, num_classes, device, network, average, optimiser, random)


def _groups(network: nn.Module, recipe: TrainingRecipe) -> list[dict]:
    """Split the parameters by learning rate and decay: norms and biases do not decay."""
    names = pretrained.names(network, recipe.encoder, recipe.recipe) if recipe.encoder else set()
    groups: dict[tuple[float, bool], list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        rate = recipe.encoder_rate if name in names else recipe.rate
        groups.setdefault((rate, parameter.dim() > 1), []).append(parameter)
    return [
        {"params": parameters, "lr": rate, "base": rate} | ({} if decays else {"weight_decay": 0.0})
        for (rate, decays), parameters in groups.items()
    ]


def advance(
    run: Run,
    data: dataset.Dataset,
    val: Path,
    save: Path,
    teacher: Teacher | None = None,
    minutes: float | None = None,
) -> None:
    """Train until the recipe's crops, or the minutes, are spent; leave the best in the run."""
    weights = class_weights(data, run.recipe, run.num_classes)
    chances = dataset.sampling_weights(data, len(weights)).cpu()
    began, saved = time.monotonic() - run.seconds, time.monotonic()
    looked = int(run.progress * LOOKS)
    while run.progress < 1:
        loss = _step(run, data, chances, weights, teacher)
        run.seconds = time.monotonic() - began
        run.progress = min(1.0, run.crops / run.recipe.crops)
        if minutes is not None:
            run.progress = min(1.0, max(run.progress, run.seconds / 60 / minutes))
        if run.step % 20 == 0:
            report(run, f"loss {loss:.3f}")
        if run.progress < 1 and int(run.progress * LOOKS) > looked:
            looked = int(run.progress * LOOKS)
            _look(run, val, limit=60)
        if time.monotonic() - saved > SAVE_SECONDS:
            store(run, save)
            saved = time.monotonic()
    _look(run, val, limit=60)
    store(run, save)


def class_weights(data: dataset.Dataset, recipe: TrainingRecipe, classes: int) -> Tensor:
    """Return what the loss weighs each class by: (C,), mean 1 over the pixels."""
    frequencies = dataset.class_frequencies(data, classes)
    weights = frequencies.clamp(min=1e-5) ** -recipe.class_power
    return weights / (weights * frequencies).sum()


def _step(
    run: Run, data: dataset.Dataset, chances: Tensor, weights: Tensor, teacher: Teacher | None
) -> float:
    recipe = run.recipe
    rate = _rate(run.progress)
    for group in run.optimiser.param_groups:
        group["lr"] = group["base"] * rate
    chosen = torch.multinomial(chances, recipe.batch, replacement=True, generator=run.random)
    photos, labels = augmentation.crops(data, chosen, recipe.variation, run.random)
    images = augmentation.normalised(photos, recipe.recipe)
    with torch.autocast(run.device.type, torch.bfloat16):
        scores = run.network(images).float()
    loss = F.cross_entropy(scores, labels, weights, ignore_index=255)
    if teacher is not None:
        loss = loss + teacher.distance(photos, scores)
    run.optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(run.network.parameters(), 5.0)
    run.optimiser.step()
    run.step += 1
    _follow(run)
    return loss.item()


def _rate(progress: float) -> float:
    """Return the learning rate's factor: a linear rise, then half a cosine down to 1/100."""
    if progress < WARM_UP:
        return max(0.01, progress / WARM_UP)
    return 0.01 + 0.99 * (1 + math.cos(math.pi * (progress - WARM_UP) / (1 - WARM_UP))) / 2


@torch.no_grad()
def _follow(run: Run) -> None:
    """Move the average towards the weights; early on it follows closely."""
    keep = min(AVERAGE, (1 + run.step) / (10 + run.step))
    new = run.network.state_dict()
    for name, value in run.average.state_dict().items():
        if value.is_floating_point():
            value.lerp_(new[name], 1 - keep)
        else:
            value.copy_(new[name])


def _look(run: Run, val: Path, limit: int | None) -> None:
    """Score the average on a part of val, and keep its weights if they are the best so far."""
    scores = validation.score(run.average, run.recipe.recipe, val, run.device, limit)
    report(run, f"val mIoU {scores.miou:.4f}, pixel accuracy {scores.pixel_accuracy:.4f}")
    if scores.miou > run.best:
        run.best = scores.miou
        run.best_state = {k: v.clone().cpu() for k, v in run.average.state_dict().items()}


def report(run: Run, what: str) -> None:
    """Print a line of progress."""
    print(
        f"{run.recipe.name} {run.progress:6.1%} {run.seconds / 60:5.1f} min "
        f"{run.crops:7d} crops  {what}",
        flush=True,
    )


def store(run: Run, path: Path) -> None:
    """Write all that is needed to go on, under a temporary name first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    state = {
        "network": run.network.state_dict(),
        "average": run.average.state_dict(),
        "optimiser": run.optimiser.state_dict(),
        "random": run.random.get_state(),
        "dropout": torch.get_rng_state(),
        "progress": (run.step, run.seconds, run.progress, run.best),
        "best_state": run.best_state,
    }
    unfinished = path.with_suffix(".unfinished")
    torch.save(state, unfinished)
    os.replace(unfinished, path)


def restore(run: Run, path: Path) -> None:
    """Bring `run` to where `store` left it."""
    state = torch.load(path, map_location=run.device, weights_only=True)
    run.network.load_state_dict(state["network"])
    run.average.load_state_dict(state["average"])
    run.optimiser.load_state_dict(state["optimiser"])
    run.random.set_state(state["random"].cpu())
    torch.set_rng_state(state["dropout"].cpu())
    run.step, run.seconds, run.progress, run.best = state["progress"]
    run.best_state = state["best_state"]
