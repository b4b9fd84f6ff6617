"""Scoring a network in training on whole photos, as the finished checkpoint will be."""

from .. import networks
from ..evaluation import metrics
from ..evaluation.evaluate import evaluate
from ..evaluation.labelled_photos import INDICES, LabelForm, Pairs
from ..pipeline import Segmenter
from .config import TrainConfig


def segmenter(config: TrainConfig, network: networks.SegmentationNetwork) -> Segmenter:
    """Return what segments photos by `network`, in evaluation mode, as its checkpoint will."""
    device = network.classifier.weight.device.type
    return Segmenter(config.checkpoint, network, device)


def score(segmenter: Segmenter, found: Pairs, form: LabelForm = INDICES) -> metrics.Scores:
    """Return the figures over photos and their ground truth, without a CRF."""
    return evaluate(segmenter, found, form=form).without_crf
