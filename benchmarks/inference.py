"""From a photo to its refined mask: this package beside the textbook's way, in the same run.

The textbook's way is the network in float32 as PyTorch runs it by default, batch norms and all, its
scores taken to NumPy, and pydensecrf's `inference(10)`. Both do whole photos, by turns; a ratio is
the median of the rounds' (in brackets the least and the greatest): 3 means a third of the time.
"""

import argparse
from pathlib import Path

import torch

from benchmarks.support import contestants, growth, memory, peers, turns
from benchmarks.support.contestants import MEASURED, Task
from seg_models import networks
from seg_models.crf.pydensecrf_engine import densecrf

SIZES = ("500x375", "1024x768")


def main(arguments: list[str] | None = None) -> int:
    """Print the table; with --plot draw how the cost grows, with --peers ask the peers in."""
    chosen = _parser().parse_args(arguments)
    if densecrf is None:
        raise ValueError("this benchmark needs pydensecrf: pip install pydensecrf2==1.1")
    torch.set_num_threads(chosen.threads)
    print(
        f"{chosen.classes} classes, {chosen.iterations} CRF iterations, {chosen.threads} threads, "
        f"ours on {chosen.device}\n\n"
        "| network | photo | times as fast | our stages, % | the textbook's, % | our memory, % |\n"
        "|---|---|---|---|---|---|"
    )
    for architecture in chosen.architectures:
        for size in chosen.sizes:
            print(_row(architecture, _task(size, chosen), chosen), flush=True)
    if chosen.peers:
        for line in peers.lines(_task(chosen.sizes[0], chosen), chosen.rounds):
            print(line, flush=True)
    if chosen.plot:
        growth.draw(chosen.architectures[0], chosen.rounds, chosen.plot)
        print(f"\n{chosen.plot}: how the cost grows, {chosen.architectures[0]}")
    return 0


def _task(size: str, chosen: argparse.Namespace) -> Task:
    width, height = map(int, size.split("x"))
    return Task((height, width), chosen.classes, chosen.iterations)


def _row(architecture: str, task: Task, chosen: argparse.Namespace) -> str:
    plain, segmenter = contestants.pair(architecture, task, chosen.device)
    times = turns.in_turns(
        {
            "textbook": lambda: contestants.textbook(plain, task),
            "ours": lambda: contestants.ours(segmenter, task),
        },
        chosen.rounds,
    )
    ratio, least, greatest = turns.ratio(times["textbook"], times["ours"])
    cells = [
        architecture,
        f"{task.size[1]}x{task.size[0]}",
        f"**{ratio:.1f}** ({least:.1f}–{greatest:.1f})",
        _shares(times["ours"]),
        _shares(times["textbook"]),
        _memory(architecture, task, chosen) if chosen.memory else "",
    ]
    return f"| {' | '.join(cells)} |"


def _shares(times: list[turns.Times]) -> str:
    shares = turns.shares(times)
    return ", ".join(f"{name} {100 * shares[name]:.0f}" for name in MEASURED if name in shares)


def _memory(architecture: str, task: Task, chosen: argparse.Namespace) -> str:
    ours, theirs = (
        memory.peak(contestant, architecture, task.size, chosen.threads)
        for contestant in ("ours", "textbook")
    )
    return f"{100 * ours / theirs:.0f}"


def _parser() -> argparse.ArgumentParser:
    known = networks.architectures()
    parser = argparse.ArgumentParser("benchmark inference", description=__doc__)
    parser.add_argument("--architectures", nargs="+", choices=known, default=known, metavar="NAME")
    parser.add_argument("--sizes", nargs="+", default=SIZES, metavar="WxH")
    parser.add_argument("--classes", type=int, default=11)
    parser.add_argument("--iterations", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu", help="of ours: cpu or cuda")
    parser.add_argument("--memory", action="store_true", help="compare the peaks of memory, too")
    parser.add_argument("--peers", action="store_true", help="transformers and onnxruntime, too")
    parser.add_argument(
        "--plot", type=Path, metavar="PNG", help="how the first network's cost grows"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
