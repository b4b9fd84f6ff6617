"""The long fuzz: what the tests try a few thousand times, for as long as you like.

    .venv/bin/python tests/robustness/fuzz.py --minutes 10 [--seed 7] [--only pictures]

Every attempt follows from the seed and its number. What breaks a rule of `verdicts` is printed,
kept in a folder and counted; the exit status is 1 if there was any. Make a named test of it.
"""

import argparse
import itertools
import json
import os
import random
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS / "support"), str(TESTS.parent)]

import command_lines  # noqa: E402
import damaged_checkpoints as checkpoints  # noqa: E402
import damaged_pictures as pictures  # noqa: E402
import tiny  # noqa: E402
import verdicts  # noqa: E402

from seg_models.checkpoints import loader  # noqa: E402

FORGET = 200  # attempts after which the networks that were built are dropped


def main() -> int:
    """Fuzz until the time is over; print what was tried and what broke."""
    chosen = _parser().parse_args()
    warnings.simplefilter("ignore")
    work = Path(tempfile.mkdtemp(prefix="fuzz-"))
    attempts = {name: KINDS[name](work) for name in chosen.only or KINDS}
    tried, broken, end = Counter(), 0, time.monotonic() + 60 * chosen.minutes
    for number, name in enumerate(itertools.cycle(attempts)):
        if time.monotonic() > end:
            break
        if number % FORGET == 0:
            loader.forget()
        seed = f"{chosen.seed}-{number}"
        try:
            attempts[name](random.Random(seed))
        except Exception:
            broken += 1
            print(f"--- {name}, attempt {seed}; what was tried lies in {work / name}")
            traceback.print_exc(limit=-3)
            (work / name).rename(work / f"{name}-{seed}")
            attempts[name] = KINDS[name](work)
        tried[name] += 1
    print(", ".join(f"{count} {name}" for name, count in tried.items()), f"tried, {broken} broke")
    return 1 if broken else 0


def _pictures(work: Path) -> Callable[[random.Random], object]:
    (work / "pictures").mkdir()
    path = work / "pictures" / "photo.jpg"
    sound = list(pictures.sound().values())

    def attempt(chance: random.Random) -> None:
        path.write_bytes(pictures.spoil(chance.choice(sound), chance))
        verdicts.opened(path)

    return attempt


def _checkpoint(folder: Path) -> tuple[Path, Path]:
    checkpoint = tiny.pack(folder, "deeplab_v1-camvid")
    return checkpoint.folder / "config.json", checkpoint.folder / "model.safetensors"


def _configs(work: Path) -> Callable[[random.Random], object]:
    config, _ = _checkpoint(work / "configs")
    facts = json.loads(config.read_text())

    def attempt(chance: random.Random) -> None:
        config.write_bytes(checkpoints.spoil(facts, chance))
        verdicts.used(config.parent)

    return attempt


def _weights(work: Path) -> Callable[[random.Random], object]:
    _, weights = _checkpoint(work / "weights")
    sound = weights.read_bytes()

    def attempt(chance: random.Random) -> None:
        weights.write_bytes(pictures.spoil(sound, chance))
        verdicts.read(weights)

    return attempt


def _command_lines(work: Path) -> Callable[[random.Random], object]:
    folder = work / "command lines"
    tiny.pack(folder / "zoo", "tiny-animals")
    (folder / "photos").mkdir()
    command_lines.lay_out(folder / "photos", pictures.sound()["png"])
    os.environ["SEG_MODELS_WEIGHTS_DIR"] = str(folder / "zoo")
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.chdir(folder)
    return lambda chance: verdicts.commanded(command_lines.odd(folder / "photos", chance))


KINDS = {
    "pictures": _pictures,
    "configs": _configs,
    "weights": _weights,
    "command lines": _command_lines,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--only", nargs="+", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
