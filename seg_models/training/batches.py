"""What a network is shown: batches of varied crops, drawn by one seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import Tensor

from . import augmentation, dataset
from .config import TrainConfig


class Batch(NamedTuple):
    """Crops and their labels."""

    photos: Tensor  # (N, 3, crop, crop) float32 RGB, 0-1
    labels: Tensor  # (N, crop, crop) int64 class indices, or `VOID`
    trust: Tensor  # (N,) float32: how much the labels weigh in the loss


@dataclass
class Batches:
    """A data set, shown as the configuration says; photos with rare classes come more often."""

    data: dataset.Dataset
    config: TrainConfig
    random: torch.Generator = field(init=False)  # on the CPU: a seed means the same everywhere
    chances: Tensor = field(init=False)  # (photos,) how often each is drawn

    def __post_init__(self):
        """Start from the configuration's seed."""
        self.random = torch.Generator().manual_seed(self.config.seed)
        self.chances = dataset.sampling_weights(
            self.data, self.config.num_classes, background_share=self.config.background_share
        )

    @property
    def device(self) -> torch.device:
        """Where the data lie and the crops are made."""
        return self.data.photos.device

    def draw(self, progress: float = 1.0) -> Batch:
        """Return the next batch of a run of which the share `progress`, 0-1, is done."""
        count, how = self.config.batch, self.config.augmentation
        if progress < self.config.low_res_fraction:
            return self.crops(2 * count, how.halved())
        return self.crops(count, how)

    def crops(self, count: int, how: augmentation.Augmentation | None = None) -> Batch:
        """Return so many crops, varied as the configuration says or as `how` does."""
        chosen = torch.multinomial(self.chances, count, replacement=True, generator=self.random)
        how = how or self.config.augmentation
        photos, labels = augmentation.crops(self.data, chosen, how, self.random)
        pseudo = self.data.pseudo[chosen.to(self.device)]
        return Batch(photos, labels, torch.where(pseudo, self.config.pseudo_weight, 1.0))

    def images(self, photos: Tensor) -> Tensor:
        """Return `photos` as the network sees them, `(N, 3, H, W)` normalised."""
        return augmentation.normalised(photos, self.config.preprocessing)
