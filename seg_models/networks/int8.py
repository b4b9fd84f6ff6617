"""Large convolutions in 8 bits, for processors that are slow in bfloat16 and quick in int8 (VNNI).

Weights are symmetric, with a scale for each output channel; what a layer reads has the scale and
the zero point of the values that it holds just then, for each photo: the affine mapping of Jacob et
al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
CVPR 2018, arXiv:1712.05877, equation 1. Sums are kept in 32 bits, and come out in float32.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .layers import SegmentationNetwork, Unit

LEVELS = 255
# Sums that each value takes part in, from which on int8's gain is more than it costs to bring the
# values to 8 bits; a layer with fewer stays as it is.
LEAST_REUSE = 512
TOO_COARSE = 0.1  # error of what a layer puts out, relative; most have 0.002 to 0.03


class Int8Conv2d(nn.Module):
    """A convolution, with the ReLU behind it where there is one, computed in int8.

    Values that are not finite have no range: such an input goes through the exact convolution.
    """

    def __init__(self, exact: nn.Conv2d, relu: bool):
        super().__init__()
        self.exact, self.relu = exact, relu
        weight = exact.weight.float()
        self.scales = weight.abs().amax((1, 2, 3)).clamp(min=1e-12) / 127
        levels = (weight / self.scales[:, None, None, None]).round().to(torch.int8)
        self.places = [list(each) for each in (exact.stride, exact.padding, exact.dilation)]
        self.packed = torch.ops.onednn.qconv_prepack(
            levels, self.scales, 1.0, 0, *self.places, exact.groups, None
        )
        self.zero_points = torch.zeros(len(self.scales), dtype=torch.int32)

    def forward(self, features: Tensor) -> Tensor:
        """Return features `(N, out_channels, h', w')`, float32; no photo depends on another."""
        if len(features) == 1:
            return self._one(features)
        return torch.cat([self._one(each) for each in features.split(1)])

    def exactly(self, features: Tensor) -> Tensor:
        """Return the same in float32."""
        exact = self.exact(features)
        return exact.relu_() if self.relu else exact

    def _one(self, features: Tensor) -> Tensor:
        # In the order that they lie in: of any other PyTorch makes a copy first.
        low, high = (each.item() for each in features.permute(0, 2, 3, 1).aminmax())
        low, high = min(low, 0.0), max(high, 0.0)
        scale = max((high - low) / LEVELS, 1e-12)
        if not scale < float("inf"):
            return self.exactly(features)
        zero = round(-low / scale)
        # Cutting off what is behind the point rounds, as half a level was added.
        levels = torch.add(torch.tensor(zero + 0.5), features, alpha=1 / scale).to(torch.uint8)
        return torch.ops.onednn.qconv2d_pointwise(
            levels, scale, zero, self.packed, self.scales, self.zero_points, self.exact.bias,
            *self.places, self.exact.groups, 1.0, 0, torch.float32,
            "relu" if self.relu else "none", [], "",
        )  # fmt: skip


@torch.no_grad()
def in_int8(network: SegmentationNetwork) -> SegmentationNetwork:
    """Return a copy of `network`, for inference on the CPU, with its large convolutions in int8.

    The classifier, whose scores are compared, and what is small, depthwise or transposed with a
    stride stay in float32 and share `network`'s weights. So do layers whose sums nearly cancel each
    other, so that 8 bits are `TOO_COARSE` for them: DeconvNet has one that was begun so.
    """
    shared = (*network.parameters(), *network.buffers())
    copy = deepcopy(network, {id(each): each for each in shared})
    replaced = list(_replace_in(copy))
    if not replaced:
        return network
    errors: dict[nn.Module, float] = {}

    def compare(layer: Int8Conv2d, inputs: tuple[Tensor], found: Tensor) -> None:
        exact = layer.exactly(inputs[0])
        errors[layer] = ((found - exact).norm() / exact.norm().clamp(min=1e-12)).item()

    hooks = [each.register_forward_hook(compare) for *_, each in replaced]
    copy.score_map(_noise())
    for hook in hooks:
        hook.remove()
    for parent, name, before, new in replaced:
        if new is copy.classifier or errors.get(new, 0.0) > TOO_COARSE:
            setattr(parent, name, before)
    return copy


def _noise() -> Tensor:
    """Return a picture `(1, 3, 96, 96)` of soft spots, the same each time."""
    spots = torch.randn(1, 3, 12, 12, generator=torch.Generator().manual_seed(0))
    return F.interpolate(spots, size=96, mode="bilinear")


def _replace_in(
    module: nn.Module,
) -> Iterator[tuple[nn.Module, str, nn.Module, Int8Conv2d]]:
    """Put int8 layers where they gain; yield each one's parent, name, predecessor, and itself."""
    for name, part in module.named_children():
        if isinstance(part, Unit) and part.norm is None and isinstance(part.activation, nn.ReLU):
            new = _quantised(part.conv, relu=True)
        else:
            new = _quantised(part, relu=False)
        if new is not None:
            setattr(module, name, new)
            yield module, name, part, new
        else:
            yield from _replace_in(part)


def _quantised(part: nn.Module, relu: bool) -> Int8Conv2d | None:
    """Return the layer in int8, None if it is none that gains by it."""
    if type(part) is nn.ConvTranspose2d:  # and no kind of it that does more
        part = _turned_round(part)
    if type(part) is not nn.Conv2d or part.groups > 1 or not part.weight.isfinite().all():
        return None
    area = part.kernel_size[0] * part.kernel_size[1]
    if part.in_channels < 16 or area * part.out_channels < LEAST_REUSE:
        return None
    return Int8Conv2d(part, relu)


def _turned_round(layer: nn.ConvTranspose2d) -> nn.Module:
    """Return the convolution that a transposed one of stride 1 is; another comes back as it is."""
    if layer.stride != (1, 1) or layer.dilation != (1, 1) or layer.groups > 1:
        return layer
    pairs = zip(layer.kernel_size, layer.padding, strict=True)
    padding = tuple(kernel - 1 - given for kernel, given in pairs)
    if min(padding) < 0 or layer.output_padding != (0, 0):
        return layer
    convolution = nn.Conv2d(
        layer.in_channels, layer.out_channels, layer.kernel_size, 1, padding,
        bias=layer.bias is not None,
    )  # fmt: skip
    convolution.weight = nn.Parameter(layer.weight.transpose(0, 1).flip(2, 3), requires_grad=False)
    convolution.bias = layer.bias
    return convolution.requires_grad_(False)
