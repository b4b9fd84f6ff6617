"""The model card of a checkpoint: everything config.json knows, for a reader on the Hub."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import networks
from ..specs import Checkpoint
from . import storage

CARD = "README.md"
CARRIES = """
A published repo carries the package itself, in `seg_models/`, so that its `handler.py` works on
Inference Endpoints as it is: the very code that the figures above were measured with, whatever
later versions do. `requirements.txt` names the few packages that come from PyPI.
"""
OURS = (
    "It learnt from few photos for a short time, so expect less than the paper's figure, and do "
    "not let anything that matters depend on it."
)
THEIRS = "Do not let anything that matters depend on it."


def model_card(checkpoint: Checkpoint, picture: str = "") -> str:
    """Return the card: YAML front matter with a model-index of the val figures, then Markdown.

    `picture` is Markdown to show between the introduction and the results.
    """
    sections = (each.strip() for each in _sections(checkpoint, picture))
    return "\n\n".join(each for each in sections if each) + "\n"


def write(checkpoint: Checkpoint) -> Path:
    """Write the card beside the checkpoint's config.json; return its path."""
    path = checkpoint.folder / CARD
    content = model_card(checkpoint).encode()
    storage.atomic_write(path, lambda unfinished: unfinished.write_bytes(content))
    return path


def paper(architecture: str) -> tuple[str, str]:
    """Return a line on the network and its paper, as the network's own module has them."""
    module = inspect.getmodule(networks.ARCHITECTURES[architecture])
    summary, reference, *_ = inspect.getdoc(module).split("\n\n")
    return " ".join(summary.split()), " ".join(reference.split())


def _sections(checkpoint: Checkpoint, picture: str) -> list[str]:
    summary, reference = paper(checkpoint.architecture)
    data, start = _data(checkpoint), _start(checkpoint)
    return [
        f"---\n{_front_matter(checkpoint, data, start)}\n---",
        f"# {checkpoint.name}",
        f"{summary}\n\n{reference}",
        f"Classes: {', '.join(checkpoint.labels.classes)}.",
        picture,
        _results(checkpoint),
        _use(checkpoint),
        "" if checkpoint.third_party else CARRIES,
        "## Training\n\n" + _facts(dict(checkpoint.training)),
        f"Trained on {data.sentence} {start.sentence}",
        "## Limits\n\nIt knows the classes above and no others: whatever else a photo shows, it "
        f"takes for one of them. {THEIRS if checkpoint.third_party else OURS}",
        f"## Licence\n\nCode: MIT (LICENSE). Weights: {start.licence}. {start.credit}",
    ]


def _use(checkpoint: Checkpoint) -> str:
    opened = f'"{checkpoint.name}"'
    if checkpoint.hub is not None and not checkpoint.third_party:
        opened = f'"{checkpoint.hub.repo}"'
    return f"""
## Use

```python
import seg_models

segmenter = seg_models.load({opened})
segmentation = segmenter.segment("photo.jpg", crf={checkpoint.crf.iterations})
labels = segmentation.labels()  # (H, W) class indices
```
"""


def _facts(facts: dict[str, Any]) -> str:
    known = {key.replace("_", " "): value for key, value in facts.items() if value is not None}
    if not known:
        return "Nothing is recorded."
    return "\n".join(f"- {key}: {_plain(value)}" for key, value in known.items())


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {number:+.2f}" for key, number in value.items())
    return re.sub(r"\s+", " ", f"{value:,}" if isinstance(value, int) else str(value))


def _data(checkpoint: Checkpoint) -> Data:
    name = checkpoint.domain
    return DATA.get(name, Data(name, f"a data set of its makers, called {name}."))


def _start(checkpoint: Checkpoint) -> Start:
    return STARTS.get(checkpoint.training.get("started_from"), STARTS["random weights"])


def _front_matter(checkpoint: Checkpoint, data: Data, start: Start) -> str:
    from huggingface_hub import EvalResult, ModelCardData

    figures = {
        "mIoU": ("mean_iou", "val_miou"),
        "mIoU with dense CRF": ("mean_iou", "val_miou_crf"),
        "pixel accuracy": ("accuracy", "val_pixel_accuracy"),
    }
    results = [
        EvalResult(
            task_type="image-segmentation",
            dataset_type=checkpoint.domain,
            dataset_name=f"{data.name} (val)",
            metric_type=kind,
            metric_name=name,
            metric_value=checkpoint.results[key],
        )
        for name, (kind, key) in figures.items()
        if checkpoint.results.get(key) is not None
    ]
    facts = ModelCardData(
        license=start.licence.lower(),
        library_name="pytorch",
        pipeline_tag="image-segmentation",
        tags=["semantic-segmentation", "dense-crf", checkpoint.architecture, checkpoint.domain],
        model_name=checkpoint.name if results else None,
        eval_results=results or None,
    )
    return facts.to_yaml().strip()


def _results(checkpoint: Checkpoint) -> str:
    """Return the section on size and figures, in per cent, with the CRF and without."""
    results = checkpoint.results
    millions = f"{checkpoint.parameters / 1e6:.2f} million"
    lines = [f"{millions} parameters, stored as {checkpoint.storage}."]
    if results.get("val_miou") is None:
        return "## Results\n\n" + " ".join([*lines, "It has not been scored on all of val yet."])
    rows = [
        (name, results.get(f"val_{key}"), results.get(f"val_{key}_crf"))
        for name, key in (("mIoU", "miou"), ("pixel accuracy", "pixel_accuracy"))
    ]
    with_crf = results.get("val_iou_crf", {})
    rows += [(name, iou, with_crf.get(name)) for name, iou in results.get("val_iou", {}).items()]
    lines.append(f"Scored on {results.get('val_images', 'the')} photos of val, each at its size.")
    if (less := overstated(checkpoint)) is not None:
        lines.append(
            "Its logit adjustment was fitted to these photos, too: on parts of val that had no say "
            f"in it, it gains {100 * less:.1f} points of mIoU less."
        )
    if checkpoint.published_miou is not None:
        share = _percent(checkpoint.published_miou)
        lines.append(f"The paper reports a mIoU of {share} on the test split.")
    iterations = results.get("crf_iterations", "no")
    table = [f"| % | network alone | dense CRF, {iterations} iterations |", "|---|---|---|"]
    table += [f"| {name} | {_percent(alone)} | {_percent(crf)} |" for name, alone, crf in rows]
    return "## Results\n\n" + " ".join(lines) + "\n\n" + "\n".join(table)


def overstated(checkpoint: Checkpoint) -> float | None:
    """Return by how much val's mIoU, 0-1, is too good as the logit adjustment was fitted to it.

    None where nobody knows, as with an adjustment that was not fitted to val, and without one.
    """
    if not any(checkpoint.training.get("logit_adjustment", {"unknown": 1}).values()):
        return None
    gains = [checkpoint.training.get(f"logit_adjustment_gain{of}") for of in ("", "_held_out")]
    return None if None in gains else max(0.0, gains[0] - gains[1])


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"


@dataclass(frozen=True)
class Data:
    """The photos of a domain."""

    name: str
    sentence: str  # follows "Trained on"


@dataclass(frozen=True)
class Start:
    """What a network knew before its training here."""

    sentence: str
    licence: str  # of the weights that come of it, by the Hub's name
    credit: str


DATA = {
    "camvid": Data(
        "CamVid",
        "CamVid: 367 street scenes for training and 101 for validation, at 480x360, in eleven "
        "classes (Brostow, Fauqueur & Cipolla, 2009; the split of the SegNet authors). Its "
        "pictures were gathered for research and are not part of this repo.",
    ),
    "animals": Data(
        "PASCAL VOC 2012, animals",
        "photos of PASCAL VOC 2012 that show a cat, cow, dog, horse or sheep, 2,900 for training "
        "and 300 for validation, with the masks of SBD (Everingham et al., 2015; Hariharan et "
        "al., 2011). Every other class of VOC counts as void. The photos come from Flickr under "
        "its users' terms, were gathered for research, and are not part of this repo.",
    ),
    "everyday": Data(
        "PASCAL VOC 2012 and natural photos",
        "2,900 photos of PASCAL VOC 2012 with the masks of VOC and SBD in all 21 classes "
        "(Everingham et al., 2015; Hariharan et al., 2011), 977 photos of people with masks, and "
        "2,650 natural photos whose labels a network made: a public DeepLab v3 on MobileNet v2, "
        "itself 0.59 mIoU on photos kept apart; in 369 of them, of things that are none of the "
        "classes, what it doubted counts as background. 155 free photos of more such things, from "
        "the game GCompris, are background all over. Validated on 178 photos of COCO with real "
        "labels (Lin et al., 2014), of another source than all of training. But for those of "
        "GCompris, the photos were gathered for research; none is part of this repo.",
    ),
    "voc": Data(
        "PASCAL VOC 2012",
        "PASCAL VOC 2012 in its 21 classes (Everingham et al., 2015). The photos come from Flickr "
        "under its users' terms, were gathered for research, and are not part of this repo.",
    ),
}

VGG_CREDIT = (
    "They are adapted from VGG-16 of K. Simonyan and A. Zisserman, Visual Geometry Group, "
    "Oxford (CC BY 4.0): changed by training on the data above."
)
FITTED = (
    "fitted, by least squares, to say what this project's SegNet says, whose encoder began with "
    "the weights that Simonyan & Zisserman trained on ImageNet."
)

STARTS = {
    "vgg16": Start(
        "Its VGG-16 encoder began with the weights that Simonyan & Zisserman trained on ImageNet.",
        "CC-BY-4.0",
        VGG_CREDIT,
    ),
    "vgg16_pairs": Start(
        "Its way down began with the weights that Simonyan & Zisserman trained on ImageNet; where "
        "a stage of VGG-16 has three convolutions, U-Net's two were fitted to answer as they do. "
        "The paper's began at random.",
        "CC-BY-4.0",
        VGG_CREDIT,
    ),
    "segnet-camvid": Start(f"Its layers were first {FITTED}", "CC-BY-4.0", VGG_CREDIT),
    "fc_densenet56-camvid": Start(
        "It began as this project's trained FC-DenseNet56, with new layers and maps that were "
        f"unheard at first. That one's layers were {FITTED}",
        "CC-BY-4.0",
        VGG_CREDIT,
    ),
    "fc_densenet67-camvid": Start(
        "It began as this project's trained FC-DenseNet67, with new layers that were unheard at "
        f"first; that one began as FC-DenseNet56, whose layers were {FITTED}",
        "CC-BY-4.0",
        VGG_CREDIT,
    ),
    "efficientnet_lite2": Start(
        "Its encoder began with EfficientNet-Lite2's ImageNet weights.",
        "Apache-2.0",
        "They are adapted from EfficientNet-Lite2 of the TensorFlow authors (Apache 2.0): changed "
        "by training on the data above.",
    ),
    "deeplabv3_mnv2_pascal": Start(
        "It was not trained here: it is the release of DeepLab's own authors.",
        "other",
        "The authors released them with TensorFlow's models (Apache 2.0), and "
        "google/deeplabv3_mobilenet_v2_1.0_513 on the Hub, which has them for PyTorch, states "
        '"other". This folder holds none of them: they are fetched from there.',
    ),
    "unknown weights": Start(
        "It began with the weights of another network, of whose training nothing is recorded.",
        "other",
        "Whoever made that network says what may be done with what comes of it.",
    ),
    "random weights": Start(
        "It began with random weights.", "MIT", "They come from this training alone."
    ),
}
