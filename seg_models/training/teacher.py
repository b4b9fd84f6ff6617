"""Learning from a better network: its softened opinion of every pixel, beside the labels.

Hinton, Vinyals & Dean, "Distilling the Knowledge in a Neural Network", 2015, arXiv:1503.02531.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..specs import Recipe
from . import augmentation

TEMPERATURE = 2.0
WEIGHT = 1.0


@dataclass(frozen=True)
class Teacher:
    """A trained network that judges the very crops its pupil sees."""

    network: nn.Module
    recipe: Recipe

    @torch.no_grad()
    def opinion(self, photos: Tensor) -> Tensor:
        """Return softened log-probabilities `(N, C, H, W)`.

        Args:
            photos: (N, 3, H, W) RGB, 0-1, before any network's normalisation.
        """
        images = augmentation.normalised(photos, self.recipe)
        with torch.autocast(photos.device.type, torch.bfloat16):
            scores = self.network(images)
        return F.log_softmax(scores.float() / TEMPERATURE, dim=1)


def distance(opinion: Tensor, scores: Tensor) -> Tensor:
    """Return the mean divergence of a pupil's raw `scores` from the teacher's `opinion`.

    Args:
        opinion: `Teacher.opinion` of the photos, (N, C, H, W).
        scores: (N, C, h, w). If they are coarser, the opinion's mean over each cell is taken.
    """
    if scores.shape != opinion.shape:
        opinion = F.adaptive_avg_pool2d(opinion.exp(), scores.shape[-2:]).log()
    pupil = F.log_softmax(scores.float() / TEMPERATURE, dim=1)
    divergence = F.kl_div(pupil, opinion, reduction="none", log_target=True).sum(1).mean()
    return WEIGHT * TEMPERATURE**2 * divergence  # the square keeps the gradients' size
