"""DeconvNet begun as a SegNet: the two decoders have the same channels, layer by layer.

A deconvolution of stride 1 is a convolution turned round. So DeconvNet can begin with all that a
SegNet has learnt, and its bottleneck is what is left to learn.
"""

import torch

from ..networks.deconvnet import DeconvNet
from ..networks.segnet import SegNet

STAGES = ("decode5", "decode4", "decode3", "decode2", "decode1")
BOTTLENECK = ("fc6", "fc7", "fc6_deconv")
# What SegNet lacks: it passes on at first (see `passing`) what reaches it.
PASSING = (*BOTTLENECK, "decode1.deconv1_2")


@torch.no_grad()
def take_decoder(network: DeconvNet, segnet: SegNet) -> None:
    """Let `network`'s deconvolutions do what `segnet`'s convolutions, without norms, do.

    SegNet's last convolution gives scores and has no counterpart: what is DeconvNet's stays.
    """
    for stage in STAGES:
        # The paper has two deconvolutions in stage 1, SegNet one unit and its classifier.
        pairs = zip(network.get_submodule(stage), segnet.get_submodule(stage), strict=False)
        for ours, theirs in pairs:
            ours.conv.weight.copy_(theirs.conv.weight.transpose(0, 1).flip(2, 3))
            ours.conv.bias.copy_(theirs.conv.bias)


def names(network: DeconvNet) -> set[str]:
    """Return the names of the tensors between the encoder and the scores.

    Norms there are to leave what SegNet's decoder is used to as it comes (see `norms`).
    """
    return {name for name in network.state_dict() if name.startswith((*BOTTLENECK, *STAGES))}
