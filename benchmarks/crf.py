"""Speed of the CRF's lattice engine beside pydensecrf, in one process, turn by turn.

Times are the least of several turns, in milliseconds of processor time unless --wall is given,
so that other work on the machine disturbs both engines alike and as little as possible. A run is
set-up and ten iterations, each kept as labels. Of the lattice engine's runs, `first` knows
nothing, `same size` has met a photo of that size, `same photo` has met the photo.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from seg_models.crf import kernels, mean_field
from seg_models.crf.pydensecrf_engine import densecrf
from seg_models.specs import CrfSettings

PHOTO = Path(__file__).parents[1] / "tests" / "crf" / "photos" / "coffee.jpg"
STEP, RUN = "iteration", "run, "
KNOWN = {"first": kernels.forget, "same size": kernels.forget_photos, "same photo": lambda: None}


def main(arguments: list[str] | None = None) -> int:
    """Print a table with one row for each number of classes and task."""
    chosen = _parser().parse_args(arguments)
    if densecrf is None:
        raise ValueError("this benchmark needs pydensecrf: pip install pydensecrf2==1.1")
    torch.set_num_threads(chosen.threads)
    # Any network frees tensors of this size before the CRF's turn. Once it has seen that, glibc
    # keeps freed memory; before, it returns it to the system and has it zeroed again each time.
    torch.ones(8_000_000)
    picture = np.array(Image.open(chosen.photo).convert("RGB"))
    settings = CrfSettings(
        appearance_reach=chosen.appearance_reach, colour_reach=chosen.colour_reach
    )
    clock = time.perf_counter if chosen.wall else time.process_time
    size = f"{picture.shape[1]}x{picture.shape[0]}"
    print(f"{size}, {chosen.threads} thread(s)  classes  pydensecrf  lattice   ratio")
    for classes in chosen.classes:
        best = _least_times(tasks(picture, classes, settings), chosen.repeats, clock)
        for task in [STEP] + [RUN + known for known in KNOWN]:
            theirs, ours = best["pydensecrf", task.split(",")[0]], best["lattice", task]
            print(f"{task:24}{classes:9}{theirs:12.1f}{ours:9.1f}{theirs / ours:7.2f}x")
    return 0


def tasks(
    picture: np.ndarray, classes: int, settings: CrfSettings
) -> dict[tuple[str, str], Callable[[], object]]:
    """Return what is to be timed, by engine and name."""
    given = probabilities(picture, classes)
    model = pydensecrf_model(given, picture, settings)
    state = model.startInference()
    endless = mean_field(given, picture, replace(settings, iterations=10**9))
    next(endless)
    timed = {
        ("pydensecrf", STEP): lambda: model.stepInference(*state),
        ("lattice", STEP): lambda: next(endless),
        ("pydensecrf", "run"): lambda: pydensecrf_run(given, picture, settings),
    }
    for known, prepare in KNOWN.items():
        timed["lattice", RUN + known] = lambda prepare=prepare: (
            prepare(),
            [labels(each.permute(1, 2, 0)) for each in mean_field(given, picture, settings)],
        )
    return timed


def probabilities(picture: np.ndarray, classes: int) -> Tensor:
    """Return `(classes, H, W)`: seeded noise on every eighth pixel, some of it broad, upsampled."""
    generator = torch.Generator().manual_seed(0)
    size = picture.shape[:2]
    coarse = [-(-side // 8) for side in size]
    broad = torch.randn(1, classes, 4, 4, generator=generator) * 3
    fine = torch.randn(1, classes, *coarse, generator=generator)
    scores = fine + F.interpolate(broad, coarse, mode="bilinear")
    return F.interpolate(scores, size, mode="bilinear")[0].softmax(0)


def pydensecrf_model(given: Tensor, picture: np.ndarray, settings: CrfSettings):
    """Set pydensecrf up with nothing that it does not need."""
    classes, height, width = given.shape
    model = densecrf.DenseCRF2D(width, height, classes)
    model.setUnaryEnergy(-given.clamp(1e-5, 1).log().view(classes, -1).numpy())
    model.addPairwiseGaussian(settings.smoothness_reach, settings.smoothness_weight)
    model.addPairwiseBilateral(
        settings.appearance_reach, settings.colour_reach, picture, settings.appearance_weight
    )
    return model


def pydensecrf_run(given: Tensor, picture: np.ndarray, settings: CrfSettings) -> list[np.ndarray]:
    """Return the labels after every iteration, read off pydensecrf's own memory."""
    model = pydensecrf_model(given, picture, settings)
    beliefs, *scratch = model.startInference()
    history = []
    for _ in range(settings.iterations):
        model.stepInference(beliefs, *scratch)
        history.append(labels(np.asarray(beliefs).T))
    return history


def labels(beliefs: np.ndarray | Tensor) -> np.ndarray:
    """Return the most likely class along the last axis."""
    return np.asarray(beliefs).argmax(-1).astype(np.uint8)


def _least_times(
    timed: dict[tuple[str, str], Callable[[], object]], repeats: int, clock: Callable[[], float]
) -> dict[tuple[str, str], float]:
    best = dict.fromkeys(timed, float("inf"))
    for _ in range(repeats):
        for name, task in timed.items():
            for _ in range(3 if STEP in name else 1):
                began = clock()
                task()
                best[name] = min(best[name], 1000 * (clock() - began))
    return best


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("benchmark crf", description=__doc__)
    parser.add_argument("--photo", type=Path, default=PHOTO)
    parser.add_argument("--classes", type=int, nargs="+", default=[2, 11, 21])
    parser.add_argument("--appearance-reach", type=float, default=60)
    parser.add_argument("--colour-reach", type=float, default=10)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--wall", action="store_true", help="measure wall-clock time")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
