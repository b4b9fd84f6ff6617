"""What a user writes: pyright checks it, nothing runs it."""

from collections.abc import Iterator
from pathlib import Path
from typing import assert_type

import numpy as np
from PIL import Image
from torch import Tensor, nn

import seg_models

segmenter = seg_models.load("deeplab_v3-everyday", device="cpu")
assert_type(segmenter, seg_models.Segmenter)
segmentation = segmenter.segment(Path("cat.jpg"), crf=5)
assert_type(segmentation, seg_models.Segmentation)
labels: np.ndarray = segmentation.labels()
overlay: Image.Image = segmentation.overlay(opacity=0.5)
scores: np.ndarray = segmentation.scores
names: list[str] = [segmenter.checkpoint.labels.classes[index] for index in np.unique(labels)]
for step in segmenter.stages(b"...", crf=seg_models.CrfSettings(iterations=3)):
    assert_type(step, seg_models.Segmentation)
with open("cat.jpg", "rb") as file:
    segmenter.segment(file, crf=True)
tuned: seg_models.CrfSettings = segmenter.checkpoint.crf
network: nn.Module = seg_models.create("unet", num_classes=5, width=0.5)
own = seg_models.load("me/deeplab_v1-camvid", fresh=True).network
parameters: Iterator[nn.Parameter] = own.parameters()
for probabilities in seg_models.mean_field(segmentation.final, segmentation.photo, tuned):
    assert_type(probabilities, Tensor)
seg_models.load(5)  # pyright: ignore[reportArgumentType]
segmenter.segment("cat.jpg", crf="5")  # pyright: ignore[reportArgumentType]
