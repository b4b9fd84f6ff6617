"""The training loop: one for every network, on the CPU and on the GPU."""

from __future__ import annotations

import math
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..device import autocast
from ..evaluation.evaluate import evaluate
from ..evaluation.labelled_photos import INDICES, LabelForm, Pairs
from ..specs import VOID
from . import deep_supervision
from .distillation import Teacher, distillation_loss
from .state import Run, report, store

WARM_UP = 0.03  # share of the run over which the learning rate rises
SAVE_SECONDS = 120.0
CLOSING = 2.5  # validations: the last, the same again for the logit adjustment, and what is written


def advance(
    run: Run,
    val: Pairs,
    save: Path,
    teacher: Teacher | None = None,
    minutes: float | None = None,
    form: LabelForm = INDICES,
    began: float | None = None,
) -> bool:
    """Train until the configuration's crops, or the minutes, are spent; leave the best in the run.

    Ctrl-C ends it earlier; the stored state is then that of a run in the middle.

    Args:
        run: Begun or restored.
        val: What it is validated on.
        save: The file that its state is stored in, every `SAVE_SECONDS` and at the end.
        teacher: What it learns from beside the labels.
        minutes: The whole run's length, what it has behind it, and what `CLOSING` says, included.
        form: How the labels of `val` are written down.
        began: When the work on it began, by `time.monotonic()`; now, where it is not said.

    Returns:
        Whether the run came to its end.
    """
    began = (time.monotonic() if began is None else began) - run.seconds
    run.seconds, saved = time.monotonic() - began, time.monotonic()
    closing = 0.0  # seconds that will be needed after the last step, as far as known
    run.progress = _progress(run, minutes)  # a finished run that is given more minutes goes on
    validations = run.config.validations
    validated = int(run.progress * validations)
    with stop_requests() as stop:
        while not stop.asked and (run.progress < 1 or not run.step):
            loss = _step(run, teacher)  # reading it waits for the GPU
            run.seconds = time.monotonic() - began
            run.progress = _progress(run, minutes, closing)
            if run.step % 20 == 0:
                report(run, f"loss {loss.item():.3f}")
            if run.progress < 1 and int(run.progress * validations) > validated:
                validated = int(run.progress * validations)
                closing = CLOSING * _validate(run, val, form)
            if time.monotonic() - saved > SAVE_SECONDS:
                store(run, save)
                saved = time.monotonic()
    if stop.asked:
        store(run, save)  # before the validation that an unbroken run would not have had here
    _validate(run, val, form)
    if not stop.asked:
        store(run, save)
    return not stop.asked


def _progress(run: Run, minutes: float | None, closing: float = 0.0) -> float:
    """Return how much of the run is done, 0-1: by crops or by time, whichever is further."""
    by_time = run.seconds / max(60 * minutes - closing, 1.0) if minutes is not None else 0.0
    return min(1.0, max(run.crops / run.config.crops, by_time))


def _step(run: Run, teacher: Teacher | None) -> Tensor:
    rate = _rate(run.progress)
    for group in run.optimiser.param_groups:
        group["lr"] = group["base"] * rate
    photos, labels, trust = run.batches.draw(run.progress)
    with autocast(str(run.device)):
        scores = run.network(run.batches.images(photos)).float()
        inner = run.supervision.scores()
    loss = _cross_entropy(scores, labels, run.class_weights, trust)
    if teacher is not None:
        targets = teacher.soft_targets(photos, labels)
        final, *inside = (
            distillation_loss(targets, each, run.class_weights) for each in (scores, *inner)
        )
        loss = loss + final + deep_supervision.WEIGHT * sum(inside)
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
    keep = min(run.config.ema, (1 + run.step) / (10 + run.step))
    new = run.network.state_dict()
    pairs = [(value, new[name]) for name, value in run.average.state_dict().items()]
    averaged, latest = zip(*(pair for pair in pairs if pair[0].is_floating_point()), strict=True)
    torch._foreach_lerp_(averaged, latest, 1 - keep)  # one call: hundreds of small ones take longer
    for value, other in pairs:
        if not value.is_floating_point():
            value.copy_(other)


def _validate(run: Run, val: Pairs, form: LabelForm) -> float:
    """Score the average on val, and keep its weights if they are the best; return the seconds."""
    began = time.monotonic()
    scores = evaluate(run.segmenter, val, form=form).without_crf
    report(run, f"val mIoU {scores.miou:.4f}, pixel accuracy {scores.pixel_accuracy:.4f}")
    if scores.miou > run.best:
        run.best = scores.miou
        run.best_state = {k: v.clone().cpu() for k, v in run.average.state_dict().items()}
    return time.monotonic() - began


@dataclass
class StopRequest:
    """Whether somebody has asked for the end."""

    asked: bool = False


@contextmanager
def stop_requests() -> Iterator[StopRequest]:
    """Let Ctrl-C, or a polite kill, only ask for the end; a second one ends at once.

    The step that runs is finished, so that the state is whole. Outside of the main thread, where
    Python takes no signals, nothing changes.
    """
    request = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield request
        return

    def ask(number: int, frame: object) -> None:
        if request.asked:
            raise KeyboardInterrupt
        request.asked = True
        print("stopping after this step; again to stop at once", file=sys.stderr, flush=True)

    before = {each: signal.signal(each, ask) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield request
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
