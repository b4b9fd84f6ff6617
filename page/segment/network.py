"""The network's part of a result, on whatever computes it: this machine, or a Space's shared GPU.

On ZeroGPU a GPU is there only inside functions that `spaces.GPU` wraps, which run in a process of
their own: what they give back must not lie on the GPU. The CRF stays outside, on the processor.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

try:
    import spaces  # before torch, which it changes on ZeroGPU
except ImportError:
    spaces = None

from seg_models import pipeline
from seg_models.checkpoints import registry
from seg_models.pipeline import WORKING_SIDE, Photo, Segmenter
from seg_models.specs import Checkpoint, CrfSettings
from seg_models.visualize.segmentation import Segmentation

SECONDS = 15  # of the GPU at most: what a visitor's quota is charged beforehand
ZERO_GPU = spaces is not None and os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "true")


def stages(
    model: str | Checkpoint, photo: Photo, working_side: int = WORKING_SIDE
) -> Iterator[Segmentation]:
    """Yield the result after the score map and after the upsampling.

    Raises:
        ValueError: If there is no such checkpoint or `photo` cannot be read.
        WeightsError: If the weights cannot be had.
    """
    checkpoint = registry.find(model) if isinstance(model, str) else model
    segmenter = resident().get(checkpoint.name)
    if segmenter is None or segmenter.checkpoint != checkpoint:  # a visitor's may be called alike
        segmenter = pipeline.load(checkpoint)
    segmentation = pipeline.score(segmenter, photo, working_side)
    yield _carried(segmentation)
    yield _carried(pipeline.enlarge(segmenter, segmentation))


if ZERO_GPU:
    stages = spaces.GPU(duration=SECONDS)(stages)


def steps(
    model: str | Checkpoint, photo: Photo, crf: CrfSettings, working_side: int = WORKING_SIDE
) -> Iterator[Segmentation]:
    """Do as `stages`, and yield the result after each of the CRF's iterations, too."""
    for segmentation in stages(model, photo, working_side):
        yield segmentation
    yield from pipeline.refine(segmentation, crf)


def segment(model: str | Checkpoint, photo: Photo, crf: CrfSettings) -> Segmentation:
    """Return the last of `steps`, sooner than by going through them."""
    *_, segmentation = stages(model, photo)
    return pipeline.refined(segmentation, crf)


@lru_cache(maxsize=1)
def resident() -> dict[str, Segmenter]:
    """Return the networks that stay loaded: on ZeroGPU all that are here, elsewhere none.

    There they must be on the GPU before the first function that uses it is called.
    """
    known = [each.name for each in registry.checkpoints() if each.embedded] if ZERO_GPU else []
    return {name: pipeline.load(name) for name in known}


def _carried(segmentation: Segmentation) -> Segmentation:
    """Return the result fit to leave the GPU's process; elsewhere as it is."""
    if not ZERO_GPU:
        return segmentation
    probabilities = segmentation.probabilities
    return replace(
        segmentation,
        device="cpu",  # where the rest of the way is gone
        score_map=segmentation.score_map.cpu(),
        probabilities=None if probabilities is None else probabilities.cpu(),
    )
