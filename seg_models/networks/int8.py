"""Large convolutions in 8 bits, for processors that are slow in bfloat16 and quick in int8 (VNNI).

Weights are symmetric, with a scale for each output channel; what a layer reads has the scale and
the zero point of the values that it holds just then, for each photo (FC-DenseNet's layers have
their norm's range): the affine mapping of Jacob et
al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
CVPR 2018, arXiv:1712.05877, equation 1. Sums are kept in 32 bits, and come out in float32.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .fc_densenet import DenseBlock
from .layers import SegmentationNetwork, Unit, sharing_copy

LEVELS = 254  # beside 0: where the zero point is rounded up, the highest value is 255
PIECE = 1 << 18  # values
# Above a norm's mean. Of a street's pixels FC-DenseNet56 labels 96 % as in float32 with 4 of them
# and 98 % with 6, as many as with a range that is found anew for each photo.
DEVIATIONS = 6
NORM_FIRST = [nn.BatchNorm2d, nn.ReLU, nn.Conv2d, nn.Dropout]  # what `Int8NormConv` computes
# Sums that each value takes part in, from which on int8's gain is more than it costs to bring the
# values to 8 bits; a layer with fewer stays as it is.
LEAST_REUSE = 512
LEAST_DEPTH = 512  # channels that a 1x1 convolution reads: what is prepared for each size pays then
LEAST_CHANNELS = 16  # that are read: products are made of many at once
TOO_COARSE = 0.1  # error of what a layer puts out, relative; most have 0.002 to 0.03


class _Product:
    """A convolution's weights in int8, and what it makes of 8-bit levels."""

    def __init__(self, conv: nn.Conv2d, relu: bool = False):
        weight = conv.weight.float()
        self.scales = weight.abs().amax((1, 2, 3)).clamp(min=1e-12) / 127
        self.zeros = torch.zeros(len(self.scales), dtype=torch.int32)  # its levels' zero points
        self.bias, self.after = conv.bias, "relu" if relu else "none"
        levels = (weight / self.scales[:, None, None, None]).round().to(torch.int8)
        self.places = [list(each) for each in (conv.stride, conv.padding, conv.dilation)]
        # For one cell at a time PyTorch has a form that is quick at any size; the other is not.
        self.by_cell = conv.kernel_size == conv.stride == (1, 1) and not any(conv.padding)
        if self.by_cell:
            self.packed = torch.ops.onednn.qlinear_prepack(levels.flatten(1), None)
        else:
            self.packed = torch.ops.onednn.qconv_prepack(
                levels, self.scales, 1.0, 0, *self.places, 1, None
            )

    def of(self, levels: Tensor, scale: float, zero: int) -> Tensor:
        """Return `(N, out_channels, h', w')` float32 for uint8 levels `(N, h, w, in_channels)`."""
        read = (scale, zero, self.packed, self.scales, self.zeros, self.bias)
        give = (1.0, 0, torch.float32, self.after, [], "")
        if self.by_cell:
            found = torch.ops.onednn.qlinear_pointwise(levels.flatten(0, 2), *read, *give)
            return found.view(*levels.shape[:3], -1).permute(0, 3, 1, 2)
        pixels = levels.permute(0, 3, 1, 2)
        return torch.ops.onednn.qconv2d_pointwise(pixels, *read, *self.places, 1, *give)


class Int8Conv2d(nn.Module):
    """A convolution, with the ReLU behind it where there is one, computed in int8.

    Values that are not finite have no range: such an input goes through the exact convolution.
    """

    def __init__(self, exact: nn.Conv2d, relu: bool):
        super().__init__()
        self.exact, self.relu, self.product = exact, relu, _Product(exact, relu)

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
        cells = features.permute(0, 2, 3, 1).contiguous()  # as they lie, on a photo's way
        low, high = (each.item() for each in cells.aminmax())
        low, high = min(low, 0.0), max(high, 0.0)
        scale = max((high - low) / LEVELS, 1e-12)
        if not scale < float("inf"):
            return self.exactly(features)
        zero = round(-low / scale)
        levels = torch.empty_like(cells, dtype=torch.uint8)
        start = torch.tensor(zero + 0.5)  # cutting off what is behind the point then rounds
        # Piece by piece: what is between values and levels stays in cache.
        pieces = zip(cells.view(-1).split(PIECE), levels.view(-1).split(PIECE), strict=True)
        for before, after in pieces:
            after.copy_(torch.add(start, before, alpha=1 / scale))
        return self.product.of(levels, scale, zero)


class Int8NormConv(nn.Module):
    """Batch norm, ReLU, convolution, dropout: FC-DenseNet's layers, computed in int8.

    The range is that of the norm: `DEVIATIONS` above the mean of what it saw in training, and what
    is beyond is cut off. So all that comes before the sums is done in one reading of the stack.
    """

    def __init__(self, exact: nn.Sequential):
        super().__init__()
        norm, _, conv, _ = exact
        self.exact, self.product = exact, _Product(conv)
        gain = norm.weight / (norm.running_var + norm.eps).sqrt()
        highest = (norm.bias + DEVIATIONS * norm.weight.abs()).max().clamp(min=1e-12)
        self.scale = highest.item() / LEVELS
        self.gain = gain / self.scale
        self.start = (norm.bias - norm.running_mean * gain) / self.scale + 0.5

    def forward(self, stack: Tensor) -> Tensor:
        """Return new maps `(N, out_channels, H, W)`, float32."""
        count, channels, height, width = stack.shape
        cells = stack.permute(0, 2, 3, 1).reshape(-1, channels)
        levels = torch.empty(cells.shape, dtype=torch.uint8)
        rows = max(1, PIECE // channels)
        for before, after in zip(cells.split(rows), levels.split(rows), strict=True):
            after.copy_(torch.addcmul(self.start, before, self.gain).clamp_(0, 255))
        return self.product.of(levels.view(count, height, width, channels), self.scale, 0)

    def exactly(self, stack: Tensor) -> Tensor:
        """Return the same in float32."""
        return self.exact(stack)


class Int8DenseBlock(nn.Module):
    """A dense block of such layers, that lays its maps on the stack without copying it."""

    def __init__(self, exact: DenseBlock):
        super().__init__()
        self.exactly = exact
        self.layers = nn.ModuleList(Int8NormConv(each) for each in exact.layers)

    def forward(self, stack: Tensor) -> Tensor:
        """Return `(N, before + depth growth, H, W)`: `stack`, then the new maps."""
        count, known, height, width = stack.shape
        growth = self.exactly.layers[0][2].out_channels
        whole = torch.empty(
            (count, known + growth * len(self.layers), height, width),
            memory_format=torch.channels_last,
        )
        whole[:, :known] = stack
        for layer in self.layers:
            whole[:, known : known + growth] = layer(whole[:, :known])
            known += growth
        return whole


Int8Layer = Int8Conv2d | Int8NormConv | Int8DenseBlock


@torch.no_grad()
def in_int8(network: SegmentationNetwork) -> SegmentationNetwork:
    """Return a copy of `network`, for inference on the CPU, with its large convolutions in int8.

    The classifier, whose scores are compared, and what is small, depthwise or transposed with a
    stride stay in float32 and share `network`'s weights. So do layers whose sums nearly cancel each
    other, so that 8 bits are `TOO_COARSE` for them: DeconvNet has one that was begun so.
    """
    copy = sharing_copy(network)
    replaced = list(_replace_in(copy))
    if not replaced:
        return network
    errors: dict[nn.Module, float] = {}

    def compare(layer: Int8Layer, inputs: tuple[Tensor], found: Tensor) -> None:
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
) -> Iterator[tuple[nn.Module, str, nn.Module, Int8Layer]]:
    """Put int8 layers where they gain; yield each one's parent, name, predecessor, and itself."""
    for name, part in module.named_children():
        new = _quantised(part)
        if new is not None:
            setattr(module, name, new)
            yield module, name, part, new
        else:
            yield from _replace_in(part)


def _quantised(part: nn.Module) -> Int8Layer | None:
    """Return `part` in int8, None if it is nothing that gains by it."""
    if isinstance(part, DenseBlock):
        return Int8DenseBlock(part) if _can(part, part.layers[0][2]) else None
    if [type(each) for each in part.children()] == NORM_FIRST:
        return Int8NormConv(part) if _can(part, part[2]) else None
    if isinstance(part, Unit) and part.norm is None and isinstance(part.activation, nn.ReLU):
        return _quantised_convolution(part.conv, relu=True)
    return _quantised_convolution(part, relu=False)


def _quantised_convolution(part: nn.Module, relu: bool) -> Int8Conv2d | None:
    if type(part) is nn.ConvTranspose2d:  # and no kind of it that does more
        part = _turned_round(part)
    if type(part) is not nn.Conv2d or part.groups > 1 or not _can(part, part):
        return None
    area = part.kernel_size[0] * part.kernel_size[1]
    by_cell = area == 1 and part.in_channels < LEAST_DEPTH
    return (
        Int8Conv2d(part, relu) if area * part.out_channels >= LEAST_REUSE and not by_cell else None
    )


def _can(part: nn.Module, conv: nn.Conv2d) -> bool:
    """Return whether `part`, whose first convolution is `conv`, can be computed so at all."""
    numbers = part.state_dict().values()
    return conv.in_channels >= LEAST_CHANNELS and all(each.isfinite().all() for each in numbers)


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
