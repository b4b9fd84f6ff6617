"""The training loop: one for every network, on the CPU and on the GPU."""

from __future__ import annotations

import math
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..evaluation.labelled_photos import INDICES, LabelForm
from ..specs import VOID
from . import augmentation, dataset, deep_supervision, validation
from .distillation import Teacher, distance
from .state import Run, report, store

WARM_UP = 0.03  # share of the run over which the learning rate rises
SAVE_SECONDS = 120.0


def advance(
    run: Run,
    data: dataset.Dataset,
    val: Path,
    save: Path,
    teacher: Teacher | None = None,
    minutes: float | None = None,
    form: LabelForm = INDICES,
) -> None:
    """Train until the recipe's crops, or the minutes, are spent; leave the best in the run.

    `form` says how the labels of `val` are written down.
    """
    chances = dataset.sampling_weights(data, len(run.class_weights))
    began, saved = time.monotonic() - run.seconds, time.monotonic()
    run.progress = _progress(run, minutes)  # a finished run that is given more minutes goes on
    looks = run.recipe.looks
    looked = int(run.progress * looks)
    while run.progress < 1:
        loss = _step(run, data, chances, teacher)  # reading it waits for the GPU
        run.seconds = time.monotonic() - began
        run.progress = _progress(run, minutes)
        if run.step % 20 == 0:
            report(run, f"loss {loss.item():.3f}")
        if run.progress < 1 and int(run.progress * looks) > looked:
            looked = int(run.progress * looks)
            _look(run, val, form)
        if time.monotonic() - saved > SAVE_SECONDS:
            store(run, save)
            saved = time.monotonic()
    _look(run, val, form)
    store(run, save)


def _progress(run: Run, minutes: float | None) -> float:
    """Return how much of the run is done, 0-1: by crops or by time, whichever is further."""
    by_time = run.seconds / 60 / minutes if minutes is not None else 0.0
    return min(1.0, max(run.crops / run.recipe.crops, by_time))


def draw(run: Run, data: dataset.Dataset, chances: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return a batch of varied crops, their labels, and how much to trust these, (N,)."""
    batch, how = run.recipe.batch, run.recipe.variation
    if run.progress < run.recipe.coarse:
        batch, how = 2 * batch, how.halved()
    chosen = torch.multinomial(chances, batch, replacement=True, generator=run.random)
    trust = torch.where(data.pseudo[chosen.to(run.device)], run.recipe.pseudo_weight, 1.0)
    return *augmentation.crops(data, chosen, how, run.random), trust


def _step(run: Run, data: dataset.Dataset, chances: Tensor, teacher: Teacher | None) -> Tensor:
    recipe = run.recipe
    rate = _rate(run.progress)
    for group in run.optimiser.param_groups:
        group["lr"] = group["base"] * rate
    photos, labels, trust = draw(run, data, chances)
    images = augmentation.normalised(photos, recipe.preprocessing)
    with torch.autocast(run.device.type, torch.bfloat16):
        scores = run.network(images).float()
        inner = run.supervision.scores()
    loss = _cross_entropy(scores, labels, run.class_weights, trust)
    if teacher is not None:
        opinion = teacher.opinion(photos, labels)
        far, *inside = (distance(opinion, each, run.class_weights) for each in (scores, *inner))
        loss = loss + far + deep_supervision.WEIGHT * sum(inside)
    run.optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(run.network.parameters(), 5.0)
    run.optimiser.step()
    run.step += 1
    run.crops += len(photos)
    _follow(run)
    return loss.detach()


def _cross_entropy(scores: Tensor, labels: Tensor, weights: Tensor, trust: Tensor) -> Tensor:
    """Return the mean over labelled pixels, each weighing as its class and its photo do."""
    trust = trust.view(-1, 1, 1)
    losses = F.cross_entropy(scores, labels, weights, ignore_index=VOID, reduction="none")
    known = torch.cat([weights, weights.new_zeros(VOID + 1 - len(weights))])[labels]
    return (trust * losses).sum() / (trust * known).sum().clamp(min=1e-6)


def _rate(progress: float) -> float:
    """Return the learning rate's factor: a linear rise, then half a cosine down to 1/100."""
    if progress < WARM_UP:
        return max(0.01, progress / WARM_UP)
    return 0.01 + 0.99 * (1 + math.cos(math.pi * (progress - WARM_UP) / (1 - WARM_UP))) / 2


@torch.no_grad()
def _follow(run: Run) -> None:
    """Move the average towards the weights; early on it follows closely."""
    keep = min(run.recipe.average, (1 + run.step) / (10 + run.step))
    new = run.network.state_dict()
    pairs = [(value, new[name]) for name, value in run.average.state_dict().items()]
    averaged, latest = zip(*(pair for pair in pairs if pair[0].is_floating_point()), strict=True)
    torch._foreach_lerp_(averaged, latest, 1 - keep)  # one call: hundreds of small ones take longer
    for value, other in pairs:
        if not value.is_floating_point():
            value.copy_(other)


def _look(run: Run, val: Path, form: LabelForm) -> None:
    """Score the average on val, and keep its weights if they are the best so far."""
    scores = validation.score(
        run.average, run.recipe.preprocessing, val, run.device, run.recipe.left_out, form
    )
    report(run, f"val mIoU {scores.miou:.4f}, pixel accuracy {scores.pixel_accuracy:.4f}")
    if scores.miou > run.best:
        run.best = scores.miou
        run.best_state = {k: v.clone().cpu() for k, v in run.average.state_dict().items()}
