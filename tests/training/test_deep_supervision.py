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
from seg_models.training.state import begin
from seg_models.training.train import train_recipe


@pytest.mark.parametrize("name", [row.name for row in RECIPES.values() if row.supervised])
def test_every_recipes_parts_answer_at_their_own_resolution(name):
    row = recipes.find(name)
    options = {**row.options, "width": 0.1}
    network = networks.create(row.architecture, 7, **options).train()
    supervision = DeepSupervision(network, row.supervised, 7)
    network(torch.randn(2, 3, 64, 96))
    maps = supervision.scores()
    assert [each.shape[:2] for each in maps] == [(2, 7)] * len(row.supervised)
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


def test_distance_to_a_coarser_map_is_to_the_mean_opinion_of_each_cell():
    opinion = torch.randn(2, 3, 8, 12).log_softmax(1)
    means = opinion.exp().view(2, 3, 2, 4, 3, 4).mean((3, 5))
    agreeing = means.log() * distillation.TEMPERATURE
    even = torch.ones(3)
    assert distillation.distance(opinion, agreeing, even).item() == pytest.approx(0, abs=1e-6)
    assert distillation.distance(opinion, agreeing.flip(1), even).item() > 0.01


def test_a_checkpoint_keeps_nothing_of_the_companions(squares, tmp_path, monkeypatch):
    row = replace(TINY, crops=16, supervised=("stage3", "stage5"))
    run = begin(row, torch.ones(7), torch.device("cpu"))
    taught = {id(each) for group in run.optimiser.param_groups for each in group["params"]}
    assert taught >= {id(each) for each in run.supervision.parameters()}
    out = train_recipe(row, squares, device="cpu", out=tmp_path / row.name, runs=tmp_path / "runs")
    plain = train_recipe(
        replace(row, supervised=()), squares, device="cpu", out=tmp_path / "plain", runs=tmp_path
    )
    assert registry.read(out).parameters == registry.read(plain).parameters
