"""A network for classes of one's own: its configuration, made from that of a network here."""

from __future__ import annotations

import inspect
import sys
from dataclasses import replace
from typing import Any

from torch import Tensor

from .. import networks
from ..checkpoints import external
from ..specs import Checkpoint, LabelSet, Preprocessing
from .augmentation import Augmentation
from .config import TrainConfig
from .recipes import RECIPES

IMAGENET, NOTHING = "imagenet", "nothing"  # beginnings beside a checkpoint
RATES = {"encoder_rate": 1e-4, "rate": 1e-3}
CELL = 32  # pixels: crops are multiples of it, as the coarsest networks' score maps have such cells
# Photos are seen at about the size that the finished network will see them.
AUGMENTATION = Augmentation(crop=256, smallest=0.7, largest=1.4, rotation=10.0)


def config(architecture: str, labels: LabelSet, name: str, begins_with: str = "") -> TrainConfig:
    """Return how a network learns classes of its user's own.

    Args:
        architecture: One of `networks.architectures()`.
        labels: The classes.
        name: What the checkpoint will be called.
        begins_with: A checkpoint of this architecture whose layers it takes over, all but those
            that its classes shape: a name, a folder or a Hub repo. Or "imagenet", for an encoder
            with ImageNet's weights, or "nothing", for random ones. "" is "imagenet" for networks
            whose encoders there are such weights for, else "nothing".

    Raises:
        ValueError: If there is no such architecture, or it cannot begin so.
        WeightsError: If the checkpoint cannot be had.
    """
    if architecture not in networks.architectures():
        known = ", ".join(networks.architectures())
        raise ValueError(f"no architecture called {architecture!r}; known are {known}")
    row = _row(architecture)
    begins_with = begins_with or (IMAGENET if row.encoder else NOTHING)
    if begins_with == IMAGENET and row.encoder is None:
        raise ValueError(f"there are no ImageNet weights for {architecture}; say --from nothing")
    bare = replace(
        row,
        domain=labels.name,
        labels=labels,
        called=name,
        at_long_side=True,
        init_from=None,
        encoder=row.encoder if begins_with == IMAGENET else None,
        fit_to=None,
        identity_init=row.identity_init if begins_with == IMAGENET else (),
        teachers=(),
        relabelled_by=None,
        deep_supervision=(),
        low_res_fraction=0.0,
        class_power=0.35,
        augmentation=AUGMENTATION,
        frozen=row.frozen if begins_with == IMAGENET else (),
        freeze_bn=False,
        background_share=0.0,
        batch=min(8, max(4, row.batch)),  # a GPU's would take a CPU minutes a step
        storage="float16",  # int8 can cost a network that learnt for minutes points of mIoU
        **RATES,
    )  # fmt: skip
    if begins_with in (IMAGENET, NOTHING):
        return bare
    source = external.find(begins_with)
    if source.architecture != architecture:
        raise ValueError(f"{begins_with} is a {source.architecture}, not a {architecture}")
    return replace(
        bare,
        init_from=begins_with,
        preprocessing=source.preprocessing,
        options=_options(source, row),
        freeze_bn=True,
    )


def fitted(config: TrainConfig, side: int) -> TrainConfig:
    """Return the same for photos of which the longest has `side` pixels, once they are resized.

    The network will see photos at the size that they were learnt at, and no crop is larger than
    they are.
    """
    if not config.at_long_side:
        return config
    crop = min(config.augmentation.crop, -(-side // CELL) * CELL)
    return replace(
        config,
        preprocessing=replace(config.preprocessing, long_side=side),
        augmentation=replace(config.augmentation, crop=crop),
    )


def check_shown(labels: LabelSet, counts: Tensor) -> None:
    """Refuse labels that leave nothing to tell apart, and say which classes nothing shows.

    Args:
        labels: The classes.
        counts: (N, C) pixels of each class in each photo that is learnt from.

    Raises:
        ValueError: If fewer than two classes have a pixel.
    """
    pixels = counts.sum(0).tolist()
    absent = [name for name, count in zip(labels.classes, pixels, strict=True) if not count]
    if len(absent) > len(labels.classes) - 2:
        (shown,) = set(labels.classes) - set(absent)
        raise ValueError(
            f"all labelled pixels to learn from are {shown!r}, and 255 is void; masks of 0 and 255 "
            "become labels by `labels convert --form masks --map 255=1`"
        )
    if absent:
        print(f"no photo to learn from shows {', '.join(absent)}", file=sys.stderr)


def _row(architecture: str) -> TrainConfig:
    """Return the row whose training is followed as far as it does not hang on its data."""
    like = {"fcn32s": "fcn8s", "fcn16s": "fcn8s"}.get(architecture, architecture)
    for row in RECIPES.values():
        if row.architecture == like:
            return replace(row, architecture=architecture)
    return TrainConfig(architecture, "", Preprocessing(512))


def _options(source: Checkpoint, row: TrainConfig) -> dict[str, Any]:
    """Return the options of `source` with the norms that were folded away, where it had some.

    They do not change what it says (`init.bn_calibration`), and it learns better with them.
    """
    options = {**source.options}
    known = inspect.signature(networks.ARCHITECTURES[row.architecture]).parameters
    if options.get("norm") is False and row.options.get("norm", known["norm"].default):
        options["norm"] = True
    return options
