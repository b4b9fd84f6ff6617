"""Many visitors at once: wrong and lost answers, memory and temporary files of a page of its own.

Eight come at a time, with photos and networks of all kinds; one in ten cancels, one in ten closes
the tab. Each who stays must get the very pictures that came when nobody else was there.
"""

import argparse
import itertools
import random
import tempfile
from pathlib import Path
from subprocess import Popen

from benchmarks.support import visitors
from benchmarks.support.visitors import STAYS, Outcome, Wish
from scripts import running
from seg_models.checkpoints import registry

EXAMPLES = Path(__file__).parents[1] / "assets" / "examples"
EARLY = 50  # requests after which the memory is measured first


def main(arguments: list[str] | None = None) -> int:
    """Print the figures; return 1 if an answer was wrong or lost, or memory grew by a fifth."""
    chosen = _parser().parse_args(arguments)
    models = [each.name for each in registry.checkpoints() if each.embedded][: chosen.networks]
    photos = sorted(EXAMPLES.glob("*.jpg"))[: chosen.photos]
    with tempfile.TemporaryDirectory(prefix="load-") as scratch:
        variables = {"GRADIO_TEMP_DIR": f"{scratch}/cache", "TMPDIR": scratch}
        with running.process(variables) as (address, page):
            known = visitors.references(
                address,
                [Wish(photo, model, 2) for photo, model in itertools.product(photos, models)],
            )
            chance = random.Random(chosen.seed)
            wishes = chance.choices(list(known), k=chosen.requests)
            came, sizes = [], []
            for outcome in visitors.crowd(address, wishes, chosen.at_once, chosen.seed):
                came.append(outcome)
                if len(came) in (min(EARLY, chosen.requests), chosen.requests):
                    sizes.append(resident(page))
            files = [each for each in Path(scratch).rglob("*") if each.is_file()]
            spread = sum(each.stat().st_size for each in files)
    wrong, lost = judged(came, known)
    growth = sizes[-1] / sizes[0] - 1
    stayed = sum(isinstance(each, Outcome) and each.temper == STAYS for each in came)
    print(
        f"{len(came)} requests, {chosen.at_once} at once, {len(known)} pairs of photo and network"
    )
    print(f"{stayed} stayed for their answer: {wrong} wrong, {lost} lost")
    print(f"memory after {EARLY}: {sizes[0] / 2**20:.0f} MB; at the end {100 * growth:+.0f} %")
    print(f"temporary files: {len(files)}, {spread / 2**20:.0f} MB, deleted within the hour")
    return int(wrong + lost > 0 or growth > 0.2)


def judged(came: list[Outcome | Exception], known: dict[Wish, tuple[str, ...]]) -> tuple[int, int]:
    """Return how many who stayed got other pictures than theirs, and how many got none."""
    lost = [each for each in came if isinstance(each, Exception)]
    stayed = [each for each in came if isinstance(each, Outcome) and each.temper == STAYS]
    lost += [each for each in stayed if not each.pictures]
    wrong = [each for each in stayed if each.pictures and each.pictures != known[each.wish]]
    for each in (*wrong, *lost):
        print(f"wrong or lost: {each}")
    return len(wrong), len(lost)


def resident(page: Popen) -> int:
    """Return the bytes of memory that the page's process has."""
    lines = Path(f"/proc/{page.pid}/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("benchmark load", description=__doc__)
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--photos", type=int, default=6, help="of the examples")
    parser.add_argument("--networks", type=int, default=4, help="of those that are here")
    parser.add_argument("--seed", type=int, default=0)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
