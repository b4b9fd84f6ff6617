"""Every row of the table begins and takes two steps, as it would on its own data.

The networks are thin, and so are the checkpoints that they begin with and learn from, which stand
in for those that training would have left: the rows' own options, parts and steps are all used.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from seg_models import networks
from seg_models.checkpoints import registry, storage
from seg_models.evaluation.labelled_photos import pairs
from seg_models.networks.fuse_bn import folded_state
from seg_models.training import dataset, distillation, loop, recipes, train
from seg_models.training.batches import Batches
from seg_models.training.init import initialise, pretrained
from seg_models.training.state import begin, build

WIDTH = 0.125
CPU = torch.device("cpu")


def thin(config):
    """Return the row at a width, and on crops, that two cores step through in a moment."""
    augmentation = replace(config.augmentation, crop=64, smallest=0.9, largest=1.1)
    options = {**config.options, "width": WIDTH}
    return replace(config, options=options, augmentation=augmentation, batch=2)


def left_by(config, folder):
    """Write the checkpoint that the row's training would leave, with random weights."""
    config = thin(config)
    torch.manual_seed(0)
    network = networks.create(config.architecture, config.num_classes, **config.options).eval()
    options, state = {**config.options, "norm": False}, folded_state(network)
    try:
        networks.create(config.architecture, config.num_classes, **options).load_state_dict(state)
    except (ValueError, RuntimeError):  # as export does
        options, state = config.options, network.state_dict()
    sha256, size = storage.save(state, folder / config.name / "model.safetensors", "float16")
    registry.save(
        replace(
            config.checkpoint, options=options, sha256=sha256, file_bytes=size,
            training={"started_from": config.encoder or "vgg16"}, folder=folder / config.name,
        )
    )  # fmt: skip


@pytest.fixture(scope="module")
def zoo(tmp_path_factory):
    """What the rows begin with and learn from."""
    folder = tmp_path_factory.mktemp("zoo")
    rows = recipes.RECIPES.values()
    for name in {each for row in rows for each in (*row.teachers, row.init_from, row.fit_to)}:
        if name is not None:
            left_by(recipes.find(name), folder)
    return folder


@pytest.fixture
def photos(tmp_path):
    """Three photos whose labels are of three classes in stripes."""
    random = np.random.default_rng(0)
    for kind in ("images", "labels"):
        (tmp_path / kind).mkdir()
    for number in range(3):
        labels = np.repeat(np.arange(3, dtype=np.uint8), 32)[None].repeat(80, 0)
        photo = random.integers(0, 60, (80, 96, 3), np.uint8) + (labels * 90)[:, :, None]
        Image.fromarray(photo).save(tmp_path / "images" / f"{number}.png")
        Image.fromarray(labels).save(tmp_path / "labels" / f"{number}.png")
    return tmp_path


def encoder_of(architecture, prefix):
    """Return the tensors of a thin network whose names begin so, or end as VGG's do."""
    torch.manual_seed(7)  # no row begins so
    state = networks.create(architecture, 3, width=WIDTH).state_dict()
    return {name[len(prefix) :]: value for name, value in state.items() if name.startswith(prefix)}


@pytest.fixture
def imagenet(monkeypatch):
    """ImageNet's weights of thin encoders: the real ones are for paper width."""

    def vgg16(preprocessing):
        stages = (encoder_of("fcn32s", f"stage{number}.") for number in range(1, 6))
        return {name: value for stage in stages for name, value in stage.items()}

    def lite(preprocessing):
        found = encoder_of("deeplab_v3", "encoder.")
        return {f"encoder.{name}": value for name, value in found.items()}

    monkeypatch.setattr(pretrained, "vgg16", vgg16)  # which vgg16_pairs asks, too
    monkeypatch.setitem(pretrained.READERS, "vgg16", vgg16)
    monkeypatch.setitem(pretrained.READERS, "efficientnet_lite2", lite)
    monkeypatch.setattr(initialise, "FITTED", 6)


@pytest.mark.filterwarnings("ignore:std\\(\\)")
@pytest.mark.parametrize("name", recipes.RECIPES)
def test_a_row_begins_and_takes_two_steps(name, zoo, photos, imagenet, monkeypatch):
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(zoo))
    config = thin(recipes.find(name))
    batches = Batches(dataset.load(pairs(photos), CPU), config)
    network = build(config, CPU)
    random = {key: value.clone() for key, value in network.state_dict().items()}
    start = initialise.initialise(network, config, batches)
    known = set(network.state_dict()) & start.pretrained
    assert bool(known) == bool(config.encoder or config.init_from)
    begun = network.state_dict()
    assert any(not torch.equal(begun[key], random[key]) for key in begun)
    run = begin(network, batches, start)
    teacher = train._teacher(config, "cpu") if config.teachers else None
    assert isinstance(teacher, distillation.Teacher) or not config.teachers
    before = {key: value.clone() for key, value in network.named_parameters()}
    losses = [loop._step(run, teacher).item() for _ in range(2)]
    assert np.isfinite(losses).all() and run.step == 2
    moved = {
        key for key, value in network.named_parameters() if not torch.equal(value, before[key])
    }
    frozen = {key for key in before if key.startswith(tuple(f"{each}." for each in config.frozen))}
    assert moved and not (moved & frozen)


def test_a_row_is_shown_in_full():
    row = recipes.find("unet-camvid")
    lines = dict(line.split(maxsplit=1) for line in recipes.shown(row).splitlines())
    assert lines.keys() == vars(row).keys()
    assert lines["fit_to"] == "'deeplab_v1-camvid'" and lines["encoder_rate"] == "0.0001"
