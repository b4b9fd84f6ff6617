"""The pictures of the three panels: one stage of a result, in one of the views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np
from torch import Tensor

from seg_models import render
from seg_models.specs import Checkpoint, LabelSet, Segmentation

from . import files, wording
from .inspection import cells

SCORE_MAP, UPSAMPLED, REFINED = range(3)
VIEWS = {
    "Classes": "classes",
    "Confidence": "confidence",
    "Doubt (entropy)": "doubt",
    "What each step changed": "changes",
}
PROBABILITY = "probability of "
UNCHANGED = 0.35  # how bright the photo is left where a step changed nothing


@dataclass(frozen=True)
class Look:
    """How a visitor wants the pictures."""

    view: str = "classes"  # a value of VIEWS, or "probability of <class>"
    safe: bool = False  # colours that also the colour-blind tell apart

    def labels(self, checkpoint: Checkpoint) -> LabelSet:
        """Return the checkpoint's classes in the colours to draw them in."""
        own = checkpoint.labels
        return render.safe_colours(own) if self.safe else own

    def valid(self, checkpoint: Checkpoint) -> Look:
        """Return this look, or the plain one if its class is none of the checkpoint's."""
        known = {value for _, value in choices(checkpoint.labels)}
        return self if self.view in known else Look(safe=self.safe)


def choices(label_set: LabelSet | None) -> list[tuple[str, str]]:
    """Return the views to choose from, one for each class among them: (name, value)."""
    classes = label_set.classes if label_set else ()
    probabilities = [(f"Probability of {each}", PROBABILITY + each) for each in classes]
    return [*VIEWS.items(), *probabilities]


def picture(segmentation: Segmentation, stage: int, look: Look) -> dict[str, Any]:
    """Return the update of a panel: its PNG and, for those who cannot see it, its words.

    Args:
        segmentation: As it was after the iteration to show (see `results.Result.at`).
        stage: SCORE_MAP, UPSAMPLED or REFINED.
        look: What to show.
    """
    checkpoint = segmentation.checkpoint
    if look.view == "classes":
        drawn = render.colour(labels(segmentation, stage), look.labels(checkpoint))
    elif look.view == "changes":
        drawn = _changes(segmentation, stage, look.labels(checkpoint))
    else:
        drawn = _heat(segmentation, stage, look)
    name = list(wording.STAGES)[stage] + (f"-{len(segmentation.history)}" if stage == 2 else "")
    kind = look.view.replace(" ", "-")
    return gr.update(
        value=files.save(drawn, f"{checkpoint.name}-{name}-{kind}"),
        alt_text=wording.alt_text(stage, look.view, labels(segmentation, stage), checkpoint),
    )


def labels(segmentation: Segmentation, stage: int) -> np.ndarray:
    """Return the class indices of a stage, `(H, W)` uint8 at working size."""
    if stage == SCORE_MAP:
        best = segmentation.score_map.argmax(0).cpu().numpy().astype(np.uint8)
        return cells(best, segmentation.photo.shape[:2])
    if stage == REFINED and segmentation.history:
        return segmentation.history[-1].numpy()
    return segmentation.probabilities.argmax(0).cpu().numpy().astype(np.uint8)


def _changes(segmentation: Segmentation, stage: int, label_set: LabelSet) -> np.ndarray:
    """Return the photo, dark, with the new class of each pixel that this stage changed."""
    drawn = (segmentation.photo * UNCHANGED).astype(np.uint8)
    if stage == SCORE_MAP:
        return drawn
    after = labels(segmentation, stage)
    changed = after != labels(segmentation, stage - 1)
    drawn[changed] = render.colour(after[changed], label_set)
    return drawn


def _heat(segmentation: Segmentation, stage: int, look: Look) -> np.ndarray:
    probabilities = _probabilities(segmentation, stage)
    if look.view == "confidence":
        values = render.confidence(probabilities)
    elif look.view == "doubt":
        values = render.entropy(probabilities)
    else:
        name = look.view.removeprefix(PROBABILITY)
        values = probabilities[segmentation.checkpoint.labels.classes.index(name)]
    drawn = render.heat(values)
    return cells(drawn, segmentation.photo.shape[:2]) if stage == SCORE_MAP else drawn


def _probabilities(segmentation: Segmentation, stage: int) -> Tensor:
    if stage == SCORE_MAP:
        return segmentation.score_map.float().softmax(0)
    if stage == REFINED and segmentation.refined is not None:
        return segmentation.refined
    return segmentation.probabilities
