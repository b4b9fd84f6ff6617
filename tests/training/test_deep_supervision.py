"""Companion classifiers: they teach the parts they stand behind, and leave no trace."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from test_train import TINY

from seg_models import networks
from seg_models.checkpoints import registry
from seg_models.training import distillation, recipes
from seg_models.training.deep_supervision import DeepSupervision
from seg_models.training.recipes import RECIPES
from seg_models.training.train import train_config


@pytest.mark.parametrize("name", [row.name for row in RECIPES.values() if row.deep_supervision])
def test_every_recipes_parts_answer_at_their_own_resolution(name):
    row = recipes.find(name)
    options = {**row.options, "width": 0.1}
    network = networks.create(row.architecture, 7, **options).train()
    supervision = DeepSupervision(network, row.deep_supervision, 7)
    network(torch.randn(2, 3, 64, 96))
    maps = supervision.scores()
    assert [each.shape[:2] for each in maps] == [(2, 7)] * len(row.deep_supervision)
    assert all(one.shape[-1] < other.shape[-1] for one, other in pairwise(maps))
    assert row.teachers  # who else should say what they are to answer?


def test_a_parts_gradient_comes_from_its_own_classifier():
    network = networks.create("segnet", 3, width=0.1).train()
    supervision = DeepSupervision(network, ("decode4",), 3)
    network(torch.randn(2, 3, 64, 64))
    (scores,) = supervision.scores()
    scores.square().sum().backward()
    assert network.decode4.conv4_1_D.conv.weight.grad.abs().max() > 0
    assert network.decode3.conv3_1_D.conv.weight.grad is None


def test_distance_to_a_coarser_map_is_to_the_mean_targets_of_each_cell():
    targets = torch.randn(2, 3, 8, 12).log_softmax(1)
    means = targets.exp().view(2, 3, 2, 4, 3, 4).mean((3, 5))
    agreeing = means.log() * distillation.TEMPERATURE
    even = torch.ones(3)
    assert distillation.distillation_loss(targets, agreeing, even).item() == pytest.approx(
        0, abs=1e-6
    )
    assert distillation.distillation_loss(targets, agreeing.flip(1), even).item() > 0.01


def test_a_checkpoint_keeps_nothing_of_the_companions(squares, begun, tmp_path):
    row = replace(TINY, crops=16, deep_supervision=("stage3", "stage5"))
    run = begun(row)
    taught = {id(each) for group in run.optimiser.param_groups for each in group["params"]}
    assert taught >= {id(each) for each in run.supervision.parameters()}
    out = train_config(row, squares, device="cpu", out=tmp_path / row.name, runs=tmp_path / "runs")
    plain = train_config(
        replace(row, deep_supervision=()),
        squares,
        device="cpu",
        out=tmp_path / "plain",
        runs=tmp_path,
    )
    assert registry.read(out).parameters == registry.read(plain).parameters
