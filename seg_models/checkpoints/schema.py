"""What config.json may say of a checkpoint: whoever wrote it, nothing of it is used unchecked.

`check` sees to it that every fact has a meaning; `checked_external`, that a checkpoint from outside
is a network of ours, too, within narrower bounds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

import torch

from .. import networks
from ..crf.validation import check_settings
from ..labels import LONGEST_CLASS
from ..networks.flops import flops
from ..specs import Checkpoint, HubAddress, LabelSet, Message, Preprocessing
from . import storage

NAME = re.compile(r"\w[\w.-]{0,95}", re.ASCII)  # a folder's, and a file's
REPO = re.compile(r"\w[\w.-]{0,95}/\w[\w.-]{0,95}", re.ASCII)
HEXADECIMAL = re.compile(r"[0-9a-f]+")
MOST_ITERATIONS = 100  # of the CRF, wherever they are asked for; it is settled after ten
LARGEST_SIDE = 2048  # pixels of a network's input; ours learn from 64 to 768
LARGEST_NETWORK = 300_000_000  # parameters; DeconvNet, the largest here, has 252 million
LARGEST_COST = 3_000_000_000_000  # multiply-adds; DilatedNet, the dearest, has 2.4 at 1024 pixels
LARGEST_OPTION = 4096  # of the numbers a network is built by


def check(checkpoint: Checkpoint) -> None:
    """Raise a `ValueError` for the first fact that has no meaning or is out of bounds."""
    for fault in _faults(checkpoint):
        raise ValueError(fault)
    _check_crf(checkpoint)


def checked_external(checkpoint: Checkpoint, largest_file: int) -> Checkpoint:
    """Return the checkpoint, its parameters counted, if nothing in its config.json is a trap.

    Raises:
        ValueError: If its architecture is unknown, a value is out of bounds,
            or its file may be larger than `largest_file` bytes.
    """
    name = checkpoint.name
    if checkpoint.architecture not in networks.architectures():
        known = ", ".join(networks.architectures())
        template = "{name} is a {architecture!r}, which is unknown here; known are {known}"
        raise ValueError(
            Message(template, name=name, architecture=checkpoint.architecture, known=known)
        )
    stated = isinstance(checkpoint.sha256, str) and isinstance(checkpoint.file_bytes, int)
    if not stated or checkpoint.file_bytes < 1:
        template = "config.json of {name} must state file_bytes and sha256"
        raise ValueError(Message(template, name=name))
    if checkpoint.file_bytes > largest_file:
        template = "{name} has {size:,} bytes; {most:,} may be"
        raise ValueError(
            Message(template, name=name, size=checkpoint.file_bytes, most=largest_file)
        )
    for what, modest in _modesty(checkpoint).items():
        if not modest:
            raise ValueError(Message("config.json of {name} asks for {what}", name=name, what=what))
    return replace(checkpoint, parameters=_counted(checkpoint))


def _faults(checkpoint: Checkpoint) -> Iterator[str]:
    for key in ("name", "architecture", "domain"):
        if not _is_text(getattr(checkpoint, key), NAME):
            yield f"{key} must be letters, digits, '_', '.' and '-'"
    for key in ("options", "results", "training"):
        if not isinstance(getattr(checkpoint, key), Mapping):
            yield f"{key} must be a dictionary"
    if not _is_whole(checkpoint.parameters, 0, 2**40):
        yield "parameters must be a whole number from 0"
    yield from _file_faults(checkpoint)
    for name, miou in _figures(checkpoint):
        if miou is not None and not (_is_number(miou) and 0 <= miou <= 1):
            yield f"{name} must be a number from 0 to 1"
    yield from _label_faults(checkpoint.labels)
    yield from _preprocessing_faults(checkpoint.preprocessing)
    yield from _address_faults(checkpoint.hub)


def _file_faults(checkpoint: Checkpoint) -> Iterator[str]:
    sha256, size = checkpoint.sha256, checkpoint.file_bytes
    if sha256 is not None and not _is_digest(sha256, 64):
        yield "sha256 must be 64 hexadecimal digits"
    if size is not None and not _is_whole(size, 0, 2**40):
        yield "file_bytes must be a whole number from 0"
    if checkpoint.third_party:
        return
    if checkpoint.storage not in storage.STORAGES:
        yield f"no storage called {checkpoint.storage!r:.40}"
    if None in (sha256, size):
        yield "it must state file_bytes and sha256; it need not only of other people's files"


def _figures(checkpoint: Checkpoint) -> Iterator[tuple[str, Any]]:
    yield "published_miou", checkpoint.published_miou
    yield "results.val_miou", checkpoint.results.get("val_miou")


def _label_faults(labels: LabelSet) -> Iterator[str]:
    classes, colours = len(labels.classes), len(labels.colours)
    if classes != colours:
        yield f"{classes} classes but {colours} colours"
    if not 1 <= classes <= 255:
        yield f"{classes} classes, but 1 to 255 can be labelled"
    if not all(isinstance(each, str) and len(each) <= LONGEST_CLASS for each in labels.classes):
        yield f"classes must be names of at most {LONGEST_CLASS} characters"


def _preprocessing_faults(preprocessing: Preprocessing) -> Iterator[str]:
    if not _is_whole(preprocessing.long_side, 1, LARGEST_SIDE):
        yield (
            f"preprocessing.long_side is {preprocessing.long_side!r:.40}, "
            f"not a whole number from 1 to {LARGEST_SIDE}"
        )
    triples = preprocessing.mean, preprocessing.std
    if not all(map(_is_triple, triples)) or 0 in preprocessing.std:
        yield "preprocessing.mean and preprocessing.std need three numbers each, std none that is 0"


def _address_faults(address: HubAddress | None) -> Iterator[str]:
    if address is None:
        return
    if not _is_text(address.repo, REPO) or not _is_text(address.file, NAME):
        yield "hub.repo must be named like me/my-network, and hub.file a file in it"
    if address.commit is not None and not _is_digest(address.commit, 40):
        yield "hub.commit must be 40 hexadecimal digits"
    if address.sha256 is not None and not _is_digest(address.sha256, 64):
        yield "hub.sha256 must be 64 hexadecimal digits"
    yield from _address_faults(address.mirror)


def _check_crf(checkpoint: Checkpoint) -> None:
    crf = checkpoint.crf
    try:
        check_settings(crf)
    except (TypeError, ValueError) as error:
        raise ValueError(f"crf: {error!s:.200}") from error
    if crf.iterations > MOST_ITERATIONS:
        raise ValueError(f"crf.iterations must be at most {MOST_ITERATIONS}")


def _is_text(value: Any, pattern: re.Pattern) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_digest(value: Any, digits: int) -> bool:
    return _is_text(value, HEXADECIMAL) and len(value) == digits


def _is_whole(value: Any, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most  # bool is a kind of int


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and isfinite(value)


def _is_triple(values: Any) -> bool:
    return isinstance(values, tuple) and len(values) == 3 and all(map(_is_number, values))


def _modesty(checkpoint: Checkpoint) -> dict[str, bool]:
    """Return, for each thing that config.json must not ask for, whether it does not."""
    preprocessing, classes = checkpoint.preprocessing, checkpoint.labels.classes
    return {
        "unlikely options": all(map(_is_modest, checkpoint.options.values())),
        "classes whose names cannot be shown": all(each and each.isprintable() for each in classes),
        "an unlikely mean or std": (
            all(abs(each) <= 1e3 for each in preprocessing.mean)
            and all(1e-3 <= each <= 1e3 for each in preprocessing.std)
        ),
    }


def _is_modest(option: Any) -> bool:
    if isinstance(option, int | float):
        return -LARGEST_OPTION <= option <= LARGEST_OPTION
    return option is None or isinstance(option, str)


def _counted(checkpoint: Checkpoint) -> int:
    """Count the parameters of the network that config.json asks for, without allocating it."""
    with torch.device("meta"):
        network = networks.create(
            checkpoint.architecture, len(checkpoint.labels.classes), **checkpoint.options
        )
    count = sum(each.numel() for each in network.parameters())
    if count > LARGEST_NETWORK:
        template = "{name} has {size:,} parameters; {most:,} may be"
        raise ValueError(Message(template, name=checkpoint.name, size=count, most=LARGEST_NETWORK))
    side = checkpoint.preprocessing.long_side
    if flops(network, (side, side)) > LARGEST_COST:
        template = (
            "{name} needs over {most:,} multiply-adds at {side} pixels; "
            "lower its preprocessing.long_side"
        )
        raise ValueError(Message(template, name=checkpoint.name, most=LARGEST_COST, side=side))
    return count
