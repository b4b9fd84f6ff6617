"""A training run in the middle: made from a recipe, written to disk, taken up again."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from .. import networks, pipeline
from ..checkpoints import storage
from . import logit_adjustment, precision
from .deep_supervision import DeepSupervision
from .init import identity_init, pretrained
from .recipes import TrainingRecipe


@dataclass
class Run:
    """All that changes while a network trains."""

    recipe: TrainingRecipe
    class_weights: Tensor  # (C,) what the loss weighs each class by
    device: torch.device
    network: nn.Module
    average: nn.Module  # the running average of the network's weights: what is kept at the end
    supervision: DeepSupervision  # of the network's inner maps
    optimiser: torch.optim.Optimizer
    random: torch.Generator
    known: set[str]  # names of the tensors that were trained before
    before: dict[str, Any]  # the training facts of the checkpoint that it goes on from
    started_from: str  # what it knew before anything was trained here: a key of STARTS
    step: int = 0
    crops: int = 0  # that the network has learnt from
    seconds: float = 0.0
    progress: float = 0.0  # 0-1
    best: float = -1.0  # val mIoU of `best_state`
    best_state: dict[str, Tensor] = field(default_factory=dict)


def begin(recipe: TrainingRecipe, class_weights: Tensor, device: torch.device) -> Run:
    """Return a run at its first step, with pretrained weights where the recipe names them.

    Raises:
        ValueError: If the network has no place for them, or a package is missing.
        WeightsError: If the checkpoint that the recipe takes its trunk from cannot be had.
    """
    num_classes = len(class_weights)
    torch.manual_seed(recipe.seed)
    network = networks.create(recipe.architecture, num_classes, **recipe.options)
    average = networks.create(recipe.architecture, num_classes, **recipe.options)
    identity_init.let_through(network, recipe.passing)
    known: set[str] = set()
    if recipe.encoder:
        known |= pretrained.start(network, recipe.encoder, recipe.preprocessing)
    before: dict[str, Any] = {}
    started_from = recipe.encoder or recipe.example or "random weights"
    if recipe.trunk:
        trunk = pipeline.load(recipe.trunk, "cpu")
        known |= pretrained.take_over(network, trunk.network)
        if not (recipe.encoder or recipe.example):
            started_from = trunk.checkpoint.training["started_from"]
    if recipe.goes_on:
        before = dict(trunk.checkpoint.training)
        if offsets := before.get("logit_adjustment"):
            logit_adjustment.shift(network, -torch.tensor(list(offsets.values())))
    if recipe.lift:
        pretrained.lift(network, recipe.lift)
    average.load_state_dict(network.state_dict())
    network = network.to(device, memory_format=torch.channels_last).train()
    average = average.to(device, memory_format=torch.channels_last).eval().requires_grad_(False)
    _hold(network, recipe)
    if device.type == "cpu":
        precision.keep_depthwise_in_float(network)
    supervision = DeepSupervision(network, recipe.supervised, num_classes).to(device)
    groups = _groups(network, recipe, known)
    if recipe.supervised:
        groups.append({"params": supervision.parameters(), "lr": recipe.rate, "base": recipe.rate})
    optimiser = torch.optim.AdamW(groups, weight_decay=recipe.decay, fused=True)
    random = torch.Generator().manual_seed(recipe.seed)
    class_weights = class_weights.to(device)
    return Run(
        recipe, class_weights, device, network, average, supervision, optimiser, random,
        known, before, started_from,
    )  # fmt: skip


def _hold(network: nn.Module, recipe: TrainingRecipe) -> None:
    """Keep the recipe's frozen parts and norms from changing, and set its dropout, in place."""
    for name in recipe.frozen:
        network.get_submodule(name).requires_grad_(False)
    for module in network.modules():
        if isinstance(module, nn.Dropout) and recipe.dropout is not None:
            module.p = recipe.dropout
        if isinstance(module, nn.BatchNorm2d) and recipe.settled:
            module.eval()


def _groups(network: nn.Module, recipe: TrainingRecipe, known: set[str]) -> list[dict]:
    """Split the parameters by learning rate and decay: norms and biases do not decay.

    Of what was known before, an encoder learns at its own rate; without one, all of it does.
    """
    slow = (
        pretrained.names(network, recipe.encoder, recipe.preprocessing) if recipe.encoder else known
    )
    groups: dict[tuple[float, bool], list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        rate = recipe.encoder_rate if name in slow else recipe.rate
        groups.setdefault((rate, parameter.dim() > 1), []).append(parameter)
    return [
        {"params": parameters, "lr": rate, "base": rate} | ({} if decays else {"weight_decay": 0.0})
        for (rate, decays), parameters in groups.items()
    ]


def report(run: Run, what: str) -> None:
    """Print a line of progress."""
    print(
        f"{run.recipe.name} {run.progress:6.1%} {run.seconds / 60:5.1f} min "
        f"{run.crops:7d} crops  {what}",
        flush=True,
    )


def store(run: Run, path: Path) -> None:
    """Write all that is needed to go on; an older state stays until all is."""
    state = {
        "network": run.network.state_dict(),
        "average": run.average.state_dict(),
        "supervision": run.supervision.state_dict(),
        "optimiser": run.optimiser.state_dict(),
        "random": run.random.get_state(),
        "dropout": torch.get_rng_state(),
        "progress": (run.step, run.crops, run.seconds, run.progress, run.best),
        "best_state": run.best_state,
        "before": run.before,
    }
    storage.atomic_write(path, lambda unfinished: torch.save(state, unfinished))


def restore(run: Run, path: Path) -> None:
    """Bring `run` to where `store` left it."""
    state = torch.load(path, map_location=run.device, weights_only=True)
    run.network.load_state_dict(state["network"])
    run.average.load_state_dict(state["average"])
    run.supervision.load_state_dict(state["supervision"])
    run.optimiser.load_state_dict(state["optimiser"])
    run.random.set_state(state["random"].cpu())
    torch.set_rng_state(state["dropout"].cpu())
    run.step, run.crops, run.seconds, run.progress, run.best = state["progress"]
    run.best_state = state["best_state"]
    run.before = state["before"]
