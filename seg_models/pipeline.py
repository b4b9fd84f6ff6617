"""A photo's way through the network: preprocess, score map, upsampling, CRF, stage by stage."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from . import crf as dense_crf
from . import preprocess, upsample
from .checkpoints import loader, registry
from .device import choose_device, inference_dtype, now, on_cpu, or_on_cpu
from .networks.precision import keep_weights_in_bfloat16
from .specs import Checkpoint, CrfSettings, Segmentation

WORKING_SIDE = 1024  # pixels; every stage works on the photo capped to this long side
Photo = str | os.PathLike | Image.Image | np.ndarray


@dataclass(frozen=True)
class Segmenter:
    """A trained network on a device, ready for photos.

    >>> segmenter = load("deeplab_v3-animals")
    >>> segmentation = segmenter.segment("cat.jpg", CrfSettings(iterations=5))
    >>> labels(segmentation)  # (H, W) uint8 class indices at the photo's own size
    """

    checkpoint: Checkpoint
    network: nn.Module
    device: str

    def stages(
        self, photo: Photo, crf: CrfSettings | None = None, working_side: int = WORKING_SIDE
    ) -> Iterator[Segmentation]:
        """Yield what is known after the score map, the upsampling, and each CRF iteration.

        Each is the one before and a little more; without `crf`, or with 0 iterations, the
        upsampled probabilities are the last word.

        Raises:
            ValueError: If `photo` cannot be read (see `preprocess.open_photo`).
        """
        segmentation = score(self, photo, working_side)
        yield segmentation
        segmentation = enlarge(self.network, segmentation)
        yield segmentation
        yield from refine(segmentation, crf)

    def segment(
        self, photo: Photo, crf: CrfSettings | None = None, working_side: int = WORKING_SIDE
    ) -> Segmentation:
        """Return the last of `stages`, sooner than by going through them."""
        return refined(enlarge(self.network, score(self, photo, working_side)), crf)


def load(name: str | Checkpoint, device: str = "auto") -> Segmenter:
    """Return the checkpoint called `name` on `device` ("auto", "cpu" or "cuda").

    One from outside the zoo comes from `open_checkpoint`. The last few are kept in memory.

    Raises:
        ValueError: If there is no such checkpoint or device.
        WeightsError: If its weights cannot be had.
    """
    device = choose_device(device)
    checkpoint = name if isinstance(name, Checkpoint) else registry.find(name)
    return Segmenter(checkpoint, loader.network(checkpoint, device), device)


def score(segmenter: Segmenter, photo: Photo, working_side: int = WORKING_SIDE) -> Segmentation:
    """Open and cap the photo, and run the network: the first stage, a score map.

    Where a GPU's memory does not suffice, this stage and all after it are done on the CPU.
    """
    if working_side < 1:
        raise ValueError(f"working_side is {working_side}; at least 1 pixel is needed")

    def instead() -> Segmentation:
        network = loader.network(segmenter.checkpoint, "cpu")
        return _score(replace(segmenter, network=network, device="cpu"), photo, working_side)

    return or_on_cpu(lambda: _score(segmenter, photo, working_side), instead)


@torch.inference_mode()
def _score(segmenter: Segmenter, photo: Photo, working_side: int) -> Segmentation:
    began = now(segmenter.device)
    whole = preprocess.open_photo(photo)
    capped = preprocess.cap(whole, working_side)
    images = preprocess.images(capped, segmenter.checkpoint.preprocessing)
    images = images.to(segmenter.device, memory_format=torch.channels_last)
    ready = now(segmenter.device)
    dtype = inference_dtype(segmenter.device)
    network = segmenter.network
    if dtype == torch.bfloat16:
        network = keep_weights_in_bfloat16(network, segmenter.device)
    with torch.autocast(segmenter.device, dtype, enabled=dtype != torch.float32):
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


def enlarge(network: nn.Module, segmentation: Segmentation) -> Segmentation:
    """Upsample the score map to probabilities for every pixel: the second stage."""
    checkpoint = segmentation.checkpoint
    if segmentation.fell_back_to_cpu:  # the stage before had to leave the GPU
        network = loader.network(checkpoint, "cpu")
    return or_on_cpu(
        lambda: _enlarge(network, segmentation),
        lambda: _enlarge(loader.network(checkpoint, "cpu"), on_cpu(segmentation)),
    )


@torch.inference_mode()
def _enlarge(network: nn.Module, segmentation: Segmentation) -> Segmentation:
    began = now(segmentation.device)
    size = _size(segmentation.photo)
    probabilities = upsample.to_photo_size(
        network, segmentation.score_map, segmentation.input_size, size
    )
    spent = now(segmentation.device) - began
    milliseconds = {**segmentation.milliseconds, "upsample": spent}
    return replace(segmentation, probabilities=probabilities, milliseconds=milliseconds)


def refine(segmentation: Segmentation, crf: CrfSettings | None) -> Iterator[Segmentation]:
    """Yield the segmentation after each CRF iteration: the last stages, no network needed.

    An earlier CRF's results are forgotten; without `crf`, or with 0 iterations, nothing comes.
    """
    segmentation = _without_crf(segmentation)
    if crf is None or crf.iterations == 0:
        return
    done = 0
    try:
        for step in _refine(segmentation, crf):
            yield step
            done += 1
        return
    except torch.OutOfMemoryError:
        dense_crf.forget()
    yield from islice(_refine(on_cpu(segmentation), crf), done, None)


def refined(segmentation: Segmentation, crf: CrfSettings | None) -> Segmentation:
    """Return the last of `refine`, or, where nothing comes of it, what it was given.

    This is for all who do not show each iteration: it takes less time.
    """
    segmentation = _without_crf(segmentation)
    if crf is None or crf.iterations == 0:
        return segmentation

    def instead() -> Segmentation:
        dense_crf.forget()
        return _refined(on_cpu(segmentation), crf)

    return or_on_cpu(lambda: _refined(segmentation, crf), instead)


def _without_crf(segmentation: Segmentation) -> Segmentation:
    milliseconds = {key: ms for key, ms in segmentation.milliseconds.items() if key != "crf"}
    return replace(
        segmentation, crf=None, crf_engine=None, refined=None, history=(), milliseconds=milliseconds
    )


def _refine(segmentation: Segmentation, crf: CrfSettings) -> Iterator[Segmentation]:
    began = now(segmentation.device)
    given = segmentation.probabilities
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
    result = dense_crf.refine(segmentation.probabilities, segmentation.photo, crf)
    spent = now(segmentation.device) - began
    return replace(
        segmentation,
        crf=crf,
        crf_engine=result.engine,
        refined=result.probabilities,
        history=tuple(result.labels),
        milliseconds={**segmentation.milliseconds, "crf": spent},
    )


def labels(segmentation: Segmentation) -> np.ndarray:
    """Return the final class indices, `(H, W)` uint8, at the photo's own size."""
    return upsample.labels_at(final(segmentation), segmentation.photo_size)


def final(segmentation: Segmentation) -> Tensor:
    """Return the latest probabilities, `(C, H, W)` at working size: refined, if there was a CRF."""
    if segmentation.refined is not None:
        return segmentation.refined
    if segmentation.probabilities is None:
        raise ValueError("this segmentation has only a score map; give it to pipeline.enlarge")
    return segmentation.probabilities


def _size(photo: np.ndarray) -> tuple[int, int]:
    return photo.shape[0], photo.shape[1]
