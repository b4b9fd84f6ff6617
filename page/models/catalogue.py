"""The networks on offer, by domain, and what is to be said of each."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from seg_models.checkpoints import registry, weights
from seg_models.specs import Checkpoint, LabelSet
from seg_models.visualize import palettes

from ..i18n import TABLES
from ..i18n.errors import translated
from . import custom_models

FAVOURITE = "deeplab_v3"  # the architecture chosen at first: quick, and among the best
FIRST_DOMAINS = ("everyday", "animals")  # an everyday photo is what most people have
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
PAPERS = {  # year and address, by the beginning of an architecture's name
    "fcn": (2015, "https://arxiv.org/abs/1411.4038"),
    "deeplab_v1": (2015, "https://arxiv.org/abs/1412.7062"),
    "deconvnet": (2015, "https://arxiv.org/abs/1505.04366"),
    "unet": (2015, "https://arxiv.org/abs/1505.04597"),
    "segnet": (2017, "https://arxiv.org/abs/1511.00561"),
    "dilatednet": (2016, "https://arxiv.org/abs/1511.07122"),
    "fc_densenet": (2017, "https://arxiv.org/abs/1611.09326"),
    "deeplab_v3": (2017, "https://arxiv.org/abs/1706.05587"),
}


def offered() -> list[dict[str, Any]]:
    """Return what a browser is told of each network: the owner's, then this project's by domain."""
    found = [described(each) for each in registry.checkpoints()]
    own = [described(each) for each in custom_models.offered()]
    return own + sorted(found, key=lambda each: _place(each["domain"]))


def default() -> str | None:
    """Return the checkpoint that is chosen at first: the owner's own, the favourite, or any."""
    if own := custom_models.offered():
        return own[0].name
    known = sorted(
        registry.checkpoints(), key=lambda each: (not each.embedded, _place(each.domain))
    )
    favourites = [each for each in known if each.architecture == FAVOURITE and each.embedded]
    return next((each.name for each in (*favourites, *known)), None)


def architecture(checkpoint: Checkpoint) -> str:
    """Return what people call the checkpoint's network."""
    return ARCHITECTURES.get(checkpoint.architecture, checkpoint.architecture)


def palette(checkpoint: Checkpoint, safe: bool) -> LabelSet:
    """Return the checkpoint's classes in colours that every eye tells apart, or in its own."""
    try:
        return palettes.safe_colours(checkpoint.labels) if safe else checkpoint.labels
    except ValueError:  # a stranger's network may know more classes than there are such colours
        return checkpoint.labels


def described(checkpoint: Checkpoint) -> dict[str, Any]:
    """Return the facts of a checkpoint that the page shows, or draws a result by."""
    reason = weights.obstacle(checkpoint) or ""
    year, paper = _paper(checkpoint.architecture)
    label_set = checkpoint.labels
    return {
        "key": custom_models.key(checkpoint) or checkpoint.name,
        "label": architecture(checkpoint),
        "architecture": checkpoint.architecture,
        "domain": checkpoint.domain,
        "year": year,
        "paper": paper,
        "classes": list(label_set.classes),
        "colours": {"own": label_set.colours, "safe": palette(checkpoint, True).colours},
        "background": label_set.classes[0] == "background",
        "crf": asdict(checkpoint.crf),
        "miou": checkpoint.results.get("val_miou"),
        "parameters": checkpoint.parameters,
        "megabytes": checkpoint.file_bytes and round(checkpoint.file_bytes / 2**20),
        "embedded": checkpoint.embedded,
        "own": checkpoint in custom_models.offered(),
        "state": weights.status(checkpoint).value,
        "reason": {language: translated(language, reason) for language in TABLES},
    }


def _place(domain: str) -> int:
    return FIRST_DOMAINS.index(domain) if domain in FIRST_DOMAINS else len(FIRST_DOMAINS)


def _paper(architecture: str) -> tuple[int | None, str | None]:
    fitting = [each for each in PAPERS if architecture.startswith(each)]
    return PAPERS[max(fitting, key=len)] if fitting else (None, None)
