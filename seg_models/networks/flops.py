"""What a network costs, counted instead of timed."""

import copy

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


@torch.no_grad()
def flops(network: nn.Module, size: tuple[int, int]) -> int:
    """Return the multiply-adds of `network`'s convolutions for one photo of `size`, (H, W).

    One multiplication and its addition count as one, as the papers count; PyTorch's counter, which
    does the work, counts two. Norms, activations and poolings, some hundredths of the whole, are
    left out. Nothing is computed and `network` stays as it is: a copy without memory behind it, on
    the meta device, is run.
    """
    skeleton = without_memory(network).eval()
    with FlopCounterMode(display=False) as counter:
        skeleton(torch.empty(1, 3, *size, device="meta"))
    return counter.get_total_flops() // 2


def without_memory(network: nn.Module) -> nn.Module:
    """Return a copy of `network` on the meta device; its tensors are never copied themselves."""
    memo = {
        id(each): nn.Parameter(each.to("meta"), requires_grad=False)
        for each in network.parameters()
    }
    memo |= {id(each): each.to("meta") for each in network.buffers()}
    return copy.deepcopy(network, memo)
