"""What `train` is asked for: a row of the table, or a network for classes of one's own."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from ..checkpoints.schema import NAME
from ..evaluation.labelled_photos import LabelForm
from ..labels import read_classes
from ..training import own_classes, recipes, settings
from ..training.config import TrainConfig
from ..training.train import train_config


def train(chosen: Namespace) -> int:
    """Train as `chosen` says, or only show how."""
    config = settings.changed(_configuration(chosen), chosen.set)
    if chosen.show:
        print(recipes.shown(config))
        return 0
    if chosen.data is None:
        raise ValueError("--data is missing: a folder of photos and their labels to learn from")
    train_config(
        config,
        data=chosen.data,
        minutes=chosen.minutes,
        device=chosen.device,
        resume=chosen.resume,
        out=chosen.out,
        form=LabelForm(chosen.void, config.label_set if chosen.colour_labels else None),
        overwrite=chosen.overwrite,
    )
    return 0


def _configuration(chosen: Namespace) -> TrainConfig:
    """Return the configuration before anything is set by hand."""
    if chosen.architecture:
        if chosen.name or chosen.finetune or chosen.classes is None:
            raise ValueError(
                "--architecture goes with --classes, and without NAME and --finetune: "
                "to go on from a network's weights, say --from"
            )
        config = _own(chosen)
    elif chosen.name:
        if chosen.classes or chosen.begins_with:
            raise ValueError("--classes and --from go with --architecture, in place of NAME")
        config = recipes.find(chosen.name)
        config = config.finetune if chosen.finetune else config
    else:
        raise ValueError("name a network of this project, or give --architecture and --classes")
    return config.leaving_out(chosen.leave_out) if chosen.leave_out else config


def _own(chosen: Namespace) -> TrainConfig:
    if chosen.out is None and not chosen.show:
        raise ValueError("--out is missing: the folder of the network, which is called as it is")
    name = Path(chosen.out or "mine").resolve().name
    if not NAME.fullmatch(name):
        raise ValueError(
            f"--out {chosen.out}: the network is called as its folder, by letters of English, "
            "digits, '_', '.' and '-'"
        )
    domain = name.removeprefix(f"{chosen.architecture}-")
    labels = read_classes(chosen.classes, domain)
    return own_classes.config(chosen.architecture, labels, name, chosen.begins_with)
