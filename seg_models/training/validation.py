"""Scoring a network in training on whole photos, as the finished checkpoint will be."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from .. import preprocess, upsample
from ..evaluation import metrics
from ..specs import Preprocessing
from .dataset import is_of


def score(
    network: nn.Module,
    recipe: Preprocessing,
    folder: Path,
    device: torch.device,
    left_out: str = "",
) -> metrics.Scores:
    """Return the figures over `folder`'s photos, or over those whose names begin with `left_out`.

    The left-out ones lie beside the others, in `train/`.
    """
    found = metrics.pairs(folder)
    if left_out:
        found = [p for p in metrics.pairs(folder.parent / "train") if is_of(p[0], left_out)]
    total = None
    for photo, ground_truth_path in found:
        found = probabilities(network, recipe, photo, device)
        labels = found.argmax(0).cpu().numpy()
        counts = metrics.confusion(labels, metrics.read_ground_truth(ground_truth_path), len(found))
        total = counts if total is None else total + counts
    return metrics.scores(total)


@torch.inference_mode()
def probabilities(
    network: nn.Module, recipe: Preprocessing, photo_path: Path, device: torch.device
) -> Tensor:
    """Return the network's answer `(C, H, W)` for a photo at its own size."""
    with Image.open(photo_path) as picture:
        photo = np.array(picture.convert("RGB"))
    images = preprocess.images(photo, recipe).to(device, memory_format=torch.channels_last)
    with torch.autocast(device.type, torch.bfloat16):
        score_map = network.score_map(images)[0].float()
    return upsample.to_photo_size(network, score_map, tuple(images.shape[-2:]), photo.shape[:2])
