"""`--set rate=1e-3`: every value of a training configuration, by its name, checked."""

from __future__ import annotations

import difflib
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import is_dataclass, replace
from math import isfinite
from types import NoneType
from typing import Any

import torch

from .. import networks
from ..checkpoints import schema, storage
from ..networks.dilatednet import DilatedNet
from .config import TrainConfig
from .init import pretrained

FIXED = ("architecture", "domain", "labels", "called", "init_from", "left_out")  # other options say
WORDS = {
    "true": True, "yes": True, "on": True, "false": False, "no": False, "off": False,
}  # fmt: skip
LARGEST_CROP = 2048  # pixels
RANGES: dict[str, tuple[float, float]] = {  # inclusive
    "preprocessing.long_side": (16, schema.LARGEST_SIDE),
    "pseudo_weight": (0, 1),
    "background_share": (0, 0.9),
    "class_power": (0, 2),
    "augmentation.crop": (16, LARGEST_CROP),
    "augmentation.smallest": (0.01, 100),
    "augmentation.largest": (0.01, 100),
    "augmentation.rotation": (0, 180),
    "augmentation.paste": (0, 1),
    "augmentation.camera.light": (0, 1),
    "augmentation.camera.tint": (0, 1),
    "augmentation.camera.gamma": (0, 3),
    "augmentation.camera.blur": (0, 1),
    "augmentation.camera.noise": (0, 1),
    "augmentation.camera.jpeg": (0, 255),
    "low_res_fraction": (0, 1),
    "crops": (1, 10**12),
    "batch": (1, 4096),
    "encoder_rate": (0, 10),
    "rate": (0, 10),
    "weight_decay": (0, 10),
    "ema": (0, 1),
    "validations": (1, 1000),
    "dropout": (0, 1),
    "seed": (0, 2**63 - 1),
}


def changed(config: TrainConfig, settings: Iterable[str]) -> TrainConfig:
    """Return `config` with settings such as "rate=1e-3" or "augmentation.crop=320".

    Lists are written with commas; "none" is None where a value may be lacking. Options of the
    network itself are `options.width` and the like, whatever its constructor takes.

    Raises:
        ValueError: If a name is unknown, or a value is of another kind, out of range, or without
            a meaning for this network; the message says which, and what there is.
    """
    for setting in settings:
        name, equals, text = (part.strip() for part in setting.partition("="))
        if not equals:
            raise ValueError(f"--set {setting}: give a name and a value, such as rate=1e-3")
        try:
            config = _with(config, name, name, text)
        except ValueError as error:
            raise ValueError(f"--set {setting}: {error}") from error
    _check(config)
    return config


def names() -> list[str]:
    """Return the names that can be set; those of records within records have dots."""
    return [each for each in _names(TrainConfig) if each not in FIXED]


def _names(record: type, before: str = "") -> Iterator[str]:
    for name, kind in typing.get_type_hints(record).items():
        if is_dataclass(kind):
            yield from _names(kind, f"{before}{name}.")
        else:
            yield f"{before}{name}"


def _with(record: Any, path: str, name: str, text: str) -> Any:
    """Return `record` with what is at `path`, the rest of `name`, as `text` says."""
    own, _, rest = path.partition(".")
    kind = typing.get_type_hints(type(record)).get(own)
    if kind is None or name in FIXED or (is_dataclass(kind) != bool(rest) and own != "options"):
        raise ValueError(_unknown(name))
    if own == "options":
        if not rest:
            raise ValueError("give the network's option, too, such as options.width=0.5")
        return replace(record, options={**record.options, rest: _option(text)})
    if rest:
        return replace(record, **{own: _with(getattr(record, own), rest, name, text)})
    return replace(record, **{own: _value(kind, name, text)})


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, names(), n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"there is no {name}; {hint}known are {', '.join(names())}"


def _value(kind: Any, name: str, text: str) -> Any:
    """Return `text` as what the annotation `kind` says.

    Raises:
        ValueError: If it is no such value, or out of its range.
    """
    kinds = typing.get_args(kind) if NoneType in typing.get_args(kind) else (kind,)
    if NoneType in kinds and text.lower() == "none":
        return None
    (kind,) = (each for each in kinds if each is not NoneType)
    if typing.get_origin(kind) is tuple:
        parts = tuple(each.strip() for each in text.split(",") if each.strip())
        inside, *more = typing.get_args(kind)
        if more and more != [...] and len(parts) != 1 + len(more):
            raise ValueError(f"{1 + len(more)} values are needed, with commas between them")
        return tuple(_value(inside, name, each) for each in parts)
    if kind is bool:
        if text.lower() not in WORDS:
            raise ValueError(f"{text!r} is not one of {', '.join(WORDS)}")
        return WORDS[text.lower()]
    if kind is str:
        return text
    return _number(kind, name, text)


def _number(kind: type, name: str, text: str) -> int | float:
    what = "a whole number" if kind is int else "a number"
    try:
        value = kind(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not {what}") from error
    least, most = RANGES.get(name, (-1e3, 1e3))
    if not isfinite(value) or not least <= value <= most:
        raise ValueError(f"{text} is not {what} from {least:g} to {most:g}")
    return value


def _option(text: str) -> Any:
    """Return the value of a network's option: whatever it looks like."""
    if text.lower() in WORDS:
        return WORDS[text.lower()]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _check(config: TrainConfig) -> None:
    """Raise a `ValueError` if values that are each in order have no meaning together."""
    how = config.augmentation
    if how.smallest > how.largest:
        raise ValueError(
            f"augmentation.smallest, {how.smallest:g}, is more than largest, {how.largest:g}"
        )
    if not config.rate:
        raise ValueError("rate is 0: nothing would be learnt")
    if 0 in config.preprocessing.std:
        raise ValueError("preprocessing.std holds 0, by which nothing can be divided")
    choices: Mapping[str, tuple[str, Iterable[str]]] = {
        "encoder": (config.encoder or "", ("", *pretrained.READERS)),
        "storage": (config.storage, storage.STORAGES),
    }
    for name, (value, known) in choices.items():
        if value not in known:
            raise ValueError(f"{name} is {value!r}; known are {', '.join(filter(None, known))}")
    with torch.device("meta"):
        network = networks.create(config.architecture, config.num_classes, **config.options)
    if config.score_bias_init and not isinstance(network, DilatedNet):
        raise ValueError("score_bias_init is for the context module of dilatednet")
    parts = {name for name, _ in network.named_modules() if name}
    for name in ("frozen", "identity_init", "deep_supervision"):
        for part in getattr(config, name):
            if part not in parts:
                near = difflib.get_close_matches(part, parts, n=3) or sorted(parts)[:8]
                raise ValueError(
                    f"{name}: {config.architecture} has no part {part!r}; it has {', '.join(near)}"
                )
