"""The pictures of the three panels: one stage of a result, in one of the views."""

from __future__ import annotations

from typing import Any

import gradio as gr
import numpy as np
import torch
from torch import Tensor

from seg_models.specs import LabelSet, Segmentation
from seg_models.upsample import argmax
from seg_models.visualize import draw

from . import files, wording
from .inspection import cells, ramp
from .look import PROBABILITY, Look

SCORE_MAP, UPSAMPLED, REFINED = range(3)
UNCHANGED = 0.35  # how bright the photo is left where a step changed nothing


def picture(segmentation: Segmentation, stage: int, look: Look) -> dict[str, Any]:
    """Return the update of a panel: its PNG and, for those who cannot see it, its words.

    Args:
        segmentation: As it was after the iteration to show (see `results.Result.at`).
        stage: SCORE_MAP, UPSAMPLED or REFINED.
        look: What to show.
    """
    checkpoint = segmentation.checkpoint
    shown = labels(segmentation, stage)
    if look.view == "classes":
        drawn = draw.colour(shown, look.labels(checkpoint))
    elif look.view == "changes":
        drawn = _changes(segmentation, stage, look.labels(checkpoint))
    else:
        drawn = ramp()[levels(segmentation, stage, look)]
    step = f"-{len(segmentation.history)}" if stage == REFINED else ""
    kind = look.view.replace(" ", "-")
    return gr.update(
        value=files.save(drawn, f"{checkpoint.name}-{wording.STAGES[stage]}{step}-{kind}"),
        alt_text=wording.alt_text(stage, look.named(), shown, checkpoint, look.language),
    )


def labels(segmentation: Segmentation, stage: int) -> np.ndarray:
    """Return the class indices of a stage, `(H, W)` uint8 at working size."""
    if stage == SCORE_MAP:
        return cells(argmax(segmentation.score_map).numpy(), segmentation.photo.shape[:2])
    if stage == REFINED and segmentation.history:
        return segmentation.history[-1].numpy()
    return argmax(segmentation.probabilities).numpy()


def _changes(segmentation: Segmentation, stage: int, label_set: LabelSet) -> np.ndarray:
    """Return the photo, dark, with the new class of each pixel that this stage changed."""
    drawn = (segmentation.photo * UNCHANGED).astype(np.uint8)
    if stage == SCORE_MAP:
        return drawn
    after = labels(segmentation, stage)
    changed = after != labels(segmentation, stage - 1)
    drawn[changed] = draw.colour(after[changed], label_set)
    return drawn


def levels(segmentation: Segmentation, stage: int, look: Look) -> np.ndarray:
    """Return the values that a graded look shows of a stage, `(H, W)` uint8: 255 is 1."""
    probabilities = _probabilities(segmentation, stage)
    if look.view == "confidence":
        values = draw.confidence(probabilities)
    elif look.view == "doubt":
        values = draw.entropy(probabilities)
    else:
        classes = segmentation.checkpoint.labels.classes
        values = probabilities[classes.index(look.view.removeprefix(PROBABILITY))]
    found = (values * 255).round().to(torch.uint8).cpu().numpy()
    return cells(found, segmentation.photo.shape[:2]) if stage == SCORE_MAP else found


def _probabilities(segmentation: Segmentation, stage: int) -> Tensor:
    if stage == SCORE_MAP:
        return segmentation.score_map.float().softmax(0)
    if stage == REFINED and segmentation.refined is not None:
        return segmentation.refined.float()
    return segmentation.probabilities
