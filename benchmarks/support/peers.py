"""What else people run such networks with, if it is installed: the same network, without a CRF.

The extra `benchmark` brings onnxruntime and transformers.
Neither needs torchvision.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path

import torch
from PIL import Image

from seg_models import preprocess

from . import contestants, turns
from .contestants import Task
from .turns import Times

TRANSFORMERS = "deeplab_v3_mobilenet_v2"  # the one of our networks that transformers has, too
ONNX = "deeplab_v1"


def lines(task: Task, rounds: int) -> Iterator[str]:
    """Yield a line for each peer: how many times as fast ours is, or why that is not known."""
    plain = replace(task, iterations=0)
    yield ""
    for name, architecture, prepare in (
        ("transformers' image-segmentation pipeline", TRANSFORMERS, _transformers),
        ("onnxruntime, float32", ONNX, _onnxruntime),
    ):
        try:
            theirs = prepare(plain)
        except ImportError as error:
            yield f"{name}: not measured, {error.name} is not installed"
            continue
        _, segmenter = contestants.pair(architecture, plain)
        times = turns.in_turns(
            {"theirs": theirs, "ours": lambda own=segmenter: contestants.ours(own, plain)}, rounds
        )
        ratio, least, greatest = turns.ratio(times["theirs"], times["ours"])
        yield (
            f"{name}, {architecture}, photo to mask without a CRF: ours is {ratio:.1f} times as "
            f"fast ({least:.1f}–{greatest:.1f})"
        )


def _transformers(task: Task) -> Callable[[], Times]:
    from transformers import (
        ImageSegmentationPipeline,
        MobileNetV2Config,
        MobileNetV2ForSemanticSegmentation,
        MobileNetV2ImageProcessorPil,
    )

    torch.manual_seed(0)
    config = MobileNetV2Config(num_labels=task.classes, output_stride=16)
    height, width = task.size
    processor = MobileNetV2ImageProcessorPil(
        size={"height": height, "width": width}, do_center_crop=False
    )
    model = MobileNetV2ForSemanticSegmentation(config).eval()
    pipeline = ImageSegmentationPipeline(model=model, image_processor=processor, device="cpu")
    photo = Image.fromarray(task.photo())
    return lambda: _timed(lambda: pipeline(photo))


def _onnxruntime(task: Task) -> Callable[[], Times]:
    import onnxruntime
    import onnxscript  # noqa: F401  # what torch.onnx needs

    plain, _ = contestants.pair(ONNX, task)
    photo, preprocessing = task.photo(), contestants.Preprocessing(max(task.size))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    with tempfile.TemporaryDirectory(prefix="onnx-") as folder, redirect_stdout(StringIO()):
        path = str(Path(folder) / "network.onnx")
        torch.onnx.export(plain, (preprocess.images(photo, preprocessing),), path, dynamo=True)
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()

    def run() -> None:
        images = preprocess.images(photo, preprocessing).numpy()
        session.run(None, {given.name: images})[0][0].argmax(0)

    return lambda: _timed(run)


def _timed(run: Callable[[], object]) -> Times:
    began = time.perf_counter()
    run()
    return {"whole": 1000 * (time.perf_counter() - began)}
