"""Training learns, can be cut off anywhere, and leaves a checkpoint that works."""

import shutil
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from seg_models import networks, pipeline
from seg_models.checkpoints import registry, storage, weights
from seg_models.checkpoints.loader import network as trained_network
from seg_models.specs import Preprocessing
from seg_models.training import export, logit_adjustment, loop, recipes
from seg_models.training.augmentation import Augmentation
from seg_models.training.camera import Camera
from seg_models.training.config import TrainConfig
from seg_models.training.logit_adjustment import readjust
from seg_models.training.train import train_config

CAT, DOG = 1, 3  # as `squares` labels them
EVEN = logit_adjustment.LogitAdjustment(torch.zeros(7), 0.0, 0.0)

TINY = TrainConfig(
    "deeplab_v1",
    "animals",
    Preprocessing(48),
    {"width": 0.06, "fc_channels": 16, "norm": True},
    crops=240,
    batch=4,
    augmentation=Augmentation(
        crop=32, smallest=0.8, largest=1.2, rotation=0.0, camera=Camera(light=0.1)
    ),
    rate=2e-2,
    dropout=0.0,
    storage="float16",
)


@pytest.fixture(scope="module")
def trained(squares, tmp_path_factory):
    place = tmp_path_factory.mktemp("trained")
    out = place / "weights" / TINY.name
    with pytest.MonkeyPatch.context() as patched:  # of two photos none would be kept
        patched.setattr(logit_adjustment, "helps_others", lambda found: True)
        return train_config(TINY, squares, device="cpu", out=out, runs=place / "runs")


def test_it_learns_to_tell_cats_from_dogs(trained, squares, monkeypatch):
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(trained.parent))
    segmenter = pipeline.load(TINY.name, "cpu")
    for name, kind, other in (("0", CAT, DOG), ("1", DOG, CAT)):
        truth = np.array(Image.open(squares / "val" / "labels" / f"{name}.png"))
        labels = segmenter.segment(squares / "val" / "images" / f"{name}.png").labels()
        found = labels[truth == kind]
        assert (found == kind).mean() > 0.3  # eight other seeds: 0.37 to 0.98
        assert (found == other).mean() < 0.05  # and 0


def test_going_on_begins_where_the_checkpoint_is(trained, begun, monkeypatch):
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(trained.parent))
    run = begun(TINY.finetune, initialised=True)
    photos = torch.rand(1, 3, 40, 48, generator=torch.Generator().manual_seed(0))
    finished = pipeline.load(TINY.name, "cpu")
    offsets = torch.tensor(list(finished.checkpoint.training["logit_adjustment"].values()))
    assert offsets.any()  # the loss goes on without them
    with torch.inference_mode():
        wanted = finished.network(photos) - offsets.view(-1, 1, 1)
        torch.testing.assert_close(run.average(photos), wanted, rtol=1e-3, atol=1e-3)


def test_going_on_adds_to_what_was_learnt(trained, squares, tmp_path, monkeypatch):
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(tmp_path / "weights"))
    old = registry.read(Path(shutil.copytree(trained, tmp_path / "weights" / TINY.name)))
    training = dict(old.training)
    del training["init_from"]  # the oldest checkpoints do not say
    registry.save(replace(old, training=training))
    out = train_config(
        replace(TINY, crops=8).finetune, squares, device="cpu", out=tmp_path / TINY.name,
        runs=tmp_path / "runs",
    )  # fmt: skip
    facts = registry.read(out).training
    assert facts["crops"] == registry.read(trained).training["crops"] + 8
    assert facts["stretches"] == 2 and facts["init_from"] is None


def test_rebalancing_changes_offsets_alone(trained, squares, tmp_path, monkeypatch):
    monkeypatch.setattr(logit_adjustment, "helps_others", lambda found: True)
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(tmp_path))
    before = registry.read(Path(shutil.copytree(trained, tmp_path / TINY.name)))
    network = deepcopy(trained_network(before, "cpu"))
    changed = dict.fromkeys(before.labels.classes, 0.0) | {"cat": 3.0}
    logit_adjustment.shift(network, torch.tensor([0.0, 3.0, 0, 0, 0, 0, 0]))
    sha256, _ = storage.save(network.state_dict(), before.folder / "model.safetensors", "float16")
    offsets = before.training["logit_adjustment"]
    spoilt = {key: offsets[key] + changed[key] for key in offsets}
    facts = replace(before, sha256=sha256, training={**before.training, "logit_adjustment": spoilt})
    registry.save(facts)

    found = readjust(TINY.name, squares / "val", "cpu")
    assert found["logit_adjustment"] == offsets
    renewed = registry.read(before.folder)
    assert renewed.training["logit_adjustment"] == offsets and not renewed.results
    states = [weights.load_state(each) for each in (replace(before, folder=trained), renewed)]
    for name, value in states[0].items():
        torch.testing.assert_close(states[1][name], value, rtol=0, atol=1e-5)


def test_statistics_of_norms_that_stay_are_no_parameters(begun, tmp_path):
    row = replace(TINY, architecture="fc_densenet56", options={"width": 0.1})
    run = begun(row)
    run.best_state = run.network.state_dict()
    checkpoint = registry.read(export.write(run, EVEN, tmp_path / row.name))
    assert checkpoint.parameters == sum(each.numel() for each in run.network.parameters())


def test_the_checkpoint_says_what_happened(trained):
    checkpoint = registry.read(trained)
    assert checkpoint.training["crops"] == 240
    assert checkpoint.training["seed"] == TINY.seed
    assert checkpoint.options["norm"] is False
    state = weights.load_state(checkpoint)
    assert checkpoint.parameters == sum(value.numel() for value in state.values())
    assert (trained / "README.md").is_file()


def test_norms_are_folded_without_changing_a_score(begun, tmp_path):
    run = begun(TINY)
    for name, value in run.average.state_dict().items():
        if "running" in name:
            value.uniform_(0.5, 2.0)
    run.best_state = run.average.state_dict()
    checkpoint = registry.read(export.write(run, EVEN, tmp_path / TINY.name))
    network = trained_network(checkpoint, "cpu")
    images = torch.randn(1, 3, 41, 57, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        wanted, got = run.average.score_map(images), network.score_map(images)
    torch.testing.assert_close(got, wanted, atol=2e-3, rtol=2e-3)  # float16 on the way


def test_a_run_that_was_cut_off_ends_as_if_it_had_not_been(squares, tmp_path, monkeypatch):
    short = replace(TINY, crops=32)
    whole = train_config(
        short, squares, device="cpu", out=tmp_path / "whole" / TINY.name, runs=tmp_path / "a"
    )
    monkeypatch.setattr(loop, "SAVE_SECONDS", 0)
    step, done = loop._step, []

    def dying(*arguments):
        if len(done) == 5:
            raise KeyboardInterrupt
        done.append(1)
        return step(*arguments)

    out = tmp_path / "resumed" / TINY.name
    monkeypatch.setattr(loop, "_step", dying)
    with pytest.raises(KeyboardInterrupt):
        train_config(short, squares, device="cpu", out=out, runs=tmp_path / "b")
    assert not out.exists()
    monkeypatch.setattr(loop, "_step", step)
    train_config(short, squares, device="cpu", resume=True, out=out, runs=tmp_path / "b")
    assert registry.read(out).training["crops"] == registry.read(whole).training["crops"]
    ends = [torch.load(tmp_path / side / TINY.name / "state.pt")["network"] for side in "ab"]
    for name, value in ends[0].items():
        assert torch.equal(value, ends[1][name]), name


def test_minutes_end_a_run_early(squares, tmp_path):
    out = train_config(
        replace(TINY, crops=10**9),
        squares,
        minutes=0.02,
        device="cpu",
        out=tmp_path / "weights" / TINY.name,
        runs=tmp_path,
    )
    assert 0 < registry.read(out).training["crops"] < 10**6


@pytest.mark.parametrize(("progress", "shape"), [(0.0, (8, 3, 16, 16)), (0.6, (4, 3, 32, 32))])
def test_a_run_begins_with_twice_as_many_crops_of_half_the_size(begun, progress, shape):
    run = begun(replace(TINY, low_res_fraction=0.5))
    run.progress = progress
    photos, labels, _ = run.batches.draw(progress)
    assert (photos.shape, labels.shape) == (shape, (shape[0], *shape[2:]))
    loop._step(run, None)
    assert run.crops == shape[0]


def test_missing_data_say_how_to_lay_them_out(tmp_path):
    with pytest.raises(ValueError, match="images/"):
        train_config(TINY, tmp_path, device="cpu", out=tmp_path / "out")


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_every_recipe_can_be_built(name):
    row = recipes.find(name)
    with torch.device("meta"):
        network = networks.create(row.architecture, 7, **row.options)
    assert network.output_stride >= 1
    assert set(row.teachers) <= set(recipes.RECIPES)
