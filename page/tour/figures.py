"""What a figure of the tour needs a network for, or a CRF: on the photo that is chosen.

All of it is bounded: the photo is worked on at `SIDE` pixels, results and maps are kept in caches
of limited size, and one visitor's newer wish of a kind ends the older.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from seg_models import mean_field
from seg_models.evaluation import metrics
from seg_models.evaluation.labelled_photos import read_ground_truth
from seg_models.explain import decoder_activations
from seg_models.explain.ablate import CRF_KERNELS, ablate, ablate_crf
from seg_models.explain.crf_message import crf_message
from seg_models.explain.receptive_field import receptive_field
from seg_models.labels import renumbered
from seg_models.specs import Checkpoint, CrfSettings
from seg_models.upsample import argmax
from seg_models.visualize.segmentation import Segmentation

from ..segment import photos
from ..segment.pictures import cells, packed
from ..server.turns import Work, turn
from . import stock
from .asked import checkpoint_of, index, names, number, photo_of

SIDE = 480  # pixels: the photo's longer side in every figure
MOST = 10  # iterations of the CRF
PARTS = (9, 12)  # rows and columns of the photo's parts, whose share of a message is told
SHARE = 0.95  # of the influence, within the square that says how far a score sees in practice
BRIGHTEST = 0.998  # quantile of the influence that is drawn as the most
RANGES = {"weight": (0.0, 20.0), "reach": (0.5, 200.0)}
Answer = Iterator[dict[str, Any]]


def truth(asked: dict[str, Any], work: Work, language: str) -> Answer:
    """Yield the true labels of an example at the figures' size, or none: "labels" is None."""
    photo = photo_of(asked)
    labels = None
    if photo.example and photo.example.truth:
        labels = packed(cells(read_ground_truth(photo.example.truth), _size(photo.pixels)))
    yield {"kind": "truth", "labels": labels, "size": _size(photo.pixels)[::-1]}


def run(asked: dict[str, Any], work: Work, language: str) -> Answer:
    """Yield what a network makes of a photo, with what `off` names switched off.

    Args:
        asked: "photo", "model", "off" (of `ablations`).
        work: To be given up when nobody waits for it.
        language: In which errors are told.
    """
    checkpoint = checkpoint_of(asked)
    with turn(work):
        segmentation = segmented(photo_of(asked), checkpoint, names(asked, "off"))
    labels = argmax(segmentation.probabilities).numpy()
    yield {
        "kind": "run",
        "labels": packed(labels),
        "cells": packed(argmax(segmentation.score_map).numpy()),
        "stride": segmentation.output_stride,
        "seen": segmentation.input_size[::-1],
        "milliseconds": segmentation.milliseconds["network"],
        **_scores(asked, checkpoint, labels),
    }


def segmented(photo: photos.Photo, checkpoint: Checkpoint, off: tuple[str, ...]) -> Segmentation:
    """Return the photo's segmentation before any CRF, computed now or remembered."""
    key = photo.key, checkpoint, off

    def compute() -> Segmentation:
        segmenter = stock.segmenter(checkpoint)
        segmenter = replace(segmenter, network=ablate(segmenter.network, *off))
        return segmenter.segment(stock.capped(photo, SIDE))

    return stock.RESULTS.get(key, compute)


def _scores(asked: dict[str, Any], checkpoint: Checkpoint, labels: np.ndarray) -> dict[str, Any]:
    """Return the IoU of each class and their mean, where the truth is at hand."""
    example = photo_of(asked).example
    where = example and example.truth and example.positions(checkpoint)
    if not where:
        return {"miou": None, "iou": None}
    true = renumbered(cells(read_ground_truth(example.truth), labels.shape), where)
    found = metrics.scores(metrics.confusion(labels, true, len(checkpoint.labels.classes)))
    return {"miou": found.miou, "iou": found.iou}


def growth(asked: dict[str, Any], work: Work, language: str) -> Answer:
    """Yield a decoder's maps from coarse to fine, one unit each: "label" is a class, or -1."""
    checkpoint, photo = checkpoint_of(asked), photo_of(asked)
    label = index(asked, "label", len(checkpoint.labels.classes), least=-1)
    with turn(work):
        segmenter, images = stock.prepared(checkpoint, photo, SIDE)
        found = decoder_activations.growth(segmenter.network, images, None if label < 0 else label)
    yield {
        "kind": "growth",
        "maps": [
            {
                "layer": each.layer,
                "unit": each.unit + 1,
                "units": each.units,
                "most": float(each.values.max()),
                "filled": float((each.values > 0).mean()),
                "levels": packed(stock.levels(each.values)),
            }
            for each in found.activations
        ],
    }


def field(asked: dict[str, Any], work: Work, language: str) -> Answer:
    """Yield which pixels decide the score at "x", "y" (0 to 1), with "off" switched off."""
    checkpoint, photo = checkpoint_of(asked), photo_of(asked)
    with turn(work):
        segmenter, images = stock.prepared(checkpoint, photo, SIDE)
        height, width = images.shape[2:]
        pixel = (
            min(int(number(asked, "x", 0, 1) * width), width - 1),
            min(int(number(asked, "y", 0, 1) * height), height - 1),
        )
        network = ablate(segmenter.network, *names(asked, "off"))
        found = receptive_field(network, images, pixel)
    most = np.quantile(found.influence, BRIGHTEST) or found.influence.max()
    yield {
        "kind": "field",
        "levels": packed(stock.levels(np.sqrt(found.influence / (most or 1)), 1.0)),
        "size": (width, height),
        "pixel": pixel,
        "possible": found.possible,
        "within": found.within(SHARE),
        "label": found.label,
    }


def crf(asked: dict[str, Any], work: Work, language: str) -> Answer:
    """Yield labels and one class's probability before the CRF and after each iteration.

    Args:
        asked: "photo", "model", "label" (a class), "off" (CRF kernels), "settings".
        work: To be given up when nobody waits for it, between two iterations.
        language: In which errors are told.
    """
    checkpoint = checkpoint_of(asked)
    label = index(asked, "label", len(checkpoint.labels.classes))
    settings = crf_settings(checkpoint, asked)
    with turn(work):
        segmentation = segmented(photo_of(asked), checkpoint, ())
        yield _iteration(0, segmentation.probabilities, label, asked, checkpoint)
        steps = mean_field(segmentation.probabilities, segmentation.photo, settings)
        for done, probabilities in enumerate(steps, 1):
            work.check()
            yield _iteration(done, probabilities, label, asked, checkpoint)
    yield {"kind": "done"}


def _iteration(
    done: int, probabilities: torch.Tensor, label: int, asked: dict, checkpoint: Checkpoint
) -> dict[str, Any]:
    labels = argmax(probabilities).numpy()
    levels = stock.levels(probabilities[label].cpu().numpy(), 1.0)
    return {
        "kind": "iteration",
        "iteration": done,
        "labels": packed(labels),
        "levels": packed(levels),
        **_scores(asked, checkpoint, labels),
    }


def message(asked: dict[str, Any], work: Work, language: str) -> Answer:
    """Yield what the pixel at "x", "y" hears in the CRF's iteration number "iteration"."""
    checkpoint = checkpoint_of(asked)
    classes = checkpoint.labels.classes
    settings = crf_settings(checkpoint, asked)
    iteration = index(asked, "iteration", MOST + 1, least=1)
    label = index(asked, "label", len(classes))
    with turn(work):
        segmentation = segmented(photo_of(asked), checkpoint, ())
        prior = before = segmentation.probabilities.cpu()
        height, width = prior.shape[1:]
        # The lattice engine, each class by itself: whose sum is taken apart.
        steps = mean_field(
            prior, segmentation.photo, replace(settings, iterations=iteration), "lattice", 0
        )
        for done, after in enumerate(steps, 1):
            work.check()
            if done < iteration:
                before = after
        pixel = index(asked, "x", width), index(asked, "y", height)
        found = crf_message(prior, before, segmentation.photo, settings, pixel, label, PARTS)
    yield {
        "kind": "message",
        "prior": found.prior.tolist(),
        "appearance": found.appearance.tolist(),
        "smoothness": found.smoothness.tolist(),
        "marginals": found.marginals.tolist(),
        "engine": after[:, pixel[1], pixel[0]].tolist(),
        "label": label,
        "parts": found.parts.tolist(),
    }


def crf_settings(checkpoint: Checkpoint, asked: dict[str, Any]) -> CrfSettings:
    """Return the checkpoint's CRF with the settings and kernels that were asked for."""
    given = asked.get("settings")
    given = given if isinstance(given, dict) else {}
    changes = {
        f"{kernel}_{part}": number(given, f"{kernel}_{part}", *RANGES[part])
        for kernel in (*CRF_KERNELS, "colour")
        for part in RANGES
        if f"{kernel}_{part}" in given and hasattr(checkpoint.crf, f"{kernel}_{part}")
    }
    settings = replace(checkpoint.crf, **changes, iterations=MOST)
    return ablate_crf(settings, *names(asked, "off"))


def _size(photo: np.ndarray) -> tuple[int, int]:
    return stock.size(photo, SIDE)
