"""Learning from a better network: its softened opinion of every pixel, beside the labels.

Where the teacher is wrong, it is put right first: DeepLab v3 sees no poles, and a pupil that can
would be taught not to.

Hinton, Vinyals & Dean, "Distilling the Knowledge in a Neural Network", 2015, arXiv:1503.02531.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..specs import VOID, Preprocessing
from . import augmentation

TEMPERATURE = 2.0
WEIGHT = 1.0


@dataclass(frozen=True)
class Teacher:
    """Trained networks, with their recipes, that judge the very crops their pupil sees."""

    networks: Sequence[tuple[nn.Module, Preprocessing]]

    @torch.no_grad()
    def opinion(self, photos: Tensor, labels: Tensor) -> Tensor:
        """Return the networks' mean softened log-probabilities `(N, C, H, W)`, corrected.

        Args:
            photos: (N, 3, H, W) RGB, 0-1, before any network's normalisation.
            labels: (N, H, W) class indices, or `VOID`.
        """
        opinions = []
        for network, recipe in self.networks:
            with torch.autocast(photos.device.type, torch.bfloat16):
                scores = network(augmentation.normalised(photos, recipe))
            opinions.append(F.softmax(scores.float() / TEMPERATURE, dim=1))
        mean = sum(opinions) / len(opinions)
        return corrected(mean.clamp(min=1e-8).log(), labels)


def corrected(opinion: Tensor, labels: Tensor) -> Tensor:
    """Return the teacher's opinion and the label, mixed: as much of it as it believes the label.

    Args:
        opinion: (N, C, H, W) log-probabilities.
        labels: (N, H, W) class indices, or `VOID`, where the opinion stays as it is.
    """
    known = labels != VOID
    truth = F.one_hot(labels.where(known, 0).long(), opinion.shape[1]).movedim(-1, 1)
    probabilities = opinion.exp()
    belief = (probabilities * truth).sum(1, keepdim=True)
    right = belief * probabilities + (1 - belief) * truth
    return torch.where(known[:, None], right.clamp(min=1e-8).log(), opinion)


def distance(opinion: Tensor, scores: Tensor, class_weights: Tensor) -> Tensor:
    """Return the mean divergence of a pupil's raw `scores` from the teacher's `opinion`.

    A pixel counts as much as the classes that the teacher sees there: else the pupil would hear
    of background, mostly.

    Args:
        opinion: `Teacher.opinion` of the photos, (N, C, H, W).
        scores: (N, C, h, w). If they are coarser, the opinion's mean over each cell is taken.
        class_weights: (C,).
    """
    if scores.shape != opinion.shape:
        opinion = F.adaptive_avg_pool2d(opinion.exp(), scores.shape[-2:]).log()
    pupil = F.log_softmax(scores.float() / TEMPERATURE, dim=1)
    divergence = F.kl_div(pupil, opinion, reduction="none", log_target=True).sum(1)
    weights = torch.einsum("nchw,c->nhw", opinion.exp(), class_weights)
    divergence = (weights * divergence).sum() / weights.sum()
    return WEIGHT * TEMPERATURE**2 * divergence  # the square keeps the gradients' size
