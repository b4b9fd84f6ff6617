"""Every checkpoint beside its paper: size, cost and quality, as the tables of docs/checkpoints.md.

    .venv/bin/python -m seg_models benchmark results            prints them
    .venv/bin/python -m seg_models benchmark results --write    puts them into that document

Quality is what `evaluate --record` left in each config.json. Milliseconds are measured here, on
this machine's CPU: look at the ratio to the reference beside them, which other machines share.
"""

import argparse
import re
import statistics
import time
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from seg_models import networks, pipeline
from seg_models.checkpoints import model_card, registry
from seg_models.networks import flops
from seg_models.specs import Checkpoint

DOCUMENT = Path(__file__).parents[1] / "docs" / "checkpoints.md"
BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"
# CamVid's, for the GFLOPs (a multiplication and its addition count as one) and the milliseconds
SIZE = (360, 480)
REFERENCE = "deeplab_v3"  # its time is 1
TITLES = {
    "everyday": "Everyday photos (VOC's 21 classes)",
    "camvid": "Street scenes (CamVid, 11 classes)",
    "animals": "Animals (VOC, 7 classes)",
}
HEAD = (
    "| checkpoint | paper | stride | parameters, paper / here | GFLOPs | file | val mIoU "
    "| with CRF | the paper's, on test | CPU ms | relative |\n" + "|---" * 11 + "|"
)


def main(arguments: list[str] | None = None) -> None:
    """Measure, then print or write."""
    parser = argparse.ArgumentParser(prog="benchmark results", description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="into docs/checkpoints.md")
    parser.add_argument("--repeats", type=int, default=5, help="runs of each network (5)")
    chosen = parser.parse_args(arguments)
    scored = [each for each in registry.checkpoints() if each.embedded and each.results]
    tables = tables_of(scored, milliseconds(scored, chosen.repeats))
    if chosen.write:
        text = DOCUMENT.read_text(encoding="utf-8")
        DOCUMENT.write_text(with_tables(text, tables), encoding="utf-8")
    print(tables)


def tables_of(checkpoints: list[Checkpoint], times: dict[str, float]) -> str:
    """Return one Markdown table per domain; `times` has milliseconds by checkpoint name."""
    parts = []
    for domain in dict.fromkeys([*TITLES, *(each.domain for each in checkpoints)]):
        rows = [each for each in checkpoints if each.domain == domain]
        if rows:
            ours = (f"{REFERENCE}-{each}" for each in (domain, *TITLES))
            reference = next((times[each] for each in ours if each in times), None)
            lines = (row(each, times[each.name], reference) for each in rows)
            parts.append(f"**{TITLES.get(domain, domain)}**\n\n{HEAD}\n" + "\n".join(lines))
    return "\n\n".join(parts)


def row(checkpoint: Checkpoint, own_time: float, reference_time: float | None) -> str:
    """Return one line of a table."""
    name, classes = checkpoint.architecture, len(checkpoint.labels.classes)
    with torch.device("meta"):
        paper = networks.create(name, classes)
        ours = networks.create(name, classes, **checkpoint.options)
    results = checkpoint.results
    cells = (
        f"[{checkpoint.name}](../weights/{checkpoint.name})",
        reference(name),
        ours.output_stride,
        f"{_parameters(paper) / 1e6:.1f} / {_parameters(ours) / 1e6:.1f} M",
        f"{flops.flops(ours, SIZE) / 1e9:.1f}",
        f"{checkpoint.file_bytes / 1e6:.1f} MB",
        percent(results["val_miou"]),
        percent(results.get("val_miou_crf")),
        percent(checkpoint.published_miou),
        f"{own_time:.0f}",
        f"{own_time / reference_time:.1f}" if reference_time else "–",
    )
    return f"| {' | '.join(map(str, cells))} |"


def reference(architecture: str) -> str:
    """Return a network's paper as "Author year", linked to arXiv, from its module's docstring."""
    _, text = model_card.paper(architecture)
    author = re.split(r",| & | et al", text)[0]
    identifier = re.search(r"arXiv:(\d{4}\.\d{4,5})", text)[1]
    year = re.search(r"\b(?:19|20)\d\d\b(?!\.)", text)
    return f"[{author} {year[0] if year else '20' + identifier[:2]}](https://arxiv.org/abs/{identifier})"


def percent(share: float | None) -> str:
    """Return a share of 1 in per cent, or a dash where there is none."""
    return "–" if share is None else f"{100 * share:.1f}"


def milliseconds(checkpoints: list[Checkpoint], repeats: int) -> dict[str, float]:
    """Return what each network alone takes for a photo of `SIZE`: medians, taken in turns."""
    photo = np.random.default_rng(0).integers(0, 256, (*SIZE, 3), dtype=np.uint8)
    spent = {each.name: [] for each in checkpoints}
    for each in tqdm(checkpoints, unit="network", disable=None):
        segmenter = pipeline.load(each, "cpu")
        pipeline.score(segmenter, photo)  # the first run prepares
        for _ in range(repeats):
            began = time.perf_counter()
            pipeline.score(segmenter, photo)
            spent[each.name].append(1000 * (time.perf_counter() - began))
    return {name: statistics.median(times) for name, times in spent.items()}


def with_tables(document: str, tables: str) -> str:
    """Return `document` with `tables` between its two marks."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{tables}\n{END}{after}"


def _parameters(network: torch.nn.Module) -> int:
    return sum(each.numel() for each in network.parameters())


if __name__ == "__main__":
    main()
