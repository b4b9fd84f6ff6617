"""A network begun layer by layer: each gives a part of a SegNet's features at its resolution.

From random weights, a hundred layers take many thousand crops to learn what another network knows.
So each layer of FC-DenseNet or SegNet-Basic is fitted, by least squares, to some of the principal
components of SegNet's features: going down to its encoder's, going up to its decoder's, and the
classifier to its scores.
"""

from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...networks.fc_densenet import FCDenseNet
from ...networks.segnet import SegNet, SegNetBasic
from ...networks.unpooling import pool, unpool
from . import least_squares
from .identity_init import LIFTED, TENT

Plan = list[tuple[nn.Conv2d, Tensor]]  # convolutions, and what each is to give

MOST = 48  # photos: at full size, the maps of so many already fill ten gigabytes
ENCODER = ("stage1", "stage2", "stage3", "stage4", "stage5")
DECODER = ("decode5", "decode4", "decode3", "decode2", "decode1")


@torch.no_grad()
def begin(network: FCDenseNet | SegNetBasic, segnet: SegNet, images: Tensor) -> None:
    """Set the convolutions of `network`, in training mode, in place.

    Args:
        network: At any width.
        segnet: For the same classes, without norms.
        images: (N, 3, H, W) as both see them; H and W multiples of 32.
    """
    images = images[:MOST]
    plan = _dense_plan if isinstance(network, FCDenseNet) else _basic_plan
    hooks = [
        convolution.register_forward_hook(partial(_fit, wanted))
        for convolution, wanted in plan(network, answers(segnet, images))
    ]
    for each in network.modules():
        if isinstance(each, nn.BatchNorm2d):
            each.bias.fill_(LIFTED)
    dropouts = [each for each in network.modules() if isinstance(each, nn.Dropout)]
    for each in dropouts:
        each.eval()
    network(images)
    for each in dropouts:
        each.train()
    for hook in hooks:
        hook.remove()


def _dense_plan(network: FCDenseNet, targets: dict[str, Tensor]) -> Plan:
    """Return what each dense layer is to give; the transitions pass on what comes."""
    for transition in network.transitions_down:
        nn.init.dirac_(transition[2].weight)
    for transition in network.transitions_up:
        _enlarge(transition)
    blocks = (*network.down_blocks, network.bottleneck, *network.up_blocks)
    plan = [(network.classifier, targets["scores"])]
    for block, name in zip(blocks, (*ENCODER, "bottom", *DECODER), strict=True):
        convolutions = [layer[2] for layer in block.layers]
        growth = convolutions[0].out_channels
        parts = _components(targets[name], growth * len(convolutions)).split(growth, dim=1)
        plan += zip(convolutions, parts, strict=False)
    return plan


def _basic_plan(network: SegNetBasic, targets: dict[str, Tensor]) -> Plan:
    """Return what each convolution is to give: SegNet-Basic ends at SegNet's fourth stage."""
    plan = [(network.classifier, targets["scores"])]
    for stage in range(1, 5):
        for unit, name in ((f"conv{stage}", "stage"), (f"conv_decode{stage}", "decode")):
            convolution = network.get_submodule(unit).conv
            features = targets[f"{name}{stage}"]
            plan.append((convolution, _components(features, convolution.out_channels)))
    return plan


def answers(segnet: SegNet, images: Tensor) -> dict[str, Tensor]:
    """Return SegNet's features by the names of their stages, and its scores."""
    features, switches, targets = images, [], {}
    for name in ENCODER:
        targets[name] = segnet.get_submodule(name)(features)
        features, where = pool(targets[name])
        switches.append(where)
    targets["bottom"] = features
    for name in DECODER:
        features = segnet.get_submodule(name)(unpool(features, switches.pop()))
        targets[name] = features
    return {**targets, "scores": segnet.classifier(features)}


def _components(features: Tensor, count: int) -> Tensor:
    """Return at most `count` principal components `(N, count, H, W)` of `features`, of size 1."""
    flat = features.transpose(0, 1).flatten(1)
    centred = flat - flat.mean(1, keepdim=True)
    deviation = centred.std(1, keepdim=True)
    centred = centred / deviation.clamp(min=1e-3 * deviation.max())
    covariance = centred @ centred.T / centred.shape[1]
    sizes, directions = torch.linalg.eigh(covariance)  # the smallest first
    chosen = directions.flip(1)[:, :count] / sizes.flip(0)[:count].clamp(min=1e-6).sqrt()
    components = chosen.T @ centred
    return components.view(-1, len(features), *features.shape[-2:]).transpose(0, 1)


def _fit(wanted: Tensor, conv: nn.Conv2d, inputs: tuple, output: Tensor) -> Tensor:
    """Fit `conv`'s first channels to `wanted`, and return what it gives now."""
    weight, bias = least_squares.fit(inputs[0], wanted, conv.kernel_size[0])
    conv.weight[: len(weight)] = weight
    conv.bias[: len(bias)] = bias
    return F.conv2d(inputs[0], conv.weight, conv.bias, padding=conv.padding)


def _enlarge(deconvolution: nn.ConvTranspose2d) -> None:
    """Let a deconvolution of stride 2 interpolate each channel."""
    line = torch.tensor(TENT)
    channels = deconvolution.in_channels
    weight = torch.eye(channels)[:, :, None, None] * torch.outer(line, line)
    deconvolution.weight.copy_(weight)
    deconvolution.bias.zero_()
