"""Speed of the CRF's engines beside pydensecrf, in one process, turn by turn.

Times are medians of the rounds, in milliseconds; a ratio is the median of the rounds' own, in
brackets the least and the greatest: 4 means a quarter of pydensecrf's time for the run. With one
thread, processor time is measured, which other work on the machine disturbs least; with more, the
clock on the wall.

A run is all from probabilities and photo to the last probabilities and the labels, by an engine
that has not met the photo; of it, *set-up* is what comes before the first iteration. *again* is a
run over the same photo once more. An *iteration* is one whose probabilities are handed over.
`5/21` are 21 classes of which 5 are in play: the others nowhere reach 1 % together.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from benchmarks.support import turns
from seg_models import crf
from seg_models.crf.pydensecrf_engine import densecrf
from seg_models.specs import CrfSettings

PHOTO = Path(__file__).parents[1] / "assets" / "examples" / "street_china.jpg"
TASKS = ("set-up", "iteration", "run", "again")


@dataclass(frozen=True)
class Case:
    """What is refined, and how."""

    photo: np.ndarray  # (H, W, 3) uint8
    given: Tensor  # (C, H, W)
    settings: CrfSettings
    clock: Callable[[], float]  # seconds


def main(arguments: list[str] | None = None) -> int:
    """Print a table with one row for each size, number of classes, of threads, and engine."""
    chosen = _parser().parse_args(arguments)
    if densecrf is None:
        raise ValueError("this benchmark needs pydensecrf: pip install pydensecrf2==1.1")
    for engine in chosen.engines:
        crf.engine_for(torch.empty(0), engine)
    # Any network frees tensors of this size before the CRF's turn. Once it has seen that, glibc
    # keeps freed memory; before, it returns it to the system and has it zeroed again each time.
    torch.ones(8_000_000)
    print(
        f"{chosen.iterations} iterations, {chosen.rounds} rounds, {chosen.photo.name}\n\n"
        f"| photo | classes | threads | engine | {', '.join(TASKS)}, ms | times as fast |\n"
        "|---|---|---|---|---|---|"
    )
    for size in chosen.sizes:
        for classes in chosen.classes:
            for threads in chosen.threads:
                torch.set_num_threads(threads)
                _print_rows(size, classes, threads, chosen)
    return 0


def _print_rows(size: str, classes: str, threads: int, chosen: argparse.Namespace) -> None:
    with Image.open(chosen.photo) as picture:
        photo = np.array(picture.convert("RGB").resize(tuple(map(int, size.split("x")))))
    settings = CrfSettings(
        iterations=chosen.iterations,
        appearance_reach=chosen.appearance_reach,
        colour_reach=chosen.colour_reach,
    )
    clock = time.process_time if threads == 1 else time.perf_counter
    in_play, all_classes = map(int, (classes.split("/") * 2)[:2])
    case = Case(photo, probabilities(photo, all_classes, in_play), settings, clock)
    contestants = {"pydensecrf": lambda: pydensecrf_times(case)}
    for engine in chosen.engines:
        contestants[engine] = lambda engine=engine: engine_times(case, engine)
    times = turns.in_turns(contestants, chosen.rounds)
    for engine, rounds in times.items():
        runs = {
            name: [{"run": each["run"]} for each in times[name]] for name in ("pydensecrf", engine)
        }
        ratio, least, greatest = turns.ratio(runs["pydensecrf"], runs[engine])
        spent = ", ".join(
            f"{np.median([each[task] for each in rounds]):.1f}"
            for task in TASKS
            if task in rounds[0]
        )
        print(
            f"| {size} | {classes} | {threads} | {engine} | {spent} "
            f"| **{ratio:.2f}** ({least:.2f}–{greatest:.2f}) |",
            flush=True,
        )


def engine_times(case: Case, engine: str) -> turns.Times:
    """Return what each task takes one of this package's engines."""
    endless = crf.mean_field(
        case.given, case.photo, replace(case.settings, iterations=10**9), engine
    )
    next(endless)
    nothing = replace(case.settings, iterations=0)
    return {
        "iteration": min(_milliseconds(case, lambda: next(endless)) for _ in range(3)),
        "set-up": _milliseconds(
            case,
            lambda: (crf.forget(), *crf.mean_field(case.given, case.photo, nothing, engine)),
        ),
        "run": _milliseconds(
            case, lambda: (crf.forget(), crf.refine(case.given, case.photo, case.settings, engine))
        ),
        "again": _milliseconds(
            case, lambda: crf.refine(case.given, case.photo, case.settings, engine)
        ),
    }


def pydensecrf_times(case: Case) -> turns.Times:
    """Return what each task takes pydensecrf, with nothing that it does not need."""
    state = pydensecrf_model(case)
    running = state.startInference()
    return {
        "iteration": min(
            _milliseconds(case, lambda: state.stepInference(*running)) for _ in range(3)
        ),
        "set-up": _milliseconds(case, lambda: pydensecrf_model(case).startInference()),
        "run": _milliseconds(case, lambda: pydensecrf_run(case)),
    }


def pydensecrf_model(case: Case):
    """Return pydensecrf's model of the case."""
    classes, height, width = case.given.shape
    model = densecrf.DenseCRF2D(width, height, classes)
    energies = -case.given.clamp(1e-5, 1).log().view(classes, -1)
    model.setUnaryEnergy(energies.numpy())
    settings = case.settings
    model.addPairwiseGaussian(settings.smoothness_reach, settings.smoothness_weight)
    model.addPairwiseBilateral(
        settings.appearance_reach, settings.colour_reach, case.photo, settings.appearance_weight
    )
    return model


def pydensecrf_run(case: Case) -> np.ndarray:
    """Return the labels, read off pydensecrf's own memory, where they lie pixel by pixel."""
    marginals = np.asarray(pydensecrf_model(case).inference(case.settings.iterations))
    return marginals.T.argmax(-1).astype(np.uint8)


def probabilities(photo: np.ndarray, classes: int, in_play: int) -> Tensor:
    """Return `(classes, H, W)`: seeded noise on every eighth pixel, some of it broad, upsampled.

    Beyond the first `in_play`, classes have thousandths to themselves.
    """
    generator = torch.Generator().manual_seed(0)
    size = photo.shape[:2]
    coarse = [-(-side // 8) for side in size]
    broad = torch.randn(1, classes, 4, 4, generator=generator) * 3
    fine = torch.randn(1, classes, *coarse, generator=generator)
    scores = fine + F.interpolate(broad, coarse, mode="bilinear")
    scores = F.interpolate(scores, size, mode="bilinear")[0]
    weak = scores[in_play:].softmax(0) * 0.009
    return torch.cat([scores[:in_play].softmax(0) * (1 - weak.sum(0)), weak])


def _milliseconds(case: Case, task: Callable[[], object]) -> float:
    began = case.clock()
    task()
    return 1000 * (case.clock() - began)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("benchmark crf", description=__doc__)
    parser.add_argument("--photo", type=Path, default=PHOTO)
    parser.add_argument("--sizes", nargs="+", default=["500x375", "1024x768"], metavar="WxH")
    parser.add_argument(
        "--classes", nargs="+", default=["7", "11", "21", "5/21"], metavar="N",
        help="all in play, or in play/all",
    )  # fmt: skip
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--engines", nargs="+", default=["native", "lattice"])
    parser.add_argument("--iterations", type=int, default=10)
    parser.add_argument("--appearance-reach", type=float, default=60)
    parser.add_argument("--colour-reach", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=7)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
