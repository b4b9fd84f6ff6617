"""Batch norms behind pretrained convolutions: at first they must not undo what is known."""

import torch
from torch import Tensor, nn

from ...networks.layers import Unit


@torch.no_grad()
def let_pass(network: nn.Module, pretrained: set[str], images: Tensor) -> None:
    """Set the norms behind pretrained convolutions so that their features stay, in place.

    A new batch norm takes every channel's mean away, and with it much of what a network trained
    without norms knows. Here each gives back the mean and deviation that it takes from `images`,
    divided by one number per layer that brings the features to unit size. The convolutions must
    follow each other in a chain, as those of VGG-16 do; a ReLU and a pooling may lie between them.

    Args:
        network: In training mode.
        pretrained: Names of its pretrained tensors.
        images: (N, 3, H, W) as the network sees them in training.
    """
    shrunk = torch.ones((), device=images.device)  # what the features were divided by so far

    def enter(unit: Unit, inputs: tuple) -> None:
        unit.conv.bias /= shrunk

    def settle(unit: Unit, inputs: tuple, features: Tensor) -> None:
        features = unit.conv(inputs[0]).float()
        variance, mean = torch.var_mean(features, dim=(0, 2, 3), correction=0)
        size = (variance + mean**2).mean().sqrt()
        unit.norm.weight.copy_((variance + unit.norm.eps).sqrt() / size)
        unit.norm.bias.copy_(mean / size)
        unit.norm.running_mean.copy_(mean)
        unit.norm.running_var.copy_(variance)
        shrunk.mul_(size)
        return unit.activation(features / size)

    hooks = []
    for name, unit in network.named_modules():
        if isinstance(unit, Unit) and unit.norm is not None and f"{name}.conv.weight" in pretrained:
            hooks += [unit.register_forward_pre_hook(enter), unit.register_forward_hook(settle)]
    network(images)
    for hook in hooks:
        hook.remove()
