"""How many pixels are labelled as in float32, and what it costs: checkpoint by checkpoint."""

import argparse
import time
from pathlib import Path

import torch

from seg_models import pipeline, preprocess, upsample
from seg_models.checkpoints import registry
from seg_models.device import autocast, inference_dtype
from seg_models.evaluation import labelled_photos
from seg_models.networks.precision import prepared
from seg_models.pipeline import Segmenter

FORMATS = {"bfloat16": torch.bfloat16, "int8": torch.int8}


def main(arguments: list[str] | None = None) -> int:
    """Print a row for each checkpoint; times are of the network alone, in turns."""
    chosen = _parser().parse_args(arguments)
    torch.set_num_threads(chosen.threads)
    dtype = FORMATS[chosen.format]
    print(f"{chosen.format} beside float32")
    names = chosen.models or [each.name for each in registry.checkpoints() if each.embedded]
    print(f"{'checkpoint':28}{'photos':>7}{'pixels alike':>14}{'worst photo':>13}{'time':>8}")
    for name in names:
        segmenter = pipeline.load(name, "cpu")
        data = chosen.data / segmenter.checkpoint.domain / "val"
        pairs = labelled_photos.spread(labelled_photos.pairs(data), chosen.limit)
        alike, ratio = compare(segmenter, [photo for photo, _ in pairs], dtype)
        mean = 100 * sum(alike) / len(alike)
        worst = 100 * min(alike)
        print(f"{name:28}{len(alike):>7}{mean:>12.2f} %{worst:>11.2f} %{ratio:>7.2f}x", flush=True)
    return 0


@torch.inference_mode()
def compare(
    segmenter: Segmenter, photos: list[Path], quick: torch.dtype
) -> tuple[list[float], float]:
    """Return the share of pixels labelled alike in each photo, and `quick`'s time by float32's."""
    alike, spent = [], {torch.float32: 0.0, quick: 0.0}
    for path in photos:
        photo = preprocess.cap(preprocess.open_photo(path), pipeline.WORKING_SIDE)
        images = preprocess.images(photo, segmenter.checkpoint.preprocessing)
        images = images.contiguous(memory_format=torch.channels_last)
        labels = []
        for dtype in spent:
            network = prepared(segmenter.network, "cpu", dtype)
            began = time.process_time()
            with autocast("cpu", dtype):
                scores = network.score_map(images)[0].float()
            spent[dtype] += time.process_time() - began
            sizes = (tuple(images.shape[2:]), photo.shape[:2])
            labels.append(
                upsample.argmax(upsample.to_photo_size(segmenter.network, scores, *sizes))
            )
        alike.append((labels[0] == labels[1]).float().mean().item())
    return alike, spent[quick] / spent[torch.float32]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("benchmark precision", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="holds <domain>/val/images/")
    parser.add_argument("--models", nargs="+", metavar="NAME", help="default: all that are here")
    parser.add_argument("--limit", type=int, metavar="K", help="only K photos of each val")
    here = next((name for name, each in FORMATS.items() if each == inference_dtype("cpu")), None)
    parser.add_argument(
        "--format", choices=FORMATS, default=here or "bfloat16", help="default: what this CPU takes"
    )
    parser.add_argument("--threads", type=int, default=2)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
