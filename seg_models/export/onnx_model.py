"""A trained network as an ONNX file, which says itself what goes in and what its answer means."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ..checkpoints import loader, storage
from ..networks import SegmentationNetwork
from ..specs import Checkpoint
from ..version import __version__

if TYPE_CHECKING:
    import onnx

OPSET = 18  # the oldest that PyTorch's exporter writes; onnxruntime reads it from 1.14 on
INPUT, OUTPUT = "images", "scores"
# The exporter follows what this size makes a network do. No stride divides it, so padding and
# cutting are part of what it follows, and are nothing where a later photo needs none.
TRACED_SIZE = (75, 101)  # height, width
COMPARED_SIZES = ((180, 240), (131, 97))  # height, width; the second fits no stride
LEAST_AGREEMENT = 0.999  # of the pixels; what differs is a tie but for rounding
LEAST_SIDE = 32  # pixels; every network has been compared from here up


def export(checkpoint: Checkpoint, path: Path) -> float:
    """Write the network of `checkpoint` to `path`: float32, for photos of any size.

    It takes `images` `(1, 3, height, width)` float32 and answers `scores` `(1, C, height, width)`
    float32, before softmax. `metadata` says what else there is to know, and is in the file.

    Returns:
        The share of pixels that it labels as PyTorch does, 0-1: see `agreement`.

    Raises:
        ModuleNotFoundError: If the packages of the extra `export` are not here.
        ValueError: If that share is less than `LEAST_AGREEMENT`; then no file is left.
        WeightsError: If its weights cannot be had.
    """
    import onnx
    import onnxruntime  # noqa: F401  # `agreement` needs it: told before the work, not after
    import onnxscript  # noqa: F401  # what torch.onnx needs: named here, its absence is told so

    network = loader.network(checkpoint, "cpu")
    model = convert(trace(network))
    onnx.helper.set_model_props(model, metadata(checkpoint))
    shares = []

    def save(unfinished: Path) -> None:
        unfinished.write_bytes(model.SerializeToString())
        shares.append(agreement(unfinished, network, COMPARED_SIZES))
        if shares[0] < LEAST_AGREEMENT:
            raise ValueError(
                f"onnxruntime labels only {100 * shares[0]:.2f} % of the pixels as PyTorch does; "
                f"{path} was not written"
            )

    storage.atomic_write(path, save)
    return shares[0]


def trace(network: SegmentationNetwork) -> torch.export.ExportedProgram:
    """Return `network`, on the CPU and for inference, as a program for pictures of any size.

    PyTorch itself holds a program to what it found true of the size that it was traced with: it
    runs those that leave the same remainder by every stride.
    """
    any_size = {2: torch.export.Dim.DYNAMIC, 3: torch.export.Dim.DYNAMIC}
    with _quiet():
        return torch.export.export(
            network, (torch.zeros(1, 3, *TRACED_SIZE),), dynamic_shapes={INPUT: any_size}
        )


def convert(program: torch.export.ExportedProgram) -> onnx.ModelProto:
    """Return what `trace` made of a network as an ONNX model without `metadata`."""
    import onnx

    with _quiet():
        written = torch.onnx.export(
            program,
            dynamo=True,
            input_names=[INPUT],
            output_names=[OUTPUT],
            opset_version=OPSET,
            verbose=False,
        )
    assert written is not None  # it is None only where a file is written at once
    model = written.model_proto
    _name_sizes(model)
    onnx.checker.check_model(model)
    return model


def metadata(checkpoint: Checkpoint) -> dict[str, str]:
    """Return all that a program needs to use the file, and where it is from; values are JSON.

    `preprocessing` and `postprocessing` are what `preprocess.images` and `upsample` do.
    """
    preprocessing = checkpoint.preprocessing
    facts: dict[str, Any] = {
        "name": checkpoint.name,
        "architecture": checkpoint.architecture,
        "classes": list(checkpoint.labels.classes),
        "colours": [list(each) for each in checkpoint.labels.colours],  # RGB, 0-255
        "preprocessing": {
            **asdict(preprocessing),
            "steps": [
                "RGB photo, the right way up",
                f"resize, bilinear and antialiased, until the longer side is "
                f"{preprocessing.long_side} pixels",
                "divide by 255, subtract mean, divide by std",
                f"channels first: (1, 3, height, width), sides from {LEAST_SIDE}",
            ],
        },
        "postprocessing": {
            "steps": [
                "resize the scores to the photo's size, bilinear, pixel centres at half integers",
                "softmax over axis 1 are the probabilities, argmax over axis 1 the classes",
            ],
        },
        "weights_sha256": checkpoint.sha256,
        "opset": OPSET,
        "producer": f"coarse-to-crisp {__version__}, PyTorch {torch.__version__}",
    }
    return {key: json.dumps(value) for key, value in facts.items()}


def agreement(path: Path, network: SegmentationNetwork, sizes: Iterable[tuple[int, int]]) -> float:
    """Return the share of pixels that the file under onnxruntime labels as `network` does.

    Args:
        sizes: Of the pictures, (height, width), on which both are asked: smooth noise.

    Raises:
        ModuleNotFoundError: If onnxruntime is not here.
    """
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    random = torch.Generator().manual_seed(0)
    alike = pixels = 0
    for size in sizes:
        coarse = torch.randn(1, 3, 6, 8, generator=random)
        images = torch.nn.functional.interpolate(coarse, size, mode="bicubic")
        (scores,) = session.run([OUTPUT], {INPUT: images.numpy()})
        with torch.inference_mode():
            expected = network(images).argmax(1).numpy()
        alike += int(np.count_nonzero(np.argmax(scores, axis=1) == expected))
        pixels += expected.size
    return alike / pixels


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the exporter's progress and its notes to its own developers to itself."""
    loggers = [
        logging.getLogger(name) for name in ("torch.onnx", "torch.__trace", "onnx_ir", "onnxscript")
    ]
    levels = [each.level for each in loggers]
    for each in loggers:
        each.setLevel(logging.ERROR)
    try:
        with redirect_stdout(StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for each, level in zip(loggers, levels, strict=True):
            each.setLevel(level)


def _name_sizes(model: onnx.ModelProto) -> None:
    """Call the sizes what they are: the exporter numbers them."""
    graph = model.graph
    for value in (graph.input[0], graph.output[0]):
        sides = value.type.tensor_type.shape.dim[2:]
        for side, name in zip(sides, ("height", "width"), strict=True):
            side.dim_param = name
    del graph.value_info[:]  # notes on what lies between, in the old names; nobody needs them
