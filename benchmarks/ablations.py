"""What each idea of the papers is worth to a trained network: val's mIoU with and without it.

    .venv/bin/python -m seg_models benchmark ablations --data camvid/val           prints it
    .venv/bin/python -m seg_models benchmark ablations --data camvid/val --write   into docs/tour.md

The networks were trained with what is switched off, and lean on it: the differences overstate what
it is worth. `--data` is a folder as `evaluate` takes it; checkpoints of other domains are left out.
"""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

from tqdm import tqdm

from benchmarks.results import percent
from seg_models import pipeline
from seg_models.checkpoints import registry
from seg_models.evaluation.evaluate import evaluate
from seg_models.evaluation.labelled_photos import Pairs, pairs, spread
from seg_models.explain.ablate import CRF_KERNELS, ablate, ablate_crf, ablations
from seg_models.specs import Checkpoint, CrfSettings

DOCUMENT = Path(__file__).parents[1] / "docs" / "tour.md"
BEGIN, END = "<!-- ablations: begin -->", "<!-- ablations: end -->"
WITH_CRF = "deeplab_v1"  # the network whose paper brought the CRF: its kernels are tried with it
HEAD = "| checkpoint | without | val mIoU | with it | difference |\n|---|---|---|---|---|"


@dataclass(frozen=True)
class Trial:
    """A checkpoint and what it has to do without."""

    checkpoint: Checkpoint
    without: str
    network: tuple[str, ...] = ()  # what is switched off in the network
    crf: CrfSettings | None = None  # and the CRF that follows, if any


def main(arguments: list[str] | None = None) -> None:
    """Measure, then print or write."""
    parser = argparse.ArgumentParser(
        prog="benchmark ablations", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--data", type=Path, required=True, help="a folder as `evaluate` takes it")
    parser.add_argument("--domain", default="camvid", help="whose labels these are (camvid)")
    parser.add_argument("--limit", type=int, help="only so many photos, spread evenly over all")
    parser.add_argument("--model", nargs="*", help="only these checkpoints")
    parser.add_argument("--write", action="store_true", help="into docs/tour.md")
    chosen = parser.parse_args(arguments)
    checkpoints = [
        each
        for each in registry.checkpoints()
        if each.embedded and each.domain == chosen.domain
        and (not chosen.model or each.name in chosen.model)
    ]  # fmt: skip
    table = measured(checkpoints, spread(pairs(chosen.data), chosen.limit))
    if chosen.write:
        text = DOCUMENT.read_text(encoding="utf-8")
        DOCUMENT.write_text(with_table(text, table), encoding="utf-8")
    print(table)


def measured(checkpoints: list[Checkpoint], photos: Pairs) -> str:
    """Return the table over all trials of `checkpoints`, and how many photos it is of."""
    trials = [trial for each in checkpoints for trial in trials_of(each)]
    scored: dict[tuple[str, bool], float] = {}
    lines = []
    for trial in tqdm(trials, unit="trial"):
        whole = None if trial.crf is None else trial.checkpoint.crf
        key = trial.checkpoint.name, whole is not None
        if key not in scored:
            scored[key] = miou(trial.checkpoint, (), whole, photos)
        without = miou(trial.checkpoint, trial.network, trial.crf, photos)
        lines.append(row(trial, without, scored[key]))
    return "\n".join([f"On {len(photos)} photos:\n", HEAD, *lines])


def trials_of(checkpoint: Checkpoint) -> list[Trial]:
    """Return all that a checkpoint can be made to do without, one thing at a time."""
    names = ablations(pipeline.load(checkpoint).network)
    trials = [Trial(checkpoint, name, (name,)) for name in names]
    if checkpoint.architecture == WITH_CRF:
        trials += [
            Trial(checkpoint, f"CRF's {kernel} kernel", crf=ablate_crf(checkpoint.crf, kernel))
            for kernel in CRF_KERNELS
        ]
    return trials


def miou(
    checkpoint: Checkpoint, names: tuple[str, ...], crf: CrfSettings | None, photos: Pairs
) -> float:
    """Return the mean IoU over `photos`, 0 to 1."""
    segmenter = pipeline.load(checkpoint)
    segmenter = replace(segmenter, network=ablate(segmenter.network, *names))
    return evaluate(segmenter, photos, crf).scores.miou


def row(trial: Trial, without: float, whole: float) -> str:
    """Return one line of the table; the difference in points."""
    cells = (
        trial.checkpoint.name,
        trial.without,
        percent(without),
        percent(whole),
        f"{100 * (without - whole):+.1f}",
    )
    return f"| {' | '.join(cells)} |"


def with_table(document: str, table: str) -> str:
    """Return `document` with `table` between its two marks."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table}\n{END}{after}"


if __name__ == "__main__":
    main()
