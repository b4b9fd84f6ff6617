"""Make the folder that the networks for everyday photos are trained on.

    .venv/bin/python -m scripts.everyday_data DATA OUT [--gcompris ACTIVITIES]
    .venv/bin/python -m seg_models train deeplab_v3-everyday --data OUT --minutes 60

DATA holds everyday/ and animals/ as docs/data.md lays them out. In OUT, photos and labels are links
to them, but for the labels of the photos that `everyday_background.txt` names: there the network
that made the labels was in doubt about things that are none of the classes, and void taught nobody
that a zebra is no horse. Far from what it was sure of, such pixels become background.

ACTIVITIES is `src/activities` of GCompris' source, a game for children with free photos of a great
many things: those that `everyday_nothing.txt` names join in, as nothing but background.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from seg_models.specs import VOID
from seg_models.training.dataset import SHOWN

NAMES = Path(__file__).with_name("everyday_background.txt")
NOTHING = Path(__file__).with_name("everyday_nothing.txt")
LONG_SIDE = 384  # pixels, of the data's photos; larger ones are made as small
BY_NETWORK = ("in1_", "in2_", "bsds_", "extra_", "jet_")  # beginnings of names: pseudo-labels
MARGIN = 14  # pixels around labelled things that stay void: their edges are in doubt, rightly


def gather(data: Path, out: Path, gcompris: Path | None = None) -> None:
    """Link everything into `out`, and write the labels that differ."""
    background = set(_lines(NAMES))
    parts = (
        (data / "everyday/train/images", data / "everyday/train/labels"),
        (data / "animals/train/images", data / "everyday/animals_train_labels"),
    )
    for kind in ("images", "labels"):
        (out / "train" / kind).mkdir(parents=True, exist_ok=True)
    pseudo = []
    for images, labels in parts:
        for photo in sorted(images.iterdir()):
            ground_truth = labels / f"{photo.stem}.png"
            written = out / "train/labels" / ground_truth.name
            _link(out / "train/images" / photo.name, photo)
            _link(written, ground_truth)
            guessed = photo.stem.startswith(BY_NETWORK)
            if photo.stem in background:
                known = cleared(np.array(Image.open(ground_truth)))
                written.unlink()  # else the source would be written to, through the link
                Image.fromarray(known).save(written)
                guessed = _things(known).mean() > SHOWN  # all background: we know that
            if guessed:
                pseudo.append(photo.stem)
    if gcompris:
        for name in _lines(NOTHING):
            _write_nothing(gcompris / name, out / "train")
    (out / "train/pseudo.txt").write_text("\n".join(pseudo) + "\n")
    _link(out / "val", data / "everyday/val")


def cleared(labels: np.ndarray) -> np.ndarray:
    """Return `labels` `(H, W)` uint8 with 0 for `VOID` that is not near a class other than 0."""
    things = torch.from_numpy(_things(labels))
    near = F.max_pool2d(things[None].float(), 2 * MARGIN + 1, stride=1, padding=MARGIN)[0] > 0
    return np.where((labels == VOID) & ~near.numpy(), 0, labels).astype(np.uint8)


def _write_nothing(photo: Path, train: Path) -> None:
    """Write a photo of which every pixel is background, and its labels."""
    name = f"none_{photo.parent.name}_{photo.stem}"
    with Image.open(photo) as picture:
        small = picture.convert("RGB")
    small.thumbnail((LONG_SIDE, LONG_SIDE))
    small.save(train / f"images/{name}.webp", quality=90)
    Image.new("L", small.size).save(train / f"labels/{name}.png")


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text().splitlines() if not line.startswith("#")]


def _things(labels: np.ndarray) -> np.ndarray:
    return (labels != 0) & (labels != VOID)


def _link(link: Path, target: Path) -> None:
    link.unlink(missing_ok=True)
    link.symlink_to(target.resolve())


def main() -> None:
    """Gather the folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--gcompris", type=Path, metavar="ACTIVITIES")
    chosen = parser.parse_args()
    gather(chosen.data, chosen.out, chosen.gcompris)


if __name__ == "__main__":
    main()
