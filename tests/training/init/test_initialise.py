"""Where a run begins: norms that are frozen stay so, and another network is followed."""

from dataclasses import replace

import pytest
import torch

from seg_models import networks
from seg_models.specs import Preprocessing
from seg_models.training import loop
from seg_models.training.augmentation import Augmentation
from seg_models.training.config import TrainConfig
from seg_models.training.init import initialise

BASIC = TrainConfig(
    "segnet_basic", "animals", Preprocessing(64), {"width": 0.25}, fit_to="segnet-animals",
    batch=2, augmentation=Augmentation(crop=64), dropout=0.0,
)  # fmt: skip


class Segmenter:
    """Stands for a loaded checkpoint: a SegNet of random weights, which says the more."""

    def __init__(self):
        torch.manual_seed(0)
        self.network = networks.create("segnet", 7, 0.1, norm=False).eval()
        for layer in self.network.modules():
            if isinstance(layer, torch.nn.Conv2d):
                torch.nn.init.kaiming_normal_(layer.weight)


@pytest.fixture
def example(monkeypatch):
    monkeypatch.setattr(initialise.pipeline, "load", lambda name, device: Segmenter())
    monkeypatch.setattr(initialise, "FITTED", 8)


def test_a_run_begins_as_what_it_is_fitted_to(example, begun):
    run = begun(BASIC, initialised=True)
    for own, kept in zip(
        run.network.state_dict().values(), run.average.state_dict().values(), strict=True
    ):
        assert torch.equal(own, kept)
    photos = run.batches.draw().photos
    with torch.inference_mode():
        ours, theirs = run.network(photos), Segmenter().network(photos)
    assert torch.corrcoef(torch.stack([ours.flatten(), theirs.flatten()]))[0, 1] > 0.6


@pytest.mark.parametrize("frozen", [True, False])
def test_frozen_norms_keep_their_statistics(begun, frozen):
    run = begun(replace(BASIC, fit_to=None, freeze_bn=frozen))
    before = run.network.conv1.norm.running_mean.clone()
    loop._step(run, None)
    assert torch.equal(run.network.conv1.norm.running_mean, before) == frozen
