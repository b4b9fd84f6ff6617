"""The mask forming, as a film: photo, score map, upsampling, and each iteration of the CRF."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from seg_models import preprocess
from seg_models.specs import LabelSet
from seg_models.upsample import argmax
from seg_models.visualize import draw
from seg_models.visualize.segmentation import Segmentation

from ..models import catalogue
from .pictures import cells

SIDE = 640  # pixels
BEAT, PAUSE = 350, 1400  # milliseconds that an iteration is shown, and the first and last picture


def gif(segmentation: Segmentation, safe: bool) -> bytes:
    """Return the film as an animated GIF that repeats.

    Args:
        segmentation: With its CRF's history.
        safe: Whether in colours that every eye tells apart.
    """
    frames = [Image.fromarray(each) for each in pictures(segmentation, safe)]
    durations = [PAUSE, PAUSE, PAUSE, *[BEAT] * (len(frames) - 3)]
    durations[-1] = 2 * PAUSE
    # One palette for all: with one each the photo would flicker.
    palette = frames[-1].quantize(255, dither=Image.Dither.NONE)
    drawn = [each.quantize(palette=palette, dither=Image.Dither.NONE) for each in frames]
    buffer = io.BytesIO()
    drawn[0].save(buffer, "GIF", save_all=True, append_images=drawn[1:], duration=durations, loop=0)
    return buffer.getvalue()


def pictures(segmentation: Segmentation, safe: bool) -> list[np.ndarray]:
    """Return the film's pictures, `(H, W, 3)` uint8: the photo alone comes first."""
    photo = preprocess.cap(segmentation.photo, SIDE)
    size = photo.shape[:2]
    label_set: LabelSet = catalogue.palette(segmentation.checkpoint, safe)
    stages = [argmax(segmentation.score_map), argmax(segmentation.probabilities)]
    labels = [cells(np.asarray(each), size) for each in (*stages, *segmentation.history)]
    return [photo, *(draw.overlay(photo, each, label_set) for each in labels)]
