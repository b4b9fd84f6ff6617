"""The papers' layers once more, as bare function calls on a state dict: what networks must equal.

A network under test and its restatement share names of weights and nothing else.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

VGG_DEPTHS = (2, 2, 3, 3, 3)  # convolutions between VGG-16's poolings


@torch.no_grad()
def randomised(network: nn.Module, seed: int = 0) -> nn.Module:
    """Return `network` for evaluation, every weight, bias and statistic a random one of its kind.

    Fresh networks hide mistakes: their norms do nothing yet, and their skips may be zero.
    """
    generator = torch.Generator().manual_seed(seed)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.weight.uniform_(0.5, 1.5, generator=generator)
            module.bias.normal_(0, 0.2, generator=generator)
            module.running_mean.normal_(0, 0.2, generator=generator)
            module.running_var.uniform_(0.5, 2, generator=generator)
        elif isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            spread = math.sqrt(2 / module.weight[0].numel())
            if "weight" in dict(module.named_parameters()):
                module.weight.normal_(0, spread, generator=generator)
            if module.bias is not None:
                module.bias.normal_(0, 0.2, generator=generator)
    return network.eval()


def pictures(height: int, width: int, seed: int = 1) -> Tensor:
    """Return two random inputs, `(2, 3, height, width)`."""
    return torch.randn(2, 3, height, width, generator=torch.Generator().manual_seed(seed))


def conv(features: Tensor, state: dict, name: str, **grid) -> Tensor:
    """Return the convolution called `name`."""
    return F.conv2d(features, state[f"{name}.weight"], state[f"{name}.bias"], **grid)


def norm(features: Tensor, state: dict, name: str, eps: float = 1e-5) -> Tensor:
    """Return the batch norm called `name`, by its formula."""
    gain, shift, mean, variance = (
        state[f"{name}.{part}"][:, None, None]
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    return (features - mean) / torch.sqrt(variance + eps) * gain + shift


def normed(features: Tensor, state: dict, name: str, **grid) -> Tensor:
    """Return convolution and batch norm of the unit called `name`."""
    return norm(conv(features, state, f"{name}.conv", **grid), state, f"{name}.norm")


def vgg_stage(features: Tensor, state: dict, number: int, layer=conv, dilation: int = 1) -> Tensor:
    """Return VGG-16's stage `number`; `layer` is `conv`, or `normed` where there are norms."""
    for index in range(1, VGG_DEPTHS[number - 1] + 1):
        name = f"stage{number}.conv{number}_{index}" + (".conv" if layer is conv else "")
        features = F.relu(layer(features, state, name, padding=dilation, dilation=dilation))
    return features


def assert_same(found: Tensor, expected: Tensor) -> None:
    """Compare to 1e-5 of the largest value, which random weights may make 0.01 or 100."""
    assert found.shape == expected.shape
    assert expected.abs().max() > 0 and expected.std() > 0
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-5 * float(expected.abs().max()))
