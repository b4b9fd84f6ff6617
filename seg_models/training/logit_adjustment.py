"""Rare classes: how much the loss makes of them, and how readily finished scores choose them.

The most probable class is not the choice of best IoU. A class gains by each pixel that it holds
with a probability above IoU / (1 + IoU), far below one half where it is hard to find (for F1, the
same order: Lipton, Elkan & Naryanaswamy, "Optimal Thresholding of Classifiers to Maximize F1
Measure", ECML 2014, arXiv:1402.1892). So each class's score gets an offset.

Offsets are found on val: of the photos it learnt from a network is too sure, and theirs gained 0.6
points of mIoU where those of other val photos gained 2.1 (SegNet; U-Net 0.6 and 2.7; CamVid). But
val's streets are training's neighbours, and what suits them costs on others: on 30 photos of
another source FCN-8s found people with an IoU of 5.7 % with all of its offsets, 8.7 with half and
13.5 without, while val's mIoU fell from 70.7 to 69.2 and 66.7. So half of them are given.

Run as `python -m seg_models.training.logit_adjustment NAME --data DIR`, DIR holding images/ and
labels/ of val, it finds a finished checkpoint's offsets anew, without training it. The figures in
config.json are not those of before: `evaluate --record` finds the new ones.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor
from tqdm import tqdm

from .. import pipeline
from ..checkpoints import registry, storage
from ..evaluation import labelled_photos, metrics
from ..evaluation.labelled_photos import INDICES, LabelForm, Pairs
from ..networks import SegmentationNetwork
from ..pipeline import Segmenter
from ..specs import VOID, WEIGHTS_FILE
from . import dataset

PIXELS = 8000  # of each photo
MOST = 400_000  # of all: offsets for 21 classes are otherwise looked for longer than they are worth
FOLDS = 3  # of the photos in their order: frames of one street lie side by side
SHARE = 0.5  # of the offsets that suit val best
LEAST = 1e-6  # of mIoU that is a gain
STRIDES = (1.0, 0.5, 0.25, 0.125)  # by which an offset is tried, in turn; e^0.125 is 1.13


def class_weights(data: dataset.Dataset, class_power: float, classes: int) -> Tensor:
    """Return what the loss weighs each class by: its frequency^-power, (C,), mean 1 over pixels."""
    frequencies = dataset.class_frequencies(data, classes)
    weights = frequencies.clamp(min=1e-5) ** -class_power
    return weights / (weights * frequencies).sum()


@dataclass(frozen=True)
class Pixels:
    """What a network says of some pixels, and the ground truth."""

    log_probabilities: Tensor  # (C, M)
    ground_truth: Tensor  # (M,) class indices
    fold: Tensor  # (M,) 0 .. FOLDS - 1, by photo

    def only(self, chosen: Tensor) -> Pixels:
        """Return those where `chosen` (M,) is true."""
        return Pixels(
            self.log_probabilities[:, chosen], self.ground_truth[chosen], self.fold[chosen]
        )


@dataclass(frozen=True)
class LogitAdjustment:
    """Offsets to the scores, and what they are worth."""

    offsets: Tensor  # (C,)
    gain: float  # of mIoU, 0-1, on the photos that they were found on
    held_out_gain: float  # on others: the mean over folds, each with offsets found on the rest


def sample(segmenter: Segmenter, found: Pairs, form: LabelForm = INDICES) -> Pixels:
    """Return pixels of labelled photos, whose labels are written down as `form` says."""
    random = np.random.default_rng(0)
    chances, truths, folds = [], [], []
    for index, (photo_path, ground_truth_path) in enumerate(
        tqdm(found, desc="adjusting", unit="photo", disable=None)
    ):
        ground_truth = labelled_photos.read_ground_truth(ground_truth_path, form)
        known = np.flatnonzero(ground_truth != VOID)
        count = min(PIXELS, len(known), max(1, MOST // len(found)))
        chosen = random.choice(known, count, replace=False)
        probabilities = _probabilities(segmenter, photo_path)
        chances.append(probabilities.flatten(1)[:, chosen].clamp(min=1e-8).log())
        truths.append(torch.from_numpy(ground_truth.flat[chosen]).long())
        folds.append(torch.full((len(chosen),), index * FOLDS // len(found)))
    return Pixels(torch.cat(chances, dim=1), torch.cat(truths), torch.cat(folds))


def _probabilities(segmenter: Segmenter, photo: Path) -> Tensor:
    """Return the network's answer `(C, H, W)` for a photo at its own size, on the CPU."""
    segmentation = segmenter.segment(photo)
    found, size = segmentation.probabilities.cpu(), segmentation.photo_size
    if tuple(found.shape[1:]) == size:
        return found
    return F.interpolate(found[None], size, mode="bilinear", align_corners=False)[0]


def find(pixels: Pixels) -> LogitAdjustment:
    """Return `SHARE` of the offsets of best mean IoU, and its gain; none of a single photo."""
    offsets, gains = SHARE * fit(pixels), []
    if len(pixels.fold.unique()) < 2:
        return no_adjustment(len(offsets))
    for fold in pixels.fold.unique():
        within = pixels.fold == fold
        gains.append(_gain(pixels.only(within), SHARE * fit(pixels.only(~within))))
    return LogitAdjustment(offsets, _gain(pixels, offsets), sum(gains) / len(gains))


def worthwhile(pixels: Pixels) -> LogitAdjustment:
    """Return what `find` does, or none if it would do worse on other photos: found on few."""
    found = find(pixels)
    return found if helps_others(found) else no_adjustment(len(found.offsets))


def helps_others(found: LogitAdjustment) -> bool:
    """Whether photos that the offsets were not found on gain by them, or lose nothing."""
    return found.held_out_gain >= 0


def no_adjustment(classes: int) -> LogitAdjustment:
    """Return offsets that change nothing."""
    return LogitAdjustment(torch.zeros(classes), 0.0, 0.0)


def fit(pixels: Pixels) -> Tensor:
    """Return the offset `(C,)` to each class's score by which the mean IoU is best.

    One class at a time, as long as anything is gained, by ever smaller steps. A class that does not
    occur keeps its score.
    """
    classes = len(pixels.log_probabilities)
    occurring = torch.eye(classes)[pixels.ground_truth.unique()]
    offsets = torch.zeros(classes)
    best = _miou(pixels, offsets)
    for stride in STRIDES:
        gained = True
        while gained:
            gained = False
            for change in stride * torch.cat([occurring, -occurring]):
                while (reached := _miou(pixels, offsets + change)) > best + LEAST:
                    offsets, best, gained = offsets + change, reached, True
    return offsets


def facts(found: LogitAdjustment, classes: Sequence[str]) -> dict[str, Any]:
    """Return what config.json says of it."""
    return {
        "logit_adjustment": dict(zip(classes, found.offsets.tolist(), strict=True)),
        "logit_adjustment_gain": round(found.gain, 4),
        "logit_adjustment_gain_held_out": round(found.held_out_gain, 4),
    }


@torch.no_grad()
def shift(network: SegmentationNetwork, offsets: Tensor) -> None:
    """Add to each class's score its offset `(C,)`, in place."""
    network.classifier.bias += offsets.to(network.classifier.bias.device)


def _gain(pixels: Pixels, offsets: Tensor) -> float:
    return _miou(pixels, offsets) - _miou(pixels, torch.zeros_like(offsets))


def _miou(pixels: Pixels, offsets: Tensor) -> float:
    labels = (pixels.log_probabilities + offsets[:, None]).max(0).indices
    classes = len(offsets)
    counts = (pixels.ground_truth * classes + labels).bincount(minlength=classes**2)
    return metrics.scores(counts.view(classes, classes).numpy()).miou


def readjust(name: str, folder: Path, device: str = "auto") -> dict[str, Any]:
    """Write the checkpoint called `name` with other offsets; return them and their gain.

    Args:
        name: A checkpoint of the zoo that was trained here.
        folder: Holds images/ and labels/, which the network has not learnt from.
        device: "auto", "cpu", "cuda", "cuda:1", ..., or "mps".

    Raises:
        ValueError: If the data are not laid out as needed.
        WeightsError: If its weights cannot be had.
    """
    segmenter = pipeline.load(name, device)
    checkpoint, network = segmenter.checkpoint, deepcopy(segmenter.network)
    segmenter = replace(segmenter, network=network)
    before = torch.tensor(list(checkpoint.training["logit_adjustment"].values()))
    shift(network, -before)
    adjustment = worthwhile(sample(segmenter, labelled_photos.pairs(folder)))
    shift(network, adjustment.offsets)
    sha256, size = storage.amend(network.state_dict(), checkpoint.folder / WEIGHTS_FILE)
    found = facts(adjustment, checkpoint.labels.classes)
    training = {**checkpoint.training, **found}
    renewed = replace(
        checkpoint, sha256=sha256, file_bytes=size, training=training, results={}, hub=None
    )
    registry.save(renewed)
    return found


def main() -> None:
    """Adjust a checkpoint anew and print what its scores now get."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="the checkpoint")
    parser.add_argument("--data", type=Path, required=True, help="val: images/ and labels/")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    chosen = parser.parse_args()
    print(json.dumps(readjust(chosen.name, chosen.data, chosen.device), indent=2))


if __name__ == "__main__":
    main()
