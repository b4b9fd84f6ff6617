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

    def distance(self, photos: Tensor, scores: Tensor) -> Tensor:
        """Return the mean divergence of the pupil's `scores` (N, C, H, W) from the teacher's.

        Args:
            photos: (N, 3, H, W) RGB, 0-1, before any network's normalisation.
            scores: The pupil's raw scores for them.
        """
        opinion = self._opinion(photos)
        pupil = F.log_softmax(scores / TEMPERATURE, dim=1)
        divergence = F.kl_div(pupil, opinion, reduction="none", log_target=True).sum(1).mean()
        return WEIGHT * TEMPERATURE**2 * divergence  # the square keeps the gradients' size

    @torch.no_grad()
    def _opinion(self, photos: Tensor) -> Tensor:
        images = augmentation.normalised(photos, self.recipe)
        with torch.autocast(photos.device.type, torch.bfloat16):
            scores = self.network(images)
        return F.log_softmax(scores.float() / TEMPERATURE, dim=1)
