"""Folding batch norm: what a trained norm does to its convolution's output, done to its weights."""

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

from .layers import Unit


@torch.no_grad()
def folded_state(network: nn.Module) -> dict[str, Tensor]:
    """Return the state dict of the same network built with `norm=False`, with the same output.

    In evaluation mode a norm is y = gain (x - mean) / sqrt(variance + eps) + shift, so it
    scales each filter and moves its bias. Only the norms of `Unit`s can be folded; others, such
    as those in front of a convolution, stay.
    """
    state = {name: value.clone() for name, value in network.state_dict().items()}
    for name, unit in network.named_modules():
        if isinstance(unit, Unit) and unit.norm is not None:
            for key in unit.norm.state_dict():
                del state[f"{name}.norm.{key}"]
            conv, norm = unit.conv, unit.norm
            state[f"{name}.conv.weight"], state[f"{name}.conv.bias"] = fuse_conv_bn_weights(
                conv.weight, conv.bias, norm.running_mean, norm.running_var, norm.eps,
                norm.weight, norm.bias, conv.transposed,
            )  # fmt: skip
    return state
