"""An FC-DenseNet begun as a smaller one: it answers as that does, and has room to learn more.

A larger FC-DenseNet has more layers in a block, and more new maps in a layer. The maps that both
have are computed as the smaller one does. Nothing that it knows reads the others at first, so they
change nothing until training gives them weight.

After Chen, Goodfellow & Shlens, "Net2Net: Accelerating Learning via Knowledge Transfer", ICLR 2016,
arXiv:1511.05641.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ...networks.fc_densenet import DenseBlock, FCDenseNet


@dataclass(frozen=True)
class Shared:
    """Channels that two stacks of maps share: `ours[i]` of the one is `theirs[i]` of the other."""

    ours: Tensor  # (K,)
    theirs: Tensor  # (K,)

    def behind(self, other: "Shared", ours: int, theirs: int) -> "Shared":
        """Return `other`'s, then these, which lie behind so many channels of ours and theirs."""
        return Shared(
            torch.cat([other.ours, self.ours + ours]),
            torch.cat([other.theirs, self.theirs + theirs]),
        )


@torch.no_grad()
def begin(network: FCDenseNet, smaller: FCDenseNet) -> None:
    """Set in `network` what `smaller` has as well, in place.

    The rest stays random. A block with fewer layers than `smaller`'s does without its last ones.

    Args:
        network: With at least as many maps a layer as `smaller`.
        smaller: For the same classes, at the same width.
    """
    network.first.load_state_dict(smaller.first.state_dict())
    stack, skips = _first(network.first.out_channels), []
    blocks = zip(network.down_blocks, smaller.down_blocks, strict=True)
    transitions = zip(network.transitions_down, smaller.transitions_down, strict=True)
    for pair, transition in zip(blocks, transitions, strict=True):
        stack = _block(*pair, stack)
        skips.append(stack)
        _layer(*transition, stack, stack)
    _block(network.bottleneck, smaller.bottleneck, stack)
    new = _new(network.bottleneck, smaller.bottleneck)
    blocks = zip(network.up_blocks, smaller.up_blocks, strict=True)
    transitions = zip(network.transitions_up, smaller.transitions_up, strict=True)
    for pair, (larger, theirs) in zip(blocks, transitions, strict=True):
        _copy(larger, theirs, new, new)
        stack = _block(*pair, skips.pop().behind(new, larger.out_channels, theirs.out_channels))
        new = _new(*pair)
    _copy(network.classifier, smaller.classifier, stack, _first(network.classifier.out_channels))


def _first(count: int) -> Shared:
    return Shared(torch.arange(count), torch.arange(count))


def _growth(block: DenseBlock) -> int:
    return block.layers[0][2].out_channels


def _new(ours: DenseBlock, theirs: DenseBlock) -> Shared:
    """Return which of two blocks' new maps are the same, counted from the first new one."""
    layers = torch.arange(min(len(ours.layers), len(theirs.layers)))[:, None]
    maps = torch.arange(_growth(theirs))
    return Shared(
        (layers * _growth(ours) + maps).flatten(), (layers * _growth(theirs) + maps).flatten()
    )


def _block(ours: DenseBlock, theirs: DenseBlock, stack: Shared) -> Shared:
    """Copy a block's shared layers, which read `stack`; return what the finished stacks share."""
    before = ours.layers[0][0].num_features, theirs.layers[0][0].num_features
    whole = _new(ours, theirs).behind(stack, *before)
    for index, (our_layer, their_layer) in enumerate(zip(ours.layers, theirs.layers, strict=False)):
        known = len(stack.ours) + index * _growth(theirs)
        inputs = Shared(whole.ours[:known], whole.theirs[:known])
        _layer(our_layer, their_layer, inputs, _first(_growth(theirs)))
    return whole


def _layer(ours: nn.Sequential, theirs: nn.Sequential, inputs: Shared, outputs: Shared) -> None:
    """Copy a batch norm and the convolution behind it."""
    norm, other = ours[0], theirs[0]
    for name in ("weight", "bias", "running_mean", "running_var"):
        getattr(norm, name)[inputs.ours] = getattr(other, name)[inputs.theirs]
    _copy(ours[2], theirs[2], inputs, outputs)


def _copy(
    ours: nn.Conv2d | nn.ConvTranspose2d,
    theirs: nn.Conv2d | nn.ConvTranspose2d,
    inputs: Shared,
    outputs: Shared,
) -> None:
    """Let the channels `outputs` read the channels `inputs` as in `theirs`, and no others."""
    weight, other = ours.weight, theirs.weight
    if isinstance(ours, nn.ConvTranspose2d):  # its weight is (in, out, height, width)
        weight, other = weight.transpose(0, 1), other.transpose(0, 1)
    weight[outputs.ours] = 0
    weight[outputs.ours[:, None], inputs.ours] = other[outputs.theirs[:, None], inputs.theirs]
    ours.bias[outputs.ours] = theirs.bias[outputs.theirs]
