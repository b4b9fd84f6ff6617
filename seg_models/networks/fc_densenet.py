"""FC-DenseNet, "the Tiramisu": dense blocks down and up, every layer sees all before it.

Jégou, Drozdzal, Vazquez, Romero & Bengio, "The One Hundred Layers Tiramisu: Fully Convolutional
DenseNets for Semantic Segmentation", CVPR Workshops 2017, arXiv:1611.09326. Layer sizes follow the
authors' release.
"""

from contextlib import contextmanager, nullcontext

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from .layers import SegmentationNetwork, scaled
from .padding import centre_crop, pad_to_multiple

FIRST_CHANNELS = 48
DROPOUT = 0.2
SMALLEST = 32  # pixels: five floored poolings leave one cell


class DenseBlock(nn.Module):
    """Layers that each read the whole stack of maps and lay `growth` new ones on it."""

    def __init__(self, before: int, growth: int, depth: int, checkpointing: bool):
        super().__init__()
        self.checkpointing = checkpointing
        self.layers = nn.ModuleList(
            _layer(before + index * growth, growth, kernel=3) for index in range(depth)
        )

    def forward(self, stack: Tensor) -> Tensor:
        """Return `(N, before + depth growth, H, W)`: `stack`, then the new maps."""
        for layer in self.layers:
            stack = torch.cat([stack, _maps(layer, stack, self.checkpointing)], dim=1)
        return stack


class FCDenseNet(SegmentationNetwork):
    """Five dense blocks down, one at the bottom, five up; `growth` and `depths` tell them apart.

    Input `(N, 3, H, W)`; score map `(N, num_classes, H, W)`. With `checkpointing`, training keeps
    no layer's inner maps but computes them again for the gradient: slower, in far less memory.
    """

    output_stride = 1
    growth: int  # new maps a layer
    depths: tuple[int, ...]  # layers in each of the eleven blocks

    def __init__(self, num_classes: int, width: float = 1.0, checkpointing: bool = False):
        super().__init__()
        self.checkpointing = checkpointing
        growth, channels = scaled(self.growth, width), scaled(FIRST_CHANNELS, width)
        down, bottom, up = self.depths[:5], self.depths[5], self.depths[6:]
        self.first = nn.Conv2d(3, channels, 3, padding=1)
        self.down_blocks, self.transitions_down = nn.ModuleList(), nn.ModuleList()
        skips = []
        for depth in down:
            self.down_blocks.append(DenseBlock(channels, growth, depth, checkpointing))
            channels += depth * growth
            skips.append(channels)
            self.transitions_down.append(_layer(channels, channels, kernel=1))
        self.pool = nn.MaxPool2d(2)
        self.bottleneck = DenseBlock(channels, growth, bottom, checkpointing)
        self.transitions_up, self.up_blocks = nn.ModuleList(), nn.ModuleList()
        for below, depth in zip((bottom, *up), up, strict=False):
            new = below * growth
            self.transitions_up.append(nn.ConvTranspose2d(new, new, 3, stride=2))
            channels = new + skips.pop()
            self.up_blocks.append(DenseBlock(channels, growth, depth, checkpointing))
        self.classifier = nn.Conv2d(channels + up[-1] * growth, num_classes, 1)
        self.apply(_initialise)

    def score_map(self, images: Tensor) -> Tensor:
        """Return raw scores for every pixel."""
        height, width = images.shape[-2:]
        stack, skips = self.first(pad_to_multiple(images, 1, least=SMALLEST)), []
        for block, transition in zip(self.down_blocks, self.transitions_down, strict=True):
            stack = block(stack)
            skips.append(stack)
            stack = self.pool(_maps(transition, stack, self.checkpointing))
        before, stack = stack.shape[1], self.bottleneck(stack)
        for transition, block in zip(self.transitions_up, self.up_blocks, strict=True):
            # Only the block's new maps go up; the whole stack would grow beyond bounds.
            skip = skips.pop()
            larger = centre_crop(transition(stack[:, before:]), skip.shape[-2:])
            stack = torch.cat([larger, skip], dim=1)
            del larger, skip  # at full size each takes as much memory as the whole way down
            before, stack = stack.shape[1], block(stack)
        return self.classifier(stack)[..., :height, :width]


class FCDenseNet56(FCDenseNet):
    """56 layers: 4 in each block."""

    growth, depths = 12, (4,) * 11


class FCDenseNet67(FCDenseNet):
    """67 layers: 5 in each block."""

    growth, depths = 16, (5,) * 11


class FCDenseNet103(FCDenseNet):
    """103 layers: the deeper a block lies, the more it has."""

    growth, depths = 16, (4, 5, 7, 10, 12, 15, 12, 10, 7, 5, 4)


def _layer(before: int, after: int, kernel: int) -> nn.Sequential:
    """Return batch norm, ReLU, convolution, dropout: a dense layer, or a transition's start."""
    return nn.Sequential(
        nn.BatchNorm2d(before, eps=1e-4),
        nn.ReLU(inplace=True),
        nn.Conv2d(before, after, kernel, padding=kernel // 2),
        nn.Dropout(DROPOUT),
    )


def _maps(layer: nn.Sequential, stack: Tensor, checkpointing: bool) -> Tensor:
    """Return `layer(stack)`; with `checkpointing` its inner maps are forgotten until needed."""
    if not (checkpointing and torch.is_grad_enabled()):
        return layer(stack)
    return checkpoint(
        layer, stack, use_reentrant=False, context_fn=lambda: (nullcontext(), _at_rest(layer[0]))
    )


@contextmanager
def _at_rest(norm: nn.BatchNorm2d):
    """Keep `norm` from counting a batch a second time when its layer is computed again."""
    momentum, batches = norm.momentum, norm.num_batches_tracked.clone()
    norm.momentum = 0.0
    try:
        yield
    finally:
        norm.momentum = momentum
        norm.num_batches_tracked.copy_(batches)


def _initialise(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.kaiming_uniform_(module.weight, nonlinearity="relu")
        nn.init.zeros_(module.bias)
