"""Say of each example what the CRF gains on it, for choosing examples and their order.

    .venv/bin/python -m scripts.measure_examples [--architecture deeplab_v3]

By the architecture's checkpoint of the example's domain: the classes found, the share of pixels
that the CRF changed and, where there is a true mask, the mean IoU before and after.
"""

from __future__ import annotations

import argparse

from page.segment import photos
from page.tabs import check
from seg_models import pipeline
from seg_models.checkpoints import registry
from seg_models.evaluation import metrics
from seg_models.upsample import argmax
from seg_models.visualize import summary


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--architecture", default="deeplab_v3")
    chosen = parser.parse_args()
    known = {each.name for each in registry.checkpoints() if each.embedded}
    print(f"{'example':18} {'changed':>8} {'before':>7} {'after':>6}  found")
    for example in photos.examples():
        name = f"{chosen.architecture}-{example.domain}"
        if name in known:
            print(row(example, name), flush=True)


def row(example: photos.Example, name: str) -> str:
    """Return an example's line of the table."""
    segmenter = pipeline.load(name)
    segmentation = segmenter.segment(example.path, segmenter.checkpoint.crf)
    before = argmax(segmentation.probabilities).numpy()
    after = segmentation.history[-1].numpy()
    found = summary.shares(after, segmenter.checkpoint.labels)[:4]
    named = ", ".join(f"{each['class']} {100 * each['share']:.0f}" for each in found)
    mious = ("", "")
    if example.truth:
        truth = check.read(example.truth, segmentation, example)
        classes = len(segmenter.checkpoint.labels.classes)
        mious = tuple(
            f"{100 * metrics.scores(metrics.confusion(each, truth, classes)).miou:.1f}"
            for each in (before, after)
        )
    changed = 100 * (before != after).mean()
    return f"{example.key:18} {changed:7.1f}% {mious[0]:>7} {mious[1]:>6}  {named}"


if __name__ == "__main__":
    main()
