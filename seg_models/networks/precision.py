"""Networks in the number format that a device is quick in, and where bfloat16 is too coarse."""

from contextlib import AbstractContextManager, nullcontext
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from . import int8
from .layers import SegmentationNetwork, sharing_copy


def coarse_in_training_only(network: nn.Module, images: Tensor) -> AbstractContextManager:
    """Return a context in which a trained network computes in float32, even under autocast.

    A mobile network's first layers squeeze the whole photo into 16 channels at half its size, by
    sums of few terms: bfloat16's errors there do not average out, and every later layer has them.
    Measured with DeepLab v3 on ten photos of val each (camvid, animals), of the pixels bfloat16
    labels as float32 does: all layers in bfloat16 99.33 and 99.45 %, the first block in float32
    99.73 and 99.66 %, for 5 % more time. Training sees each photo often and does not mind.
    """
    if network.training or not torch.amp.is_autocast_available(images.device.type):
        return nullcontext()
    return torch.autocast(images.device.type, enabled=False)


def prepared(network: SegmentationNetwork, device: str, dtype: torch.dtype) -> SegmentationNetwork:
    """Return `network` as it computes in `dtype`, `device.inference_dtype`'s.

    For bfloat16 its weights are in bfloat16, as autocast would turn them into it at every call, on
    a small network for a tenth of its time; what it computes under autocast is the same to the bit.
    Outside of autocast it does not work; layers that leave autocast keep float32. For int8 see
    `networks.int8`. The rest is shared with `network`, which stays as it is; made once, the copy is
    kept as long as `network` and its weights are.
    """
    if dtype not in (torch.bfloat16, torch.int8):
        return network
    state = [(each.data_ptr(), _version(each)) for each in network.parameters()]
    known = _prepared.get(network)
    if known is None or known[:2] != (dtype, state):
        in_int8 = dtype == torch.int8
        copy = int8.in_int8(network) if in_int8 else _copy_in_bfloat16(network, device)
        known = _prepared[network] = dtype, state, copy
    return known[2]


_prepared: WeakKeyDictionary[nn.Module, tuple[torch.dtype, list, SegmentationNetwork]]
_prepared = WeakKeyDictionary()


def _version(parameter: Tensor) -> int:
    return 0 if parameter.is_inference() else parameter._version


@torch.no_grad()
def _copy_in_bfloat16(network: SegmentationNetwork, device: str) -> SegmentationNetwork:
    kind = torch.device(device).type  # autocast knows no numbers
    copy = sharing_copy(network)
    seen: dict[nn.Module, set[bool]] = {
        each: set()
        for each in copy.modules()
        if isinstance(each, nn.Conv2d | nn.ConvTranspose2d | nn.Linear)
    }

    def look(module: nn.Module, _: tuple) -> None:
        seen[module].add(torch.is_autocast_enabled(kind))

    hooks = [each.register_forward_pre_hook(look) for each in seen]
    with torch.autocast(kind, torch.bfloat16):
        copy.score_map(torch.zeros(1, 3, 64, 64, device=device))
    for hook in hooks:
        hook.remove()
    for module, under_autocast in seen.items():
        if under_autocast == {True}:
            # Not the bias: it is small, and one layer also uses it by itself, exactly.
            module.weight = nn.Parameter(module.weight.bfloat16(), requires_grad=False)
    return copy
