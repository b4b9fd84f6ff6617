"""Where a run begins: norms that are settled stay so, and an example is followed."""

from dataclasses import replace

import pytest
import torch

from seg_models import networks
from seg_models.specs import Preprocessing
from seg_models.training import dataset, loop
from seg_models.training.augmentation import Variation
from seg_models.training.init import initialise
from seg_models.training.recipes import TrainingRecipe
from seg_models.training.state import begin

CPU = torch.device("cpu")
BASIC = TrainingRecipe(
    "segnet_basic", "animals", Preprocessing(64), {"width": 0.25}, example="segnet-animals",
    batch=2, variation=Variation(crop=64), dropout=0.0,
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
def data(squares, monkeypatch):
    monkeypatch.setattr(initialise.pipeline, "load", lambda name, device: Segmenter())
    monkeypatch.setattr(initialise, "FITTED", 8)
    return dataset.load(squares / "train", CPU)


def test_a_run_begins_as_its_example(data):
    run = begin(BASIC, torch.ones(7), CPU)
    initialise.settle(run, data)
    for own, kept in zip(
        run.network.state_dict().values(), run.average.state_dict().values(), strict=True
    ):
        assert torch.equal(own, kept)
    photos, *_ = loop.draw(run, data, torch.ones(4))
    with torch.inference_mode():
        ours, theirs = run.network(photos), Segmenter().network(photos)
    assert torch.corrcoef(torch.stack([ours.flatten(), theirs.flatten()]))[0, 1] > 0.6


@pytest.mark.parametrize("settled", [True, False])
def test_settled_norms_keep_their_statistics(data, settled):
    run = begin(replace(BASIC, example=None, settled=settled), torch.ones(7), CPU)
    before = run.network.conv1.norm.running_mean.clone()
    loop._step(run, data, torch.ones(4), None)
    assert torch.equal(run.network.conv1.norm.running_mean, before) == settled
