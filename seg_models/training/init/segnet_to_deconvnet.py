"""DeconvNet begun as a SegNet: the two decoders have the same channels, layer by layer.

A deconvolution of stride 1 is a convolution turned round, so DeconvNet can begin with all that a
SegNet has learnt. Between them lies the bottleneck. At first each window's cell carries, for each
of its 7x7 places, the few numbers that best tell the classes apart there.
"""

import math

import torch
from torch import Tensor

from ...networks.deconvnet import DeconvNet
from ...networks.segnet import SegNet
from . import feature_matching
from .discriminative_init import cells, directions

BOTTLENECK = ("fc6", "fc7", "fc6_deconv")
LIFT = 2.0  # deviations by which the numbers are lifted, so that few are lost to the ReLU
TOGETHER = 8  # photos a step


@torch.no_grad()
def begin(network: DeconvNet, segnet: SegNet, images: Tensor, shares: Tensor) -> None:
    """Set `network`'s decoder and bottleneck, in place; its norms are left alone.

    SegNet's last convolution gives scores and has no counterpart: what is DeconvNet's stays.

    Args:
        network: At `segnet`'s width, with at least 49 `fc_channels`.
        segnet: Without norms.
        images: (N, 3, H, W) as both see them; H and W multiples of 32.
        shares: (N, C, H, W) of their labels, as `discriminative_init.class_shares` returns them.
    """
    for stage in feature_matching.DECODER:
        # The paper has two deconvolutions in stage 1, SegNet one unit and its classifier.
        pairs = zip(network.get_submodule(stage), segnet.get_submodule(stage), strict=False)
        for ours, theirs in pairs:
            ours.conv.weight.copy_(theirs.conv.weight.transpose(0, 1).flip(2, 3))
            ours.conv.bias.copy_(theirs.conv.bias)
    answers = [feature_matching.answers(segnet, some)["bottom"] for some in images.split(TOGETHER)]
    _fill_bottleneck(network, *cells(torch.cat(answers), shares))


def names(network: DeconvNet) -> set[str]:
    """Return the names of the convolutions' tensors between the encoder and the scores.

    Norms there are to leave what SegNet's decoder is used to as it comes (see `bn_calibration`).
    """
    return {
        name
        for name in network.state_dict()
        if name.startswith((*BOTTLENECK, *feature_matching.DECODER)) and ".conv." in name
    }


def _fill_bottleneck(network: DeconvNet, features: Tensor, shares: Tensor) -> None:
    """Let a cell's channels carry the same few numbers from, and back to, each of its places."""
    weight = network.fc6.conv.weight
    places = math.prod(weight.shape[2:])
    encode, decode = directions(features, shares, len(weight) // places)
    count, mean = len(encode), features.mean(0)
    for layer, numbers in ((network.fc6, encode), (network.fc6_deconv, decode.T)):
        used = layer.conv.weight[: count * places].zero_().flatten(2)
        for place in range(places):
            used[place * count : (place + 1) * count, :, place] = numbers
    network.fc6.conv.bias.zero_()[: count * places] = (LIFT - encode @ mean).repeat(places)
    torch.nn.init.dirac_(network.fc7.conv.weight)
    network.fc7.conv.bias.zero_()
    network.fc6_deconv.conv.bias.copy_(mean - LIFT * decode.sum(1))
