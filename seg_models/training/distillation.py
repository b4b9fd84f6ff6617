"""Learning from a better network: its soft targets for every pixel, beside the labels.

Where the teacher is wrong, it is put right first: DeepLab v3 sees no poles, and a pupil that can
would be taught not to.

Hinton, Vinyals & Dean, "Distilling the Knowledge in a Neural Network", 2015, arXiv:1503.02531.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..device import autocast
from ..specs import VOID, Preprocessing
from . import augmentation

TEMPERATURE = 2.0
WEIGHT = 1.0


@dataclass(frozen=True)
class Teacher:
    """Trained networks that judge the very crops their pupil sees.

    `networks` holds each with its preprocessing and where the pupil's classes stand among its own:
    it may know more, of which it then says nothing.
    """

    networks: Sequence[tuple[nn.Module, Preprocessing, Sequence[int]]]

    @torch.no_grad()
    def soft_targets(self, photos: Tensor, labels: Tensor) -> Tensor:
        """Return the networks' mean softened log-probabilities `(N, C, H, W)`, corrected.

        Args:
            photos: (N, 3, H, W) RGB, 0-1, before any network's normalisation.
            labels: (N, H, W) class indices, or `VOID`.
        """
        answers = []
        for network, preprocessing, classes in self.networks:
            with autocast(str(photos.device)):
                scores = network(augmentation.normalised(photos, preprocessing))
            known = scores[:, list(classes)].float()
            answers.append(F.softmax(known / TEMPERATURE, dim=1))
        mean = sum(answers) / len(answers)
        return corrected(mean.clamp(min=1e-8).log(), labels)


def corrected(targets: Tensor, labels: Tensor) -> Tensor:
    """Return the teacher's targets and the label, mixed: as much of them as they agree with it.

    Args:
        targets: (N, C, H, W) log-probabilities.
        labels: (N, H, W) class indices, or `VOID`, where the targets stay as they are.
    """
    known = labels != VOID
    label = F.one_hot(labels.where(known, 0).long(), targets.shape[1]).movedim(-1, 1)
    probabilities = targets.exp()
    agreement = (probabilities * label).sum(1, keepdim=True)
    right = agreement * probabilities + (1 - agreement) * label
    return torch.where(known[:, None], right.clamp(min=1e-8).log(), targets)


def distillation_loss(targets: Tensor, scores: Tensor, class_weights: Tensor) -> Tensor:
    """Return the mean divergence of a pupil's raw `scores` from the teacher's `targets`.

    A pixel counts as much as the classes that the teacher sees there: else the pupil would learn
    background, mostly.

    Args:
        targets: `Teacher.soft_targets` for the photos, (N, C, H, W).
        scores: (N, C, h, w). If they are coarser, the targets' mean over each cell is taken.
        class_weights: (C,).
    """
    if scores.shape != targets.shape:
        targets = F.adaptive_avg_pool2d(targets.exp(), scores.shape[-2:]).log()
    pupil = F.log_softmax(scores.float() / TEMPERATURE, dim=1)
    divergence = F.kl_div(pupil, targets, reduction="none", log_target=True).sum(1)
    weights = torch.einsum("nchw,c->nhw", targets.exp(), class_weights)
    divergence = (weights * divergence).sum() / weights.sum()
    return WEIGHT * TEMPERATURE**2 * divergence  # the square keeps the gradients' size
