"""Batch norms behind pretrained convolutions: at first they must not undo what is known."""

import torch
from torch import Tensor, nn

from ...networks.layers import Unit


@torch.no_grad()
def calibrate(
    network: nn.Module, pretrained: set[str], images: Tensor, unit_size: bool = True
) -> None:
    """Set the norms behind pretrained convolutions so that their features stay, in place.

    A new batch norm takes every channel's mean away, and with it much of what a network trained
    without norms knows. Here each gives back the mean and deviation that it takes from `images`,
    divided by one number per layer that brings the features to unit size. The convolutions must
    follow each other in a chain, as those of VGG-16 do; a ReLU and a pooling may lie between them.

    Without `unit_size` features keep their size, and the network's form does not matter: that is
    for one whose norms were folded away.

    Their weights are brought to the usual size, too. Adam's steps are as long for small weights as
    for large ones: those of layers whose norms were folded away would not outlive a few.

    Args:
        network: In training mode.
        pretrained: Names of its pretrained tensors. Norms among them stay as they are.
        images: (N, 3, H, W) as the network sees them in training.
    """
    shrunk = torch.ones((), device=images.device)  # what the features were divided by so far

    def enter(unit: Unit, inputs: tuple) -> None:
        if unit.conv.bias is not None:
            unit.conv.bias /= shrunk

    def measure(unit: Unit, inputs: tuple, features: Tensor) -> None:
        grown = _bring_to_usual_size(unit.conv)
        features = unit.conv(inputs[0]).float()
        variance, mean = torch.var_mean(features, dim=(0, 2, 3), correction=0)
        size = (variance + mean**2).mean().sqrt() if unit_size else grown
        unit.norm.weight.copy_((variance + unit.norm.eps).sqrt() / size)
        if unit.conv.bias is None:  # `take_over` left a folded norm's in the new one
            unit.norm.bias.add_(mean / size)
        else:
            unit.norm.bias.copy_(mean / size)
        unit.norm.running_mean.copy_(mean)
        unit.norm.running_var.copy_(variance)
        shrunk.mul_(size / grown)
        features = features / size
        if unit.conv.bias is None:
            features = features + (unit.norm.bias - mean / size).view(-1, 1, 1)
        return features if unit.activation is None else unit.activation(features)

    hooks = []
    for name, unit in network.named_modules():
        if not isinstance(unit, Unit) or unit.norm is None:
            continue
        if f"{name}.conv.weight" in pretrained and f"{name}.norm.weight" not in pretrained:
            hooks += [unit.register_forward_pre_hook(enter), unit.register_forward_hook(measure)]
    network(images)
    for hook in hooks:
        hook.remove()


def _bring_to_usual_size(conv: nn.Conv2d | nn.ConvTranspose2d) -> Tensor:
    """Scale weights to what keeps features at their size (He et al., 2015); return by how much."""
    inputs = conv.weight.numel() / conv.out_channels
    factor = (2 / inputs) ** 0.5 / conv.weight.std()
    conv.weight *= factor
    if conv.bias is not None:
        conv.bias *= factor
    return factor
