"""A contestant in a process of its own, for its peak of memory.

python -m benchmarks.support.memory textbook deeplab_v1 375 500
"""

import os
import subprocess
import sys
from pathlib import Path

import torch

from benchmarks.support import contestants

ROOT = Path(__file__).parents[2]


def peak(contestant: str, architecture: str, size: tuple[int, int], threads: int) -> int:
    """Return the bytes by which `contestant` outgrows a process that has only loaded the packages.

    The network's own weights count.
    """
    arguments = [contestant, architecture, *map(str, size)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.support.memory", *arguments],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": str(threads)},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def _resident(peak: bool = False) -> int:
    name = "VmHWM" if peak else "VmRSS"
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(name))


def main() -> None:
    """Run one contestant on one photo and print its bytes."""
    contestant, architecture, *size = sys.argv[1:]
    torch.ones(1).sum()  # what the first use of PyTorch costs is not the contestant's
    before = _resident()
    task = contestants.Task(size=tuple(map(int, size)))
    plain, segmenter = contestants.pair(architecture, task)
    if contestant == "textbook":
        del segmenter
    else:
        del plain
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted anew from here
    if contestant == "textbook":
        contestants.textbook(plain, task)
    else:
        contestants.ours(segmenter, task)
    print(_resident(peak=True) - before)


if __name__ == "__main__":
    main()
