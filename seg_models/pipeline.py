"""A photo's way through the network: preprocess, score map, upsampling, CRF, stage by stage."""

from __future__ import annotations

import operator
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from . import crf as dense_crf
from . import preprocess, upsample
from .checkpoints import external, loader
from .checkpoints.schema import MOST_ITERATIONS
from .device import autocast, choose_device, inference_dtype, make_room, now
from .networks import SegmentationNetwork
from .networks.precision import prepared
from .specs import Checkpoint, CrfSettings
from .visualize.segmentation import Segmentation

WORKING_SIDE = 1024  # pixels; every stage works on the photo capped to this long side
Photo = str | os.PathLike[str] | bytes | BinaryIO | Image.Image | np.ndarray | Tensor
Crf = int | CrfSettings | None


@dataclass(frozen=True, eq=False, repr=False)
class Segmenter:
    """A trained network on a device, ready for photos.

    >>> segmenter = load("deeplab_v3-everyday")
    >>> segmentation = segmenter.segment("cat.jpg", crf=5)
    >>> segmentation.labels()  # (H, W) uint8 class indices at the photo's own size
    """

    checkpoint: Checkpoint
    network: SegmentationNetwork
    device: str

    def stages(
        self, photo: Photo, crf: Crf = None, working_side: int = WORKING_SIDE
    ) -> Iterator[Segmentation]:
        """Yield what is known after the score map, the upsampling, and each CRF iteration.

        Each is the one before and a little more; without a CRF the upsampled probabilities are
        the last word.

        Args:
            photo: A file's path or bytes, an open file, a PIL picture, an array or a tensor: see
                `preprocess.open_photo`.
            crf: An int is that many iterations of the checkpoint's own tuned settings, as
                `predict --crf` and the page take it; True is those settings with their own number
                of iterations; `CrfSettings` are used as they are; None, 0 and False: no CRF.
            working_side: Pixels; a photo with a longer side is worked on smaller.

        Raises:
            ValueError: If an argument cannot be used; the message says what came and what can.
        """
        settings = _checked(self.checkpoint, crf, working_side)
        return self._stages(photo, settings, working_side)

    def segment(
        self, photo: Photo, crf: Crf = None, working_side: int = WORKING_SIDE
    ) -> Segmentation:
        """Return the last of `stages`, which says what the arguments are, in less time."""
        settings = _checked(self.checkpoint, crf, working_side)
        return refined(enlarge(self, score(self, photo, working_side)), settings)

    def _stages(
        self, photo: Photo, crf: CrfSettings | None, working_side: int
    ) -> Iterator[Segmentation]:
        segmentation = score(self, photo, working_side)
        yield segmentation
        segmentation = enlarge(self, segmentation)
        yield segmentation
        yield from refine(segmentation, crf)

    def __repr__(self) -> str:
        return f"Segmenter of {self.checkpoint.name} on {self.device}"


def load(
    model: str | os.PathLike[str] | Checkpoint, device: str = "auto", fresh: bool = False
) -> Segmenter:
    """Return a trained network, ready for photos.

    Args:
        model: A checkpoint's name, such as "deeplab_v3-everyday"; a folder that holds one; a repo
            of the Hub, "<namespace>/<name>", if wanted with "@<commit>"; or a `Checkpoint`.
        device: "auto" (a CUDA GPU, if there is one), "cpu", "cuda", "cuda:1", ..., or "mps".
        fresh: Whether to make a network of the caller's own, to be trained or changed. Otherwise
            all who ask for the checkpoint share one, for inference only, and the last few are kept
            in memory.

    Raises:
        ValueError: If there is no such checkpoint or device.
        WeightsError: If its weights cannot be had.
    """
    device = choose_device(device)
    checkpoint = model if isinstance(model, Checkpoint) else external.find(os.fspath(model))
    network = loader.fresh(checkpoint, device) if fresh else loader.network(checkpoint, device)
    return Segmenter(checkpoint, network, device)


def crf_settings(checkpoint: Checkpoint, crf: Crf) -> CrfSettings | None:
    """Return the settings that `crf` asks of the checkpoint's CRF; None is no CRF.

    Raises:
        ValueError: If `crf` is nothing that `Segmenter.stages` takes.
    """
    if crf is None or crf is False or crf is True:
        return checkpoint.crf if crf else None
    if isinstance(crf, CrfSettings):
        return crf if crf.iterations else None
    try:
        iterations = operator.index(crf)
    except TypeError:
        iterations = -1
    if not 0 <= iterations <= MOST_ITERATIONS:
        raise ValueError(
            f"crf is {crf!r}; give a number of iterations from 0 (off) to {MOST_ITERATIONS}, "
            "True for the checkpoint's own, CrfSettings, or None"
        )
    return replace(checkpoint.crf, iterations=iterations) if iterations else None


def _checked(checkpoint: Checkpoint, crf: Crf, working_side: int) -> CrfSettings | None:
    """Return the settings that `crf` asks for, once both are known to have a meaning."""
    if isinstance(working_side, bool) or working_side < 1:
        raise ValueError(f"working_side is {working_side}; at least 1 pixel is needed")
    return crf_settings(checkpoint, crf)


def score(segmenter: Segmenter, photo: Photo, working_side: int = WORKING_SIDE) -> Segmentation:
    """Open and cap the photo, and run the network: the first stage, a score map.

    Where a GPU's memory does not suffice, this stage and all after it are done on the CPU.
    """
    return _or_on_cpu(
        lambda: _score(segmenter, photo, working_side),
        lambda: _score(_on_cpu(segmenter), photo, working_side),
    )


@torch.inference_mode()
def _score(segmenter: Segmenter, photo: Photo, working_side: int) -> Segmentation:
    began = now(segmenter.device)
    whole = preprocess.open_photo(photo)
    capped = preprocess.cap(whole, working_side)
    images = preprocess.images(capped, segmenter.checkpoint.preprocessing)
    images = images.to(segmenter.device, memory_format=torch.channels_last)
    ready = now(segmenter.device)
    dtype = inference_dtype(segmenter.device)
    network = prepared(segmenter.network, segmenter.device, dtype)
    with autocast(segmenter.device, dtype):
        score_map = network.score_map(images)[0].float().contiguous()
    done = now(segmenter.device)
    return Segmentation(
        checkpoint=segmenter.checkpoint,
        photo=capped,
        photo_size=_size(whole),
        input_size=(images.shape[2], images.shape[3]),
        device=segmenter.device,
        score_map=score_map,
        output_stride=segmenter.network.output_stride,
        milliseconds={"preprocess": ready - began, "network": done - ready},
    )


def enlarge(segmenter: Segmenter, segmentation: Segmentation) -> Segmentation:
    """Upsample the score map to probabilities for every pixel: the second stage."""
    if segmentation.fell_back_to_cpu:  # the stage before had to leave the GPU
        segmenter = _on_cpu(segmenter)
    return _or_on_cpu(
        lambda: _enlarge(segmenter.network, segmentation),
        lambda: _enlarge(_on_cpu(segmenter).network, _moved_to_cpu(segmentation)),
    )


@torch.inference_mode()
def _enlarge(network: SegmentationNetwork, segmentation: Segmentation) -> Segmentation:
    began = now(segmentation.device)
    size = _size(segmentation.photo)
    probabilities = upsample.to_photo_size(
        network, segmentation.score_map, segmentation.input_size, size
    )
    if not probabilities.is_cuda:  # the CRF knows CPU and CUDA, but not mps
        probabilities = probabilities.cpu()
    spent = now(segmentation.device) - began
    milliseconds = {**segmentation.milliseconds, "upsample": spent}
    return replace(segmentation, probabilities=probabilities, milliseconds=milliseconds)


def refine(segmentation: Segmentation, crf: Crf) -> Iterator[Segmentation]:
    """Yield the segmentation after each CRF iteration: the last stages, no network needed.

    An earlier CRF's results are forgotten. `crf` is what `Segmenter.stages` takes; without one,
    nothing comes.
    """
    settings = crf_settings(segmentation.checkpoint, crf)
    segmentation = _without_crf(segmentation)
    if settings is None:
        return
    done = 0
    try:
        for step in _refine(segmentation, settings):
            yield step
            done += 1
        return
    except torch.OutOfMemoryError:
        dense_crf.forget()
    yield from islice(_refine(_moved_to_cpu(segmentation), settings), done, None)


def refined(segmentation: Segmentation, crf: Crf) -> Segmentation:
    """Return the last of `refine`, or, where nothing comes of it, what it was given.

    This is for all who do not show each iteration: it takes less time.
    """
    settings = crf_settings(segmentation.checkpoint, crf)
    segmentation = _without_crf(segmentation)
    if settings is None:
        return segmentation

    def instead() -> Segmentation:
        dense_crf.forget()
        return _refined(_moved_to_cpu(segmentation), settings)

    return _or_on_cpu(lambda: _refined(segmentation, settings), instead)


def _without_crf(segmentation: Segmentation) -> Segmentation:
    milliseconds = {key: ms for key, ms in segmentation.milliseconds.items() if key != "crf"}
    return replace(
        segmentation, crf=None, crf_engine=None, refined=None, history=(), milliseconds=milliseconds
    )


def _refine(segmentation: Segmentation, crf: CrfSettings) -> Iterator[Segmentation]:
    began = now(segmentation.device)
    given = segmentation.final
    engine = dense_crf.engine_for(given)
    for refined in dense_crf.mean_field(given, segmentation.photo, crf, engine):
        spent = now(segmentation.device) - began
        segmentation = replace(
            segmentation,
            crf=crf,
            crf_engine=engine,
            refined=refined,
            history=(*segmentation.history, upsample.argmax(refined)),
            milliseconds={**segmentation.milliseconds, "crf": spent},
        )
        yield segmentation
        began = now(segmentation.device) - spent  # what the caller did between is not the CRF's


def _refined(segmentation: Segmentation, crf: CrfSettings) -> Segmentation:
    began = now(segmentation.device)
    result = dense_crf.refine(segmentation.final, segmentation.photo, crf)
    spent = now(segmentation.device) - began
    return replace(
        segmentation,
        crf=crf,
        crf_engine=result.engine,
        refined=result.probabilities,
        history=tuple(result.labels),
        milliseconds={**segmentation.milliseconds, "crf": spent},
    )


def _or_on_cpu(
    attempt: Callable[[], Segmentation], instead: Callable[[], Segmentation]
) -> Segmentation:
    """Return what `attempt` gives, or, if the GPU's memory does not suffice, what `instead` does.

    The second says so, by `fell_back_to_cpu`.
    """
    try:
        return attempt()
    except torch.OutOfMemoryError:
        pass  # left first: as long as the error is there, so is what the attempt had allocated
    make_room()
    return replace(instead(), fell_back_to_cpu=True)


def _on_cpu(segmenter: Segmenter) -> Segmenter:
    """Return the segmenter with its network on the CPU."""
    network = loader.on_cpu(segmenter.checkpoint, segmenter.network)
    return replace(segmenter, network=network, device="cpu")


def _moved_to_cpu(segmentation: Segmentation) -> Segmentation:
    """Return the segmentation with all it holds in the processor's memory, and saying so."""
    make_room()
    held = {name: getattr(segmentation, name) for name in ("score_map", "probabilities", "refined")}
    moved = {name: each.cpu() for name, each in held.items() if isinstance(each, Tensor)}
    return replace(segmentation, device="cpu", fell_back_to_cpu=True, **moved)


def _size(photo: np.ndarray) -> tuple[int, int]:
    return photo.shape[0], photo.shape[1]
