"""Fit, for each checkpoint, the notice that a photo is unlike those that it learnt from.

    .venv/bin/python -m scripts.calibrate_familiarity --data DIR [--limit 90] [NAME ...]

DIR holds `<domain>/val/images` of several domains. Of a checkpoint's own domain and of another one
as many photos are taken; ten times a half of both fits a logistic regression and the other half
measures it. What is said below, and kept in page/segment/familiarity.json, is the mean of these;
the regression that is kept is fitted to all. Checkpoints not named keep what they have.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from page.segment.familiarity import FITTED, Familiarity, calibrations, statistics
from seg_models import pipeline, preprocess
from seg_models.checkpoints import registry
from seg_models.specs import Checkpoint

STREETS = "camvid"
THINGS = ("everyday", "animals")  # the first that is there stands against streets
PENALTY = 3.0  # of the squared weights: there are few photos
QUANTILE = 0.98  # of the own domain's photos that are to pass
ROUNDS = 10


def main() -> None:
    """Fit, tell the rates, and keep them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="checkpoints; all that are embedded, if none")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=90, help="photos of each domain")
    chosen = parser.parse_args()
    found = [each for each in registry.checkpoints() if each.embedded]
    wanted = [each for each in found if not chosen.names or each.name in chosen.names]
    known = {each.name for each in found}
    fitted = {name: each for name, each in calibrations().items() if name in known}
    print(f"{'checkpoint':28} {'photos':>6} {'false alarms':>13} {'caught':>7}")
    for checkpoint in wanted:
        folders = own_and_other(checkpoint.domain, chosen.data)
        if folders is None:
            print(f"{checkpoint.name:28} no photos of its domain and of another in {chosen.data}")
            continue
        own, other = (described(checkpoint, photos(each, chosen.limit)) for each in folders)
        fitted[checkpoint.name] = calibrated(checkpoint, own, other)
        rates = fitted[checkpoint.name]
        print(
            f"{checkpoint.name:28} {rates.photos:6} {100 * rates.false_alarms:12.1f}% "
            f"{100 * rates.caught:6.1f}%",
            flush=True,
        )
        text = json.dumps({name: asdict(each) for name, each in sorted(fitted.items())}, indent=1)
        FITTED.write_text(text + "\n", encoding="utf-8")


def own_and_other(domain: str, data: Path) -> tuple[Path, Path] | None:
    """Return the folders of the domain's photos and of another's, if both are there."""
    others = THINGS if domain == STREETS else (STREETS,)
    there = [data / each / "val" / "images" for each in (domain, *others)]
    own, *rest = there
    other = next((each for each in rest if each.is_dir()), None)
    return (own, other) if own.is_dir() and other else None


def photos(folder: Path, limit: int) -> list[Path]:
    """Return so many of a folder's photos, evenly from all of it."""
    found = sorted(each for each in folder.iterdir() if not each.name.startswith("."))
    number = min(limit, len(found))
    return [found[index * len(found) // number] for index in range(number)]


@torch.inference_mode()
def described(checkpoint: Checkpoint, paths: list[Path]) -> np.ndarray:
    """Return the statistics of each photo's scores, `(photos, 3 C + 8)`."""
    network = pipeline.load(checkpoint, "cpu").network
    rows = []
    for path in paths:
        images = preprocess.images(preprocess.open_photo(path), checkpoint.preprocessing)
        rows.append(statistics(network.score_map(images)[0]))
    return np.stack(rows)


def calibrated(checkpoint: Checkpoint, own: np.ndarray, other: np.ndarray) -> Familiarity:
    """Return the calibration, with the rates of halves that had no say in it."""
    random = np.random.default_rng(0)
    rates = []
    for _ in range(ROUNDS):
        (fit_own, held_own), (fit_other, held_other) = (
            np.array_split(random.permutation(each), 2) for each in (own, other)
        )
        weights, bias = fit(fit_own, fit_other)
        rates.append([(held @ weights + bias > 0).mean() for held in (held_own, held_other)])
    false_alarms, caught = np.mean(rates, 0)
    weights, bias = fit(own, other)
    return Familiarity(
        checkpoint.sha256,
        tuple(float(f"{each:.6g}") for each in weights),
        float(f"{bias:.6g}"),
        round(float(false_alarms), 4),
        round(float(caught), 4),
        len(own),
    )


def fit(own: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, float]:
    """Return weights and bias of a logistic regression, the bias set so that `own` passes.

    Newton's method; `QUANTILE` of `own`, and all that is likelier own than other, is not strange.
    """
    rows = np.concatenate([own, other])
    mean, scale = rows.mean(0), rows.std(0) + 1e-6
    inputs = np.c_[(rows - mean) / scale, np.ones(len(rows))]
    truth = np.r_[np.zeros(len(own)), np.ones(len(other))]
    weights = np.zeros(inputs.shape[1])
    penalty = PENALTY * np.r_[np.ones(len(weights) - 1), 1e-6]
    for _ in range(30):
        likely = 1 / (1 + np.exp(-np.clip(inputs @ weights, -30, 30)))
        slope = inputs.T @ (likely - truth) + penalty * weights
        bend = (inputs.T * (likely * (1 - likely))) @ inputs + np.diag(penalty + 1e-9)
        weights = weights - np.linalg.solve(bend, slope)
    own_weights = weights[:-1] / scale
    bias = weights[-1] - mean @ own_weights
    return own_weights, bias - max(0.0, float(np.quantile(own @ own_weights + bias, QUANTILE)))


if __name__ == "__main__":
    main()
