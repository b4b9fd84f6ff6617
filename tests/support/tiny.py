"""Small things that stand for large ones: checkpoints of a few kB, a network that sees colours."""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from seg_models import labels, networks
from seg_models.checkpoints import registry, storage
from seg_models.networks import SegmentationNetwork
from seg_models.specs import Checkpoint, CrfSettings, LabelSet, Preprocessing

OPTIONS = {"width": 0.05, "fc_channels": 16}
PRIMARY = LabelSet("primary", ("red", "green", "blue"), ((200, 0, 0), (0, 200, 0), (0, 0, 200)))


def pack(
    weights: Path, name: str, architecture: str = "deeplab_v1", seed: int = 0, options=OPTIONS
) -> Checkpoint:
    """Write an untrained but whole checkpoint to `weights/name` and return it."""
    domain = name.split("-")[-1]
    classes = len(labels.DOMAINS[domain].classes)
    torch.manual_seed(seed)
    network = networks.create(architecture, classes, **options)
    folder = weights / name
    folder.mkdir(parents=True, exist_ok=True)
    sha256, size = storage.save(network.state_dict(), folder / "model.safetensors", "float16")
    checkpoint = Checkpoint(
        name=name,
        architecture=architecture,
        domain=domain,
        options=options,
        labels=labels.DOMAINS[domain],
        preprocessing=Preprocessing(long_side=64),
        crf=CrfSettings(iterations=3, appearance_weight=2.0),
        parameters=sum(each.numel() for each in network.parameters()),
        file_bytes=size,
        sha256=sha256,
        storage="float16",
        results={"val_miou": 0.25},
        published_miou=0.5,
        folder=folder,
    )
    (folder / "config.json").write_text(json.dumps(registry.describe(checkpoint)), encoding="utf-8")
    return checkpoint


class Primary(SegmentationNetwork):
    """Tells red, green and blue apart, at stride 4: an answer one can know beforehand."""

    output_stride = 4

    def __init__(self, preprocessing: Preprocessing):
        super().__init__()
        self.mean, self.std = (
            torch.tensor(each)[:, None, None] for each in (preprocessing.mean, preprocessing.std)
        )

    def score_map(self, images: Tensor) -> Tensor:
        """Return 10 times the mean RGB, 0-1, of each cell."""
        return 10 * F.avg_pool2d(images * self.std + self.mean, 4, ceil_mode=True)


def primary_checkpoint(long_side: int) -> Checkpoint:
    """Return the facts of a `Primary` network."""
    return Checkpoint(
        name="primary-primary",
        architecture="primary",
        domain="primary",
        options={},
        labels=PRIMARY,
        preprocessing=Preprocessing(long_side),
        crf=CrfSettings(iterations=2),
        parameters=0,
        file_bytes=0,
        sha256="0" * 64,
        storage="float16",
        folder=None,
    )
