"""Which CRF settings help a domain: a sweep over val, and a table that says so.

Run as `python -m seg_models.training.crf_search NAME --data DIR`, DIR holding images/ and labels/.
The test split is never looked at.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from .. import pipeline
from ..crf import mean_field
from ..evaluation import labelled_photos, metrics
from ..specs import CrfSettings

AFTER = (1, 2, 3, 5, 10)  # iterations that are scored
# Reaches come first: their lattice serves every pair of weights.
REACHES = tuple(itertools.product((20.0, 40.0, 80.0), (4.0, 8.0, 13.0)))  # pixels, levels
WEIGHTS = ((1.0, 0.5), (2.0, 1.0), (4.0, 1.0), (5.0, 3.0))  # w1, w2

SHOWN = (
    "iterations", "appearance_weight", "appearance_reach", "colour_reach", "smoothness_weight",
)  # fmt: skip


@dataclass(frozen=True)
class Example:
    """A val photo with what the network says of it and the ground truth."""

    photo: np.ndarray  # (H, W, 3) uint8
    probabilities: Tensor  # (C, H, W) float16: val as a whole has to fit in memory
    ground_truth: np.ndarray  # (H, W) uint8


def candidates(normalisation: str) -> Iterator[CrfSettings]:
    """Yield the settings of the sweep, those that share a lattice one after another."""
    for (appearance, colour), (strength, smoothness) in itertools.product(REACHES, WEIGHTS):
        yield CrfSettings(
            iterations=AFTER[-1],
            appearance_weight=strength,
            appearance_reach=appearance,
            colour_reach=colour,
            smoothness_weight=smoothness,
            normalisation=normalisation,
        )


def examples(segmenter: pipeline.Segmenter, folder: Path, limit: int) -> list[Example]:
    """Return up to `limit` photos of `folder`, evenly spread, each through the network once."""
    found = labelled_photos.pairs(folder)
    chosen = found[:: max(1, len(found) // limit)][:limit]
    prepared = []
    for photo_path, ground_truth_path in tqdm(chosen, desc="network", unit="photo", disable=None):
        result = segmenter.segment(photo_path)
        prepared.append(
            Example(
                result.photo,
                result.probabilities.half().cpu(),
                labelled_photos.read_ground_truth(ground_truth_path),
            )
        )
    return prepared


@torch.inference_mode()
def sweep(prepared: list[Example], tried: list[CrfSettings]) -> list[dict]:
    """Return a row per settings and number of iterations, the best mIoU first.

    The first row of all without a CRF is there too, with `iterations` 0.
    """
    classes = len(prepared[0].probabilities)
    totals: dict[CrfSettings, np.ndarray] = {}
    for example in tqdm(prepared, desc="CRF", unit="photo", disable=None):
        probabilities = example.probabilities.float()
        _add(totals, CrfSettings(iterations=0), probabilities, example.ground_truth, classes)
        for settings in tried:
            steps = mean_field(probabilities, example.photo, settings)
            for iteration, refined in enumerate(steps, start=1):
                if iteration in AFTER:
                    shortened = replace(settings, iterations=iteration)
                    _add(totals, shortened, refined, example.ground_truth, classes)
    rows = []
    for settings, confusion in totals.items():
        scores = metrics.scores(confusion)
        rows.append(asdict(settings) | {"miou": scores.miou, "accuracy": scores.pixel_accuracy,
                                        "iou": scores.iou})  # fmt: skip
    return sorted(rows, key=lambda row: -row["miou"])


def _add(totals, settings, probabilities: Tensor, ground_truth: np.ndarray, classes: int) -> None:
    counts = metrics.confusion(probabilities.argmax(0).cpu().numpy(), ground_truth, classes)
    totals[settings] = totals.get(settings, 0) + counts


def main() -> None:
    """Sweep, print the best and the worst, and write every row as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="the checkpoint whose scores are refined")
    parser.add_argument("--data", type=Path, required=True, help="val: images/ and labels/")
    parser.add_argument("--limit", type=int, default=30, help="photos (default 30)")
    parser.add_argument("--normalisation", default="symmetric", choices=("symmetric", "after"))
    parser.add_argument("--out", type=Path, required=True, help="the table, as JSON")
    chosen = parser.parse_args()
    prepared = examples(pipeline.load(chosen.name), chosen.data, chosen.limit)
    rows = sweep(prepared, list(candidates(chosen.normalisation)))
    chosen.out.write_text(json.dumps(rows, indent=1) + "\n")
    without = next(row for row in rows if row["iterations"] == 0)
    print(f"without CRF {without['miou']:.4f}")
    for row in [*rows[:8], rows[-1]]:
        gain = row["miou"] - without["miou"]
        print(f"{row['miou']:.4f} {gain:+.4f}  " + "  ".join(f"{key} {row[key]}" for key in SHOWN))


if __name__ == "__main__":
    main()
