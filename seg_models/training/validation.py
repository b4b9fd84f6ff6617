"""Scoring a network in training on whole photos, as the finished checkpoint will be."""

from pathlib import Path

from .. import networks
from ..evaluation import metrics
from ..evaluation.evaluate import evaluate
from ..pipeline import Segmenter
from .config import TrainConfig
from .dataset import is_of


def segmenter(config: TrainConfig, network: networks.SegmentationNetwork) -> Segmenter:
    """Return what segments photos by `network`, in evaluation mode, as its checkpoint will."""
    device = network.classifier.weight.device.type
    return Segmenter(config.checkpoint, network, device)


def pairs(config: TrainConfig, val: Path) -> list[tuple[Path, Path]]:
    """Return what to validate on: `val`, or what the configuration leaves out of `train/`.

    The left-out photos lie beside the others, in `train/`, the folder next to `val`.
    """
    if not config.left_out:
        return metrics.pairs(val)
    beside = metrics.pairs(val.parent / "train")
    return [pair for pair in beside if is_of(pair[0], config.left_out)]


def score(segmenter: Segmenter, found: list[tuple[Path, Path]]) -> metrics.Scores:
    """Return the figures over photos and their ground truth, without a CRF."""
    return evaluate(segmenter, found).without_crf
