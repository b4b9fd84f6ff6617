"""What a checkpoint from outside must be before it is used: a network of ours, within bounds.

`config_rules` has seen to it already that every fact has a meaning.
"""

from dataclasses import replace
from typing import Any

import torch

from . import networks
from .networks.cost import flops
from .specs import Checkpoint

LONGEST_CLASS = 64  # characters of a class's name
LARGEST_SIDE = 2048  # pixels of a network's input
LARGEST_NETWORK = 300_000_000  # parameters; DeconvNet, the largest here, has 252 million
LARGEST_COST = 3_000_000_000_000  # multiply-adds; DilatedNet, the dearest, has 2.4 at 1024 pixels
LARGEST_OPTION = 4096  # of the numbers a network is built by


def checked(checkpoint: Checkpoint, largest: int) -> Checkpoint:
    """Return the checkpoint, its parameters counted, if nothing in its config.json is a trap.

    Raises:
        ValueError: If its architecture is unknown, a value is out of bounds,
            or its file may be larger than `largest` bytes.
    """
    name = checkpoint.name
    if checkpoint.architecture not in networks.architectures():
        known = ", ".join(networks.architectures())
        raise ValueError(
            f"{name} is a {checkpoint.architecture!r}, which is unknown here; known are {known}"
        )
    stated = isinstance(checkpoint.sha256, str) and isinstance(checkpoint.file_bytes, int)
    if not stated or checkpoint.file_bytes < 1:
        raise ValueError(f"config.json of {name} must state file_bytes and sha256")
    if checkpoint.file_bytes > largest:
        raise ValueError(f"{name} has {checkpoint.file_bytes:,} bytes; {largest:,} may be")
    for what, modest in _modesty(checkpoint).items():
        if not modest:
            raise ValueError(f"config.json of {name} asks for {what}")
    return replace(checkpoint, parameters=_counted(checkpoint))


def _modesty(checkpoint: Checkpoint) -> dict[str, bool]:
    """Return, for each thing that config.json must not ask for, whether it does not."""
    recipe, classes = checkpoint.recipe, checkpoint.labels.classes
    return {
        "unlikely options": all(map(_is_modest, checkpoint.options.values())),
        "classes whose names cannot be shown": all(
            0 < len(each) <= LONGEST_CLASS and each.isprintable() for each in classes
        ),
        f"an input of more than {LARGEST_SIDE} pixels": recipe.long_side <= LARGEST_SIDE,
        "an unlikely mean or std": (
            all(abs(each) <= 1e3 for each in recipe.mean)
            and all(1e-3 <= each <= 1e3 for each in recipe.std)
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
        raise ValueError(f"{checkpoint.name} has {count:,} parameters; {LARGEST_NETWORK:,} may be")
    side = checkpoint.recipe.long_side
    if flops(network, (side, side)) > LARGEST_COST:
        raise ValueError(
            f"{checkpoint.name} needs over {LARGEST_COST:,} multiply-adds at {side} pixels; "
            "lower its recipe.long_side"
        )
    return count
