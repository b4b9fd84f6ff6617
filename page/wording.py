"""What is said of a checkpoint and of a result, in the visitor's language."""

import html
from typing import Any

import numpy as np

from seg_models.checkpoints import weights
from seg_models.device import GPU_FULL
from seg_models.specs import Checkpoint, Segmentation
from seg_models.upsample import argmax
from seg_models.visualize import summary as report

from . import guestbook
from .translations import count, name, say
from .translations.errors import translated

TITLE = "Coarse to Crisp"
STAGES = ("score-map", "upsampled", "refined")  # the panels' elem_ids
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


def architecture(checkpoint: Checkpoint) -> str:
    """Return what people call the checkpoint's network."""
    return ARCHITECTURES.get(checkpoint.architecture, checkpoint.architecture)


def choice(checkpoint: Checkpoint, language: str) -> str:
    """Return a checkpoint's line in the list of networks: name, domain, how good it is."""
    parts = [architecture(checkpoint), name(language, checkpoint.domain)]
    miou = checkpoint.results.get("val_miou")
    if miou is not None:
        parts.append(f"val mIoU {100 * miou:.0f} %")
    if not checkpoint.embedded:
        parts.append(_availability(checkpoint, language))
    return " · ".join(parts)


def _availability(checkpoint: Checkpoint, language: str) -> str:
    state = weights.status(checkpoint)
    size = checkpoint.file_bytes  # unknown of other people's files
    if state is weights.Status.ON_THE_HUB and size:
        return say(language, "hub-size", megabytes=f"{size / 2**20:.0f}")
    return say(language, f"list-{state}")


def brought(key: str, checkpoint: Checkpoint) -> str:
    """Return the line of a network that a visitor brought along: its kind, where it is from."""
    return f"{architecture(checkpoint)} · {short(key)}"


def short(key: str) -> str:
    """Return the key of a network that was brought along, its commit shortened."""
    repo, at, commit = key.partition("@")
    return f"{repo}{at}{commit[:7]}"


def score_map_caption(segmentation: Segmentation, language: str) -> str:
    """Return the score map's size, its stride and the time the network took."""
    height, width = segmentation.score_map.shape[1:]
    spent = segmentation.milliseconds
    time = duration(spent["preprocess"] + spent["network"])
    stride = segmentation.output_stride
    return say(language, "score-map-caption", width=width, height=height, stride=stride, time=time)


def upsampled_caption(segmentation: Segmentation, language: str) -> str:
    """Return the size the score map was enlarged to and the time that took."""
    height, width = segmentation.photo.shape[:2]
    time = duration(segmentation.milliseconds["upsample"])
    return say(language, "upsampled-caption", width=width, height=height, time=time)


def refined_caption(segmentation: Segmentation, language: str) -> str:
    """Return how far the CRF went, what share of the pixels it changed and the time it took."""
    if not segmentation.history:
        return say(language, "off-caption")
    changed = segmentation.history[-1] != argmax(segmentation.probabilities)
    return say(
        language,
        "refined-caption",
        iterations=count(language, len(segmentation.history), "iteration"),
        share=percent(float(changed.float().mean())),
        time=duration(segmentation.milliseconds["crf"]),
    )


def alt_text(
    stage: int, view: str, labels: np.ndarray, checkpoint: Checkpoint, language: str
) -> str:
    """Return a panel's picture in words: its stage, what it shows, the share of each class."""
    return say(
        language,
        "alt",
        stage=say(language, STAGES[stage]),
        network=architecture(checkpoint),
        view=view,
        named=named(report.shares(labels, checkpoint.labels), language),
    )


def summary(segmentation: Segmentation, labels: np.ndarray, language: str) -> str:
    """Return a whole run in words: time, classes, what the network saw, whose weights it has."""
    checkpoint = segmentation.checkpoint
    key = guestbook.key(checkpoint)
    height, width = segmentation.photo_size
    rows, columns = segmentation.input_size
    remark = f"{translated(language, GPU_FULL)}. " if segmentation.fell_back_to_cpu else ""
    return remark + say(
        language,
        "summary",
        time=duration(sum(segmentation.milliseconds.values())),
        device="GPU" if segmentation.device.startswith("cuda") else "CPU",
        named=named(report.shares(labels, checkpoint.labels), language),
        network=architecture(checkpoint),
        width=width,
        height=height,
        columns=columns,
        rows=rows,
        status=html.escape(short(key) if key else translated(language, report.status(checkpoint))),
        digest=(weights.sha256(checkpoint) or "?")[:8],
    )


def named(shares: list[dict[str, Any]], language: str) -> str:
    """Return classes and their share of the area, as `summary.shares` gives them, in words."""
    return ", ".join(f"{name(language, each['class'])} {percent(each['share'])}" for each in shares)


def percent(share: float) -> str:
    """Return a share, 0 to 1, in percent, never as 0 where there is something."""
    if 0 < share < 0.001:
        return "<0.1 %"
    return f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"


def duration(milliseconds: float) -> str:
    """Return a time as a person would say it."""
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"
