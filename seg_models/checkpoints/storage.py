"""How model.safetensors keeps a network's numbers: as float16, or as int8 with a scale per channel.

Only tensors of two dimensions or more are made smaller: convolutions hold nearly all of a network's
numbers, while biases and normalisation statistics are few and must not lose their small values.
Small convolutions, too, are many layers' first or depthwise ones and weigh next to nothing: they
stay float16 (DeepLab v3 then loses 0.1 points of mIoU by int8, else 0.2 to 0.4).
"""

import glob
import hashlib
import os
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors import torch as safetensors
from torch import Tensor

from ..specs import WeightsError

STORAGES = ("float16", "int8")
LFS_POINTER = b"version https://git-lfs.github.com/spec/v1"
SCALE = ".scale"  # what the name of an int8 tensor's scales ends with
FEWEST = 30_000  # numbers that int8 is worth its loss for
LARGEST = 127  # of int8, kept symmetric so that the scale alone describes it


def pack(state: Mapping[str, Tensor], storage: str) -> dict[str, Tensor]:
    """Return `state` as it is stored, on the CPU and sharing no memory with it.

    "int8" keeps `w` of shape (K, ...) as `round(w / scale)` with float32 `scale` (K,), the largest
    |w| of each channel over 127, beside it as `<name>.scale`: off by at most half a scale. Tensors
    of fewer than `FEWEST` numbers are kept as "float16" keeps them.

    Raises:
        ValueError: If `storage` is unknown, or a number is not finite or too large for float16.
    """
    if storage not in STORAGES:
        raise ValueError(f"no storage called {storage!r}; known are {', '.join(STORAGES)}")
    packed = {}
    for name, tensor in state.items():
        values = tensor.detach().cpu()
        if not torch.isfinite(values).all():
            raise ValueError(f"{name} holds numbers that are not finite; nothing was stored")
        if not values.is_floating_point() or values.dim() < 2:
            packed[name] = values.clone(memory_format=torch.contiguous_format)
        elif storage == "float16" or values.numel() < FEWEST:
            packed[name] = _to_half(name, values)
        else:
            packed[name], packed[name + SCALE] = _to_int8(values)
    return packed


def unpack(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the state that `pack` was given, in float32, to the precision that was stored."""
    state = {}
    for name, tensor in tensors.items():
        owner = tensors.get(name.removesuffix(SCALE)) if name.endswith(SCALE) else None
        if owner is not None and owner.dtype == torch.int8:
            continue  # the scales of that tensor, used up with it below
        if tensor.dtype == torch.int8 and name + SCALE in tensors:
            scale = tensors[name + SCALE]
            state[name] = tensor.float() * scale.view(-1, *[1] * (tensor.dim() - 1))
        else:
            state[name] = tensor.float() if tensor.is_floating_point() else tensor
    return state


def save(state: Mapping[str, Tensor], path: Path, storage: str) -> tuple[str, int]:
    """Write `state` to `path` and return the file's sha256 and its size in bytes.

    The file appears under its name only when it is whole; an older one stays until then. The same
    state gives the same bytes, so the sha256 is a fact of the weights.
    """
    return _write(pack(state, storage), Path(path))


def amend(state: Mapping[str, Tensor], path: Path) -> tuple[str, int]:
    """Write the biases of `state` into a file of `save`'s, and leave all else in it as it is.

    Returns what `save` does.
    """
    stored = safetensors.load_file(path)
    biases = {name: state[name].cpu() for name in stored if name in state and state[name].dim() < 2}
    return _write({**stored, **biases}, Path(path))


def atomic_write(path: Path, save: Callable[[Path], Any]) -> None:
    """Let `save` write a file, of the same suffix, that becomes `path` only when it is whole.

    Until then an older one stays. What processes that were killed meanwhile left behind goes.

    Raises:
        OSError: If the folder cannot be made, or the file not be written; nothing is left of it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    _clear_up(path)
    try:
        save(unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _write(packed: Mapping[str, Tensor], path: Path) -> tuple[str, int]:
    content = safetensors.save(dict(packed), metadata={"format": "pt"})
    atomic_write(path, lambda unfinished: unfinished.write_bytes(content))
    return hashlib.sha256(content).hexdigest(), len(content)


def load(path: Path) -> dict[str, Tensor]:
    """Read what `save` wrote.

    Raises:
        WeightsError: If `path` is not a safetensors file.
    """
    try:
        return unpack(safetensors.load_file(path))
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"{_shown(path)} cannot be read as safetensors: {error}") from error


def load_pickled(path: Path) -> dict[str, Tensor]:
    """Read a PyTorch file of other people's: tensors alone, no code in it is run.

    Raises:
        WeightsError: If `path` is no such file, or holds more than tensors.
    """
    try:
        tensors = torch.load(path, map_location="cpu", weights_only=True)
        return unpack(tensors)
    except Exception as error:  # torch.load raises whatever unpickling met
        raise WeightsError(f"{_shown(path)} cannot be read as tensors alone: {error}") from error


def is_lfs_pointer(path: Path) -> bool:
    """Whether the file is what Git LFS leaves in a clone until it fetches the content."""
    with path.open("rb") as file:
        return file.read(len(LFS_POINTER)) == LFS_POINTER


def sha256(path: Path) -> str:
    """Return the sha256 of a file, 64 hexadecimal digits."""
    details = Path(path).stat()
    return _sha256(Path(path), details.st_mtime_ns, details.st_size)


@lru_cache(maxsize=256)  # a file of 60 MB takes a quarter of a second: once, not at each request
def _sha256(path: Path, changed: int, size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _clear_up(path: Path) -> None:
    """Remove what processes that were killed while they saved `path` have left of it."""
    before, after = f".{path.stem}.", f".part{path.suffix}"
    for left in path.parent.glob(f".*.part{glob.escape(path.suffix)}"):
        number = left.name.removeprefix(before).removesuffix(after)
        if number.isdigit() and not _alive(int(number)):
            left.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)  # sends nothing: only asks
    except OSError as error:
        return isinstance(error, PermissionError)  # there it is, another user's
    return True


def _shown(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"  # also to visitors: not where it lies


def _to_half(name: str, values: Tensor) -> Tensor:
    half = values.to(torch.float16)
    if not torch.isfinite(half).all():
        raise ValueError(f"{name} holds numbers beyond float16's 65504; nothing was stored")
    return half.contiguous()


def _to_int8(values: Tensor) -> tuple[Tensor, Tensor]:
    values = values.float()
    scale = values.flatten(1).abs().amax(1) / LARGEST
    scale = torch.where(scale > 0, scale, 1.0)  # a channel of zeros: any scale serves
    levels = values / scale.view(-1, *[1] * (values.dim() - 1))
    return levels.round().clamp(-LARGEST, LARGEST).to(torch.int8).contiguous(), scale
