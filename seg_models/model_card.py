"""The model card of a checkpoint: everything config.json knows, for a reader on the Hub."""

import inspect
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import card_results, networks
from .model_sources import DATA, STARTS, Data, Start
from .specs import Checkpoint

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
    path.write_text(model_card(checkpoint), encoding="utf-8")
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
        card_results.section(checkpoint),
        _use(checkpoint),
        "" if checkpoint.borrowed else CARRIES,
        "## Training\n\n" + _facts(dict(checkpoint.training)),
        f"Trained on {data.sentence} {start.sentence}",
        "## Limits\n\nIt knows the classes above and no others: whatever else a photo shows, it "
        f"takes for one of them. {THEIRS if checkpoint.borrowed else OURS}",
        f"## Licence\n\nCode: MIT (LICENSE). Weights: {start.licence}. {start.credit}",
    ]


def _use(checkpoint: Checkpoint) -> str:
    opened = f'"{checkpoint.name}"'
    if checkpoint.hub is not None and not checkpoint.borrowed:
        opened = f'seg_models.open_checkpoint("{checkpoint.hub.repo}")'
    return f"""
## Use

```python
import seg_models

segmenter = seg_models.load({opened})
segmentation = segmenter.segment("photo.jpg", seg_models.CrfSettings(iterations=10))
labels = seg_models.pipeline.labels(segmentation)  # (H, W) class indices
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
