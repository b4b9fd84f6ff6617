"""`--set`: every value of a configuration by its name, of its kind and in its range."""

from dataclasses import fields, is_dataclass

import pytest

from seg_models.cli import main
from seg_models.training import recipes, settings
from seg_models.training.config import TrainConfig

ROW = recipes.find("unet-camvid")
# A value for each name that is not the row's own, and what it is read as.
VALUES = {
    "preprocessing.long_side": ("320", 320),
    "preprocessing.mean": ("0.5, 0.4,0.3", (0.5, 0.4, 0.3)),
    "preprocessing.std": ("1,1,0.5", (1.0, 1.0, 0.5)),
    "encoder": ("none", None),
    "identity_init": ("up.0,up.1", ("up.0", "up.1")),
    "fit_to": ("none", None),
    "teachers": ("", ()),
    "relabelled_by": ("deeplab_v3-camvid", "deeplab_v3-camvid"),
    "at_long_side": ("yes", True),
    "pseudo_weight": ("0.25", 0.25),
    "background_share": ("0.3", 0.3),
    "deep_supervision": ("merge.0", ("merge.0",)),
    "class_power": ("0", 0.0),
    "augmentation.crop": ("96", 96),
    "augmentation.smallest": ("0.9", 0.9),
    "augmentation.largest": ("1.1", 1.1),
    "augmentation.rotation": ("1", 1.0),
    "augmentation.paste": ("0.2", 0.2),
    "augmentation.camera.light": ("0", 0.0),
    "augmentation.camera.tint": ("0.01", 0.01),
    "augmentation.camera.gamma": ("0.1", 0.1),
    "augmentation.camera.blur": ("0.1", 0.1),
    "augmentation.camera.noise": ("1e-2", 0.01),
    "augmentation.camera.jpeg": ("3", 3.0),
    "low_res_fraction": ("0.1", 0.1),
    "crops": ("100", 100),
    "batch": ("2", 2),
    "encoder_rate": ("1e-5", 1e-5),
    "rate": ("1e-2", 1e-2),
    "weight_decay": ("0", 0.0),
    "frozen": ("down.0,down.1", ("down.0", "down.1")),
    "freeze_bn": ("on", True),
    "ema": ("0.5", 0.5),
    "validations": ("1", 1),
    "dropout": ("none", None),
    "storage": ("float16", "float16"),
    "seed": ("7", 7),
}


def value(config, name):
    for part in name.split("."):
        config = getattr(config, part)
    return config


@pytest.mark.parametrize("name", VALUES)
def test_a_value_is_set_and_nothing_else(name):
    text, wanted = VALUES[name]
    changed = settings.changed(ROW, [f"{name}={text}"])
    assert value(changed, name) == wanted and type(value(changed, name)) is type(wanted)
    assert value(ROW, name) != wanted
    others = [each for each in VALUES if each != name]
    assert [value(changed, each) for each in others] == [value(ROW, each) for each in others]


def test_every_value_can_be_set_but_those_that_other_options_say():
    elsewhere = {"score_bias_init", "options"}  # below
    assert {*VALUES, *elsewhere} == set(settings.names())
    plain = {each.name for each in fields(TrainConfig) if not is_dataclass(getattr(ROW, each.name))}
    assert plain - set(settings.names()) == set(settings.FIXED)


def test_a_networks_own_options_are_read_by_what_they_look_like():
    names = ["options.width=0.25", "options.padding=valid", "options.norm=no"]
    assert settings.changed(ROW, names).options == {
        "norm": False,
        "width": 0.25,
        "padding": "valid",
    }
    front = recipes.find("dilatednet-camvid")
    assert settings.changed(front, ["score_bias_init=3"]).score_bias_init == 3.0


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("rate", r"--set rate: give a name and a value, such as rate=1e-3"),
        ("rat=1", r"there is no rat; did you mean rate\? known are .*augmentation\.crop"),
        ("rate.x=1", r"there is no rate\.x"),
        ("augmentation=1", r"there is no augmentation; did you mean augmentation"),
        ("architecture=segnet", r"there is no architecture"),
        ("rate=fast", r"'fast' is not a number$"),
        ("rate=nan", r"nan is not a number from 0 to 10"),
        ("rate=0", r"rate is 0: nothing would be learnt"),
        ("crops=1.5", r"'1.5' is not a whole number"),
        ("crops=0", r"0 is not a whole number from 1"),
        ("augmentation.rotation=200", r"200 is not a number from 0 to 180"),
        ("augmentation.smallest=5", r"smallest, 5, is more than largest, 2"),
        ("freeze_bn=maybe", r"'maybe' is not one of true, yes"),
        ("preprocessing.mean=1,2", r"3 values are needed"),
        ("preprocessing.std=1,0,1", r"preprocessing\.std holds 0"),
        ("storage=int4", r"storage is 'int4'; known are float16, int8"),
        ("encoder=resnet", r"encoder is 'resnet'; known are vgg16"),
        ("frozen=down.7", r"frozen: unet has no part 'down\.7'; it has down\."),
        ("options.depth=4", r"unet cannot be built with .*unexpected keyword argument 'depth'"),
        ("options=4", r"give the network's option, too, such as options\.width"),
        ("score_bias_init=1", r"context module of dilatednet"),
    ],
)
def test_what_cannot_be_set_is_refused_in_one_line(setting, said):
    with pytest.raises(ValueError, match=said):
        settings.changed(ROW, [setting])


def test_show_prints_what_is_set(capsys):
    command = ["train", "unet-camvid", "--show", "--set", "rate=2e-3", "--set", "batch = 2"]
    assert main(command) == 0
    lines = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert lines["rate"] == "0.002" and lines["batch"] == "2" and lines["encoder_rate"] == "0.0001"
