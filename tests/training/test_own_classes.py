"""From a folder of photos and masks of one's own to a network that is used like any other."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import shapes
import tiny
import torch
from PIL import Image

from seg_models import networks, pipeline
from seg_models.checkpoints import registry
from seg_models.cli import main
from seg_models.evaluation.labelled_photos import pairs
from seg_models.evaluation.split import split
from seg_models.specs import LabelSet
from seg_models.training import dataset, own_classes
from seg_models.training.init import initialise, pretrained
from seg_models.training.state import build

SHAPES = ("background", "circle", "square", "triangle")
LABELS = LabelSet("mine", SHAPES, tuple((60 * n, 0, 0) for n in range(4)))
THIN = [
    "--set", "options.width=0.06", "--set", "options.fc_channels=16", "--set", "options.norm=yes",
]  # fmt: skip
QUICK = [
    "--set", "crops=8", "--set", "batch=4", "--set", "augmentation.crop=32", "--set", "rate=2e-2",
    "--set", "validations=1", "--set", "dropout=0", "--device", "cpu",
]  # fmt: skip


@pytest.fixture
def here(tmp_path, weights, monkeypatch):
    """An empty working folder, beside a zoo of tiny-animals."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def learn(data, out, *more):
    classes = ["--classes", str(data / "classes.txt")]
    command = ["train", "--architecture", "deeplab_v1", "--data", str(data), *classes]
    return main([*command, "--out", str(out), *more])


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    """A network that has seen shapes, for two steps: its folder, beside its data in `shapes`."""
    place = tmp_path_factory.mktemp("own")
    data = shapes.draw(place / "shapes", 15)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        assert learn(data, place / "mine", "--from", "nothing", *THIN, *QUICK) == 0
    return place / "mine"


def test_it_knows_its_classes_their_colours_and_its_photos_size(mine):
    checkpoint = registry.read(mine)
    assert (checkpoint.name, checkpoint.domain) == ("mine", "mine")
    assert checkpoint.labels.classes == SHAPES
    assert checkpoint.labels.colours[1] == (230, 159, 0)
    assert checkpoint.preprocessing.long_side == 64  # as its photos have


def test_it_is_used_like_any_other(mine, here, capsys):
    photo = mine.parent / "shapes" / "images" / "00.png"
    asked = ["predict", str(photo), "--model", str(mine), "--crf", "2", "--out", "result"]
    assert main([*asked, "--device", "cpu"]) == 0
    facts = json.loads((here / "result" / "result.json").read_text())
    assert {each["class"] for each in facts["classes"]} <= set(SHAPES)
    asked = ["evaluate", "--model", str(mine), "--data", str(mine.parent / "shapes"), "--record"]
    shutil.copytree(mine, here / "mine")
    asked[2] = str(here / "mine")
    assert main([*asked, "--part", "val", "--device", "cpu"]) == 0
    assert "triangle" in capsys.readouterr().out
    assert registry.read(here / "mine").results["val_images"] == 3
    assert main(["publish", "--namespace", "me", str(here / "mine"), "--dry-run"]) == 0
    assert "me/mine" in capsys.readouterr().out
    card = (here / "mine" / "README.md").read_text()
    assert "Classes: background, circle, square, triangle." in card
    assert "a data set of its makers, called mine" in card


def test_the_same_split_is_learnt_from_and_left_for_scoring(mine):
    parted = split(mine.parent / "shapes")
    assert (len(parted.train), len(parted.val)) == (12, 3)
    assert registry.read(mine).training["photos"] == 12


def test_a_zoos_network_of_ones_own_is_called_as_its_folder(here, mine):
    shutil.copytree(mine, here / "weights" / "mine")
    assert registry.find("mine").domain == "mine"
    assert "mine" in [each.name for each in registry.checkpoints()]


def test_it_goes_on_from_another_networks_layers_but_not_from_what_it_calls_its_classes(here):
    data = shapes.draw(here / "shapes", 6)
    config = own_classes.config("deeplab_v1", LABELS, "mine", "tiny-animals")
    assert config.preprocessing == registry.find("tiny-animals").preprocessing
    assert config.options == tiny.OPTIONS | {} and config.init_from == "tiny-animals"
    network = build(config, torch.device("cpu"))
    own = {key: each.clone() for key, each in network.state_dict().items()}
    initialise._from_checkpoint(network, config)
    theirs = pipeline.load("tiny-animals", "cpu").network.state_dict()
    changed = {key for key, each in network.state_dict().items() if not torch.equal(each, own[key])}
    assert changed == {key for key in own if not key.startswith("fc8.")}
    assert all(torch.equal(network.state_dict()[key], theirs[key]) for key in changed)
    assert data.is_dir()


@pytest.mark.parametrize(("known", "licence"), [("vgg16", "cc-by-4.0"), (None, "other")])
def test_the_card_passes_on_what_the_network_began_with(here, known, licence):
    source = registry.find("tiny-animals")
    registry.save(replace(source, training={"started_from": known} if known else {}))
    data = shapes.draw(here / "shapes", 4)
    assert learn(data, here / "mine", "--from", "tiny-animals", *QUICK) == 0
    facts = registry.read(here / "mine").training
    assert facts["started_from"] == (known or "unknown weights")
    assert facts["init_from"] == "tiny-animals"
    card = (here / "mine" / "README.md").read_text()
    assert f"license: {licence}" in card and "init from: tiny-animals" in card


def test_as_many_classes_of_other_names_are_not_taken_over_either(here):
    seven = LabelSet("mine", tuple("abcdefg"), tuple((n, 0, 0) for n in range(7)))
    known = registry.find("tiny-animals").labels
    for labels, taken in ((seven, False), (known, True)):
        config = own_classes.config("deeplab_v1", labels, "mine", "tiny-animals")
        network = build(config, torch.device("cpu"))
        names, *_ = initialise._from_checkpoint(network, config)
        assert ("fc8.weight" in names) is taken


@pytest.mark.parametrize("architecture", networks.architectures())
def test_every_network_can_begin_with_nothing_and_knows_what_classes_shape(architecture):
    config = own_classes.config(architecture, LABELS, "mine", "nothing")
    assert (config.encoder, config.init_from, config.teachers) == (None, None, ())
    with torch.device("meta"):
        network = networks.create(architecture, 4, **config.options)
    shaped = pretrained.shaped_by_classes(network, config)
    last = [key for key, each in network.named_modules() if each is network.classifier]
    assert f"{last[0]}.weight" in shaped
    assert shaped < set(network.state_dict())


def test_photos_are_learnt_at_the_size_that_they_will_be_seen_at(tmp_path):
    shapes.draw(tmp_path / "small", 3)
    Image.open(tmp_path / "small" / "images" / "00.png").resize((640, 480)).save(
        tmp_path / "small" / "images" / "00.png"
    )
    label = Image.open(tmp_path / "small" / "labels" / "00.png")
    label.resize((640, 480), Image.Resampling.NEAREST).save(tmp_path / "small/labels/00.png")
    data = dataset.load(pairs(tmp_path / "small"), torch.device("cpu"), 4, long_side=200)
    assert data.photos.shape[-1] == 200 and data.sizes.tolist() == [[150, 200]] * 3
    assert set(data.labels.unique().tolist()) <= {0, 1, 2, 3, 255}
    config = own_classes.config("unet", LABELS, "mine", "nothing")
    fitted = own_classes.fitted(config, 200)
    assert fitted.preprocessing.long_side == 200 and fitted.augmentation.crop == 224
    assert own_classes.fitted(config, 2000).augmentation.crop == config.augmentation.crop


def masks(data, change):
    for path in sorted((data / "labels").iterdir()):
        Image.fromarray(change(np.array(Image.open(path)))).save(path)


def test_masks_of_black_and_white_are_told_before_anything_is_learnt(here, capsys):
    data = shapes.draw(here / "shapes", 4)
    masks(data, lambda labels: np.where(labels > 0, 255, 0).astype(np.uint8))
    assert learn(data, here / "mine", "--from", "nothing", *THIN, *QUICK) == 2
    line = capsys.readouterr().err.splitlines()[-1]  # behind the progress bar
    assert "all labelled pixels to learn from are 'background'" in line and "--map 255=1" in line
    assert not (here / "mine").exists()


def test_a_class_that_nothing_shows_is_told_and_void_is_void(here, capsys):
    data = shapes.draw(here / "shapes", 4)
    masks(data, lambda labels: np.where(labels == 3, 9, labels).astype(np.uint8))
    assert learn(data, here / "mine", "--from", "nothing", *THIN, *QUICK) == 2
    assert "holds 9, but the classes are 0 to 3" in capsys.readouterr().err
    assert learn(data, here / "mine", "--from", "nothing", *THIN, *QUICK, "--void", "9") == 0
    assert "no photo to learn from shows triangle" in capsys.readouterr().err


def test_labels_in_the_lists_colours_are_learnt_on_request(here, capsys):
    data = shapes.draw(here / "shapes", 4)
    colours = np.uint8([(0, 0, 0), (0xE6, 0x9F, 0), (0x56, 0xB4, 0xE9), (0, 0x9E, 0x73)])
    masks(data, lambda labels: colours[labels])
    assert learn(data, here / "mine", "--from", "nothing", *THIN, *QUICK) == 2
    assert "say --colour-labels" in capsys.readouterr().err
    assert learn(data, here / "mine", "--from", "nothing", *THIN, *QUICK, "--colour-labels") == 0


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--architecture unett --classes c.txt --out mine", "no architecture called 'unett'"),
        ("--architecture unet --out mine", "--architecture goes with --classes"),
        ("--architecture unet --classes c.txt", "--out is missing"),
        ("--architecture unet --classes c.txt --out mine unet-camvid", "without NAME"),
        ("--architecture unet --classes c.txt --out 내것", "--out 내것: the network is called as"),
        ("--architecture unet --classes none.txt --out mine", "No such file"),
        ("--architecture unet --classes c.txt --out m --from tiny-animals", "is a deeplab_v1, not"),
        ("--architecture unet --classes c.txt --out m --from tiny-animls", "did you mean tiny-ani"),
        ("--architecture segnet_basic --classes c.txt --out m --from imagenet", "--from nothing"),
        ("unet-camvid --classes c.txt", "--classes and --from go with --architecture"),
        ("--out mine", "name a network of this project, or give --architecture"),
        ("--architecture unet --classes c.txt --out m --from nothing", "--data is missing"),
    ],
)
def test_a_mistake_is_one_line_and_2(here, complaint, line, said):
    (here / "c.txt").write_text("a\nb\n")
    assert main(["train", *line.split()]) == 2
    assert said in complaint()
    assert sorted(each.name for each in here.iterdir()) == ["c.txt", "weights"]


def test_show_prints_the_configuration_for_ones_own_classes(here, capsys):
    (here / "c.txt").write_text("a\nb\n")
    command = ["train", "--architecture", "deeplab_v1", "--classes", "c.txt", "--show"]
    assert main([*command, "--from", "tiny-animals", "--set", "rate=5e-4"]) == 0
    lines = dict(each.split(maxsplit=1) for each in capsys.readouterr().out.splitlines())
    assert lines["init_from"] == "'tiny-animals'" and lines["rate"] == "0.0005"
    assert "('a', 'b')" in lines["labels"] and lines["teachers"] == "()"
