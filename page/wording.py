"""The page's sentences: what a choice is called, what a panel's caption and a result say."""

import html

import numpy as np

from seg_models import report, weights
from seg_models.specs import Checkpoint, Segmentation

from .translations import ENGLISH

TITLE = "Coarse to Crisp"
NO_PHOTO = "There is no photo yet: drop one on the page, or click an example."
NO_RESULT = "That result is no longer kept; press Segment again."

STAGES = {name: ENGLISH[name] for name in ("score-map", "upsampled", "refined")}  # by elem_id
ARCHITECTURES = {
    "deconvnet": "DeconvNet",
    "deeplab_v1": "DeepLab v1",
    "deeplab_v1_msc": "DeepLab v1 multi-scale",
    "deeplab_v3": "DeepLab v3",
    "deeplab_v3_mobilenet_v2": "DeepLab v3 MobileNet",
    "dilatednet": "DilatedNet",
    "fc_densenet56": "FC-DenseNet 56",
    "fc_densenet67": "FC-DenseNet 67",
    "fc_densenet103": "FC-DenseNet 103",
    "fcn8s": "FCN-8s",
    "fcn16s": "FCN-16s",
    "fcn32s": "FCN-32s",
    "segnet": "SegNet",
    "segnet_basic": "SegNet Basic",
    "unet": "U-Net",
}
DOMAINS = {"animals": "animals", "camvid": "streets", "voc": "20 everyday things"}


def architecture(checkpoint: Checkpoint) -> str:
    """Return what people call the checkpoint's network."""
    return ARCHITECTURES.get(checkpoint.architecture, checkpoint.architecture)


def choice(checkpoint: Checkpoint) -> str:
    """Return a checkpoint's line in the list of networks: name, domain, how good it is."""
    parts = [architecture(checkpoint), DOMAINS.get(checkpoint.domain, checkpoint.domain)]
    miou = checkpoint.results.get("val_miou")
    if miou is not None:
        parts.append(f"val mIoU {100 * miou:.0f} %")
    if not checkpoint.embedded:
        parts.append(f"{checkpoint.file_bytes / 2**20:.0f} MB from the Hub")
    return " · ".join(parts)


def score_map_caption(segmentation: Segmentation) -> str:
    """Return the score map's size, its stride and the time the network took."""
    height, width = segmentation.score_map.shape[1:]
    spent = segmentation.milliseconds
    return (
        f"{width}×{height} cells, stride {segmentation.output_stride} · "
        f"{duration(spent['preprocess'] + spent['network'])}"
    )


def upsampled_caption(segmentation: Segmentation) -> str:
    """Return the size the score map was enlarged to and the time that took."""
    height, width = segmentation.photo.shape[:2]
    return f"{width}×{height} pixels · {duration(segmentation.milliseconds['upsample'])}"


def refined_caption(segmentation: Segmentation) -> str:
    """Return how far the CRF went, what share of the pixels it changed and the time it took."""
    if not segmentation.history:
        return "CRF off: the same as 2"
    before = segmentation.probabilities.argmax(0).cpu()
    changed = float((segmentation.history[-1] != before).float().mean())
    return (
        f"{count(len(segmentation.history), 'iteration')} · {percent(changed)} changed · "
        f"{duration(segmentation.milliseconds['crf'])}"
    )


def alt_text(stage: int, view: str, labels: np.ndarray, checkpoint: Checkpoint) -> str:
    """Return a panel's picture in words: its stage, what it shows, the share of each class."""
    stage_name = list(STAGES.values())[stage]
    return f"{stage_name} by {architecture(checkpoint)}, {view}: {_named(labels, checkpoint)}"


def summary(segmentation: Segmentation, labels: np.ndarray) -> str:
    """Return a whole run in words: time, classes, what the network saw, whose weights it has."""
    checkpoint, device = segmentation.checkpoint, segmentation.device
    height, width = segmentation.photo_size
    rows, columns = segmentation.input_size
    return (
        f"Done in {duration(sum(segmentation.milliseconds.values()))} on the "
        f"{'GPU' if device.startswith('cuda') else 'CPU'}"
        f'<span class="spoken">: {_named(labels, checkpoint)}</span>. '
        f"{architecture(checkpoint)} saw this {width}×{height} photo at {columns}×{rows} pixels. "
        f"Weights: {html.escape(weights.status(checkpoint))}, "
        f"sha256 {(weights.sha256(checkpoint) or 'unknown')[:8]}…"
    )


def _named(labels: np.ndarray, checkpoint: Checkpoint) -> str:
    shares = report.shares(labels, checkpoint.labels)
    return ", ".join(f"{each['class']} {percent(each['share'])}" for each in shares)


def percent(share: float) -> str:
    """Return a share, 0 to 1, in percent, never as 0 where there is something."""
    if 0 < share < 0.001:
        return "<0.1 %"
    return f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"


def duration(milliseconds: float) -> str:
    """Return a time as a person would say it."""
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def count(number: int, noun: str) -> str:
    """Return `number` and `noun`, in the plural if need be."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
