"""Scoring a network in training on whole photos, as the finished checkpoint will be."""

from pathlib import Path

from .. import networks
from ..evaluation import labelled_photos, metrics
from ..evaluation.evaluate import evaluate
from ..evaluation.labelled_photos import INDICES, LabelForm, Pairs
from ..pipeline import Segmenter
from .config import TrainConfig
from .dataset import is_of


def segmenter(config: TrainConfig, network: networks.SegmentationNetwork) -> Segmenter:
    """Return what segments photos by `network`, in evaluation mode, as its checkpoint will."""
    device = network.classifier.weight.device.type
    return Segmenter(config.checkpoint, network, device)


def pairs(config: TrainConfig, val: Path) -> Pairs:
    """Return what to validate on: `val`, or what the configuration leaves out of `train/`.

    The left-out photos lie beside the others, in `train/`, the folder next to `val`.

    Raises:
        ValueError: If the folders are not laid out so, or no name begins so.
    """
    if not config.left_out:
        return labelled_photos.pairs(val)
    train = val.parent / "train"
    found = [pair for pair in labelled_photos.pairs(train) if is_of(pair[0], config.left_out)]
    if not found:
        raise ValueError(f"no photo of {train} begins with {config.left_out!r}")
    return found


def score(segmenter: Segmenter, found: Pairs, form: LabelForm = INDICES) -> metrics.Scores:
    """Return the figures over photos and their ground truth, without a CRF."""
    return evaluate(segmenter, found, form=form).without_crf
