"""Upsampling by transposed convolution, as FCN and DilatedNet do it: bilinear to begin with."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def bilinear_kernel(size: int) -> Tensor:
    """Return the `(size, size)` kernel that interpolates linearly along both axes.

    Its weight falls linearly from the centre, which lies between two cells where `size` is even,
    and would be 0 one cell beyond the border (the "bilinear" filler of Caffe).
    """
    factor = (size + 1) // 2
    centre = factor - 1 if size % 2 else factor - 0.5
    line = 1 - (torch.arange(size, device="cpu") - centre).abs() / factor
    return torch.outer(line, line)


def learnt_upsampling(channels: int, factor: int) -> nn.ConvTranspose2d:
    """Return a transposed convolution that enlarges `factor` (even) times, bilinear at first.

    Every class may learn to look at every other; at first each sees only itself.
    """
    layer = nn.ConvTranspose2d(
        channels, channels, 2 * factor, stride=factor, padding=factor // 2, bias=False
    )
    kernel = bilinear_kernel(2 * factor).to(layer.weight)
    with torch.no_grad():
        layer.weight.zero_()
        for channel in range(channels):
            layer.weight[channel, channel] = kernel
    return layer


def fixed_upsampling(channels: int, factor: int) -> nn.ConvTranspose2d:
    """Return a transposed convolution that enlarges each class `factor` (even) times, bilinearly.

    Its kernel is not learnt, and follows from the factor: it is neither a parameter nor stored.
    """
    layer = nn.ConvTranspose2d(
        channels, channels, 2 * factor, stride=factor, padding=factor // 2, groups=channels,
        bias=False,
    )  # fmt: skip
    kernel = bilinear_kernel(2 * factor).to(layer.weight).expand(layer.weight.shape).clone()
    del layer.weight
    layer.register_buffer("weight", kernel, persistent=False)
    return layer


def enlarge(layer: nn.ConvTranspose2d, scores: Tensor) -> Tensor:
    """Return `layer(scores)`, `(N, C, factor h, factor w)`, whose borders do not fade.

    Beyond the map a transposed convolution finds zeros. The papers never see them, since they pad
    the photo; here the outermost cells are repeated once instead.
    """
    factor = layer.stride[0]
    fine = layer(F.pad(scores, (1, 1, 1, 1), mode="replicate"))
    return fine[..., factor:-factor, factor:-factor]


def fit(scores: Tensor, size: tuple[int, int], stride: int) -> Tensor:
    """Return `scores` cut to `size`, (H, W), the less-than-`stride` pixels that cells stick out.

    Where the sizes differ by more than that, the scores are resized.
    """
    beyond = [have - length for have, length in zip(scores.shape[-2:], size, strict=True)]
    if all(0 <= pixels < stride for pixels in beyond):
        return scores[..., : size[0], : size[1]]
    return F.interpolate(scores, size, mode="bilinear", align_corners=False)
