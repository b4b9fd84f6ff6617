"""Scoring a network in training on whole photos, as the finished checkpoint will be."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

from .. import evaluation, preprocess, scoring, upsample
from ..specs import Recipe


@torch.inference_mode()
def score(
    network: nn.Module, recipe: Recipe, folder: Path, device: torch.device, limit: int | None = None
) -> evaluation.Scores:
    """Return the figures over `folder`'s photos, or over `limit` of them spread evenly."""
    found = scoring.spread(evaluation.pairs(folder), limit)
    total = None
    for photo_path, truth_path in found:
        with Image.open(photo_path) as picture:
            photo = np.array(picture.convert("RGB"))
        images = preprocess.images(photo, recipe).to(device, memory_format=torch.channels_last)
        with torch.autocast(device.type, torch.bfloat16):
            score_map = network.score_map(images)[0].float()
        probabilities = upsample.to_photo_size(
            network, score_map, tuple(images.shape[-2:]), photo.shape[:2]
        )
        labels = probabilities.argmax(0).cpu().numpy()
        counts = evaluation.confusion(labels, evaluation.read_truth(truth_path), len(probabilities))
        total = counts if total is None else total + counts
    return evaluation.scores(total)
