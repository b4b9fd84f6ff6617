"""What a network costs, counted instead of timed."""

import copy
import math

import torch
from torch import nn


@torch.no_grad()
def flops(network: nn.Module, size: tuple[int, int]) -> int:
    """Return the multiply-adds of `network`'s convolutions for one photo of `size`, (H, W).

    One multiplication and its addition count as one, as the papers count. Norms, activations and
    poolings, some hundredths of the whole, are left out. Nothing is computed and `network` stays
    as it is: a copy without memory behind it, on the meta device, is run.
    """
    counts = []

    def count(layer: nn.Module, inputs: tuple, output: torch.Tensor) -> None:
        counts.append(_multiply_adds(layer, inputs[0], output))

    skeleton = _without_memory(network).eval()
    for layer in skeleton.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            layer.register_forward_hook(count)
    skeleton(torch.empty(1, 3, *size, device="meta"))
    return sum(counts)


def _multiply_adds(layer: nn.Module, before: torch.Tensor, after: torch.Tensor) -> int:
    # The last two dimensions are the kernel; the second, what each value meets at each of its
    # places: a convolution gathers for its output, a transposed one scatters from its input.
    meetings = math.prod(layer.weight.shape[1:])
    return (before if layer.transposed else after).numel() * meetings


def _without_memory(network: nn.Module) -> nn.Module:
    """Return a copy of `network` on the meta device; its tensors are never copied themselves."""
    memo = {
        id(each): nn.Parameter(each.to("meta"), requires_grad=False)
        for each in network.parameters()
    }
    memo |= {id(each): each.to("meta") for each in network.buffers()}
    return copy.deepcopy(network, memo)
