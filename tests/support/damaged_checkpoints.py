"""Checkpoint folders that a stranger may offer: facts that lie, files that are spoilt."""

import copy
import json
import pickle
import random
import struct
from collections.abc import Iterator
from typing import Any

ODD = (
    None, True, False, 0, -1, 1, 2, 4096, 2**31, 10**30, 0.5, -0.5, 1e-300, 1e308,
    float("nan"), float("inf"), "", "0", "nan", "norm", "../../etc/passwd", "<img src=x>", "a\0b",
    "\n", "é" * 5000, [], [[]], [0], [1, 2, 3], ["a"] * 255, [-1, 0, 1], {}, {"a": {}},
    {"repo": "a/b"}, {"mean": 1}, {"width": 1e6}, {"norm": "x"}, {"fc_channels": 4096},
    {"context": "large"}, {"output_stride": 8}, {"no such option": 1},
)  # fmt: skip
ARCHITECTURES = ("deeplab_v1", "deeplab_v3", "unet", "segnet_basic", "fcn8s", "fc_densenet56")


def spoil(facts: dict[str, Any], chance: random.Random) -> bytes:
    """Return a config.json that says one or two things wrong, or is none at all."""
    facts = copy.deepcopy(facts)
    for _ in range(chance.randint(1, 2)):
        owner, key = chance.choice(list(_places(facts)))
        if chance.random() < 0.2:
            del owner[key]
        elif key == "architecture":
            owner[key] = chance.choice(ARCHITECTURES)
        else:
            owner[key] = copy.deepcopy(chance.choice(ODD))
        if not facts:
            break
    text = json.dumps(facts).encode()
    return text[: chance.randrange(len(text))] if chance.random() < 0.05 else text


def _places(facts: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every (container, key) in `facts`, however deep."""
    keys = facts if isinstance(facts, dict) else range(len(facts))
    for key in keys:
        yield facts, key
        if isinstance(facts[key], dict | list):
            yield from _places(facts[key])


def crafted_configs() -> dict[str, bytes]:
    """Return files that are no description at all."""
    return {
        "empty": b"",
        "no text": b"\xff\xfe\0\0",
        "a list": b"[1, 2]",
        "null": b"null",
        "deep": b"[" * 100_000,
        "deep dictionary": b'{"a":' * 50_000,
        "a number of 5,000 digits": b'{"name": ' + b"9" * 5000 + b"}",
        "twice the same key": b'{"name": "a", "name": "b"}',
    }


def crafted_weights(header: bytes, body: bytes) -> dict[str, bytes]:
    """Return safetensors files made to do harm, out of a sound one's header and body."""
    facts = json.loads(header)
    first = next(name for name in facts if name != "__metadata__")

    def changed(**entry: Any) -> bytes:
        return _file({**facts, first: {**facts[first], **entry}}, body)

    return {
        "empty": b"",
        "a length alone": struct.pack("<Q", 8),
        "a header of 2^63 bytes": struct.pack("<Q", 2**63) + header + body,
        "a header of 1 GB": struct.pack("<Q", 10**9) + header + body,
        "no tensors": _file({}, b""),
        "a tensor of 10^18 numbers": changed(shape=[10**9, 10**9]),
        "a shape that overflows": changed(shape=[2**33, 2**33, 2**33]),
        "offsets beyond the end": changed(data_offsets=[0, 10**12]),
        "offsets the wrong way": changed(data_offsets=[100, 0]),
        "a type that does not exist": changed(dtype="F99"),
        "text for a shape": changed(shape="12"),
        "a pickle": pickle.dumps(print, 4),
        "a deep header": struct.pack("<Q", 50_000) + b"[" * 50_000,
    }


def parts(content: bytes) -> tuple[bytes, bytes]:
    """Return the header, JSON, and the numbers of a safetensors file."""
    length = struct.unpack("<Q", content[:8])[0]
    return content[8 : 8 + length], content[8 + length :]


def _file(facts: dict[str, Any], body: bytes) -> bytes:
    header = json.dumps(facts).encode()
    return struct.pack("<Q", len(header)) + header + body
