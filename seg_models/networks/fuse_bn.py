"""Folding batch norm: what a trained norm does to its convolution's output, done to its weights."""

import torch
from torch import Tensor, nn

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
            weight, bias = _folded(unit.conv, unit.norm)
            state[f"{name}.conv.weight"], state[f"{name}.conv.bias"] = weight, bias
    return state


def _folded(conv: nn.Conv2d | nn.ConvTranspose2d, norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    bias = conv.bias if conv.bias is not None else torch.zeros_like(norm.bias)
    # A transposed convolution keeps its output channels in the second dimension.
    shape = [1] * conv.weight.dim()
    shape[1 if conv.transposed else 0] = -1
    return conv.weight * gain.view(shape), (bias - norm.running_mean) * gain + norm.bias
