"""Which networks the tour shows, and the numbers that follow from their papers' forms alone."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import torch

from seg_models import networks
from seg_models.checkpoints import registry
from seg_models.explain.ablate import ablations
from seg_models.networks.dilatednet import DILATIONS
from seg_models.networks.fc_densenet import (
    FIRST_CHANNELS,
    FCDenseNet56,
    FCDenseNet67,
    FCDenseNet103,
)
from seg_models.specs import Checkpoint

from ..models import catalogue

# In the lecture's order; of FC-DenseNet the best that is here.
SHOWN = (
    "fcn8s", "deconvnet", "segnet", "unet", "fc_densenet103", "fc_densenet67", "fc_densenet56",
    "deeplab_v1", "dilatednet", "deeplab_v3",
)  # fmt: skip
CLASSES = 21  # PASCAL VOC's, for the papers' forms
THIN = 0.1  # of the papers' width: what can be switched off does not depend on it
DENSE = {"56": FCDenseNet56, "67": FCDenseNet67, "103": FCDenseNet103}


def offered() -> list[dict[str, Any]]:
    """Return what a browser is told of each network of the tour whose weights are here."""
    found = [
        each for each in registry.checkpoints() if each.embedded and each.architecture in SHOWN
    ]
    return [
        {**catalogue.described(each), "switches": switches(each)}
        for each in sorted(found, key=lambda each: SHOWN.index(each.architecture))
    ]


def switches(checkpoint: Checkpoint) -> tuple[str, ...]:
    """Return what can be switched off in the checkpoint's network."""
    return _switches(checkpoint.architecture)


@lru_cache(maxsize=32)
def _switches(architecture: str) -> tuple[str, ...]:
    with torch.device("meta"):
        return ablations(networks.create(architecture, CLASSES, THIN))


@lru_cache(maxsize=1)
def papers() -> dict[str, Any]:
    """Return the sizes that the papers' own forms have, counted on networks without memory."""
    return {
        "parameters": {each: _parts(each) for each in ("deconvnet", "segnet")},
        "dense": {
            "first": FIRST_CHANNELS,
            "forms": {key: {"growth": form.growth, "depths": form.depths}
                      for key, form in DENSE.items()},
        },
        "rates": DILATIONS,
    }  # fmt: skip


def _parts(architecture: str) -> list[tuple[str, int]]:
    """Return the names and parameters of a network's direct parts."""
    with torch.device("meta"):
        network = networks.create(architecture, CLASSES)
    counts = [
        (name, sum(each.numel() for each in part.parameters()))
        for name, part in network.named_children()
    ]
    return [(name, count) for name, count in counts if count]
