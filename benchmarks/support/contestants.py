"""From a photo to its refined mask in two ways: as the textbook has it, and as this package does.

Both are given the same network with the same, random, weights: they are not worse for speed.
"""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

from seg_models import crf as dense_crf
from seg_models import networks, preprocess
from seg_models.crf.pydensecrf_engine import densecrf
from seg_models.networks.fuse_bn import folded_state
from seg_models.pipeline import Segmenter
from seg_models.specs import Checkpoint, CrfSettings, LabelSet, Preprocessing

PHOTO = Path(__file__).parents[2] / "assets" / "examples" / "street_china.jpg"
MEASURED = ("preprocess", "network", "upsample", "crf")

Times = dict[str, float]  # milliseconds by stage


@dataclass(frozen=True)
class Task:
    """What is to be segmented, and how finely."""

    size: tuple[int, int] = (375, 500)  # (height, width)
    classes: int = 11
    iterations: int = 10

    def photo(self) -> np.ndarray:
        """Return a real photo of that size, `(H, W, 3)` uint8: its colours decide a CRF's time."""
        with Image.open(PHOTO) as picture:
            return np.array(picture.convert("RGB").resize(self.size[::-1]))

    def crf(self) -> CrfSettings:
        """Return the CRF of the paper's reaches."""
        return CrfSettings(iterations=self.iterations)


def textbook(network: nn.Module, task: Task) -> Times:
    """Run the eager float32 network, take its scores to NumPy, and call pydensecrf's inference."""
    photo, crf = task.photo(), task.crf()
    clock = [time.perf_counter()]
    images = preprocess.images(photo, Preprocessing(max(task.size)))
    clock.append(time.perf_counter())
    with torch.no_grad():
        scores = network(images)
    clock.append(time.perf_counter())
    probabilities = scores[0].softmax(0).numpy()
    clock.append(time.perf_counter())
    height, width = task.size
    model = densecrf.DenseCRF2D(width, height, task.classes)
    energies = -np.log(np.clip(probabilities, 1e-5, 1)).reshape(task.classes, -1)
    model.setUnaryEnergy(np.ascontiguousarray(energies, np.float32))
    model.addPairwiseGaussian(sxy=crf.smoothness_reach, compat=crf.smoothness_weight)
    model.addPairwiseBilateral(
        sxy=crf.appearance_reach, srgb=crf.colour_reach, rgbim=photo, compat=crf.appearance_weight
    )
    np.argmax(model.inference(task.iterations), 0).reshape(task.size)
    clock.append(time.perf_counter())
    return {name: 1000 * (clock[n + 1] - clock[n]) for n, name in enumerate(MEASURED)}


def ours(segmenter: Segmenter, task: Task) -> Times:
    """Run this package's pipeline on a photo that it has not met, though on some of its size."""
    photo = task.photo()
    dense_crf.forget_photos()
    segmentation = segmenter.segment(photo, task.crf(), max(task.size))
    began = time.perf_counter()
    segmentation.labels()
    spent = dict(segmentation.milliseconds)
    last = "crf" if "crf" in spent else "upsample"
    spent[last] += 1000 * (time.perf_counter() - began)
    return spent


def pair(architecture: str, task: Task, device: str = "cpu") -> tuple[nn.Module, Segmenter]:
    """Return the textbook's network and ours: the same one, in ours its batch norms folded."""
    torch.manual_seed(0)
    plain = networks.create(architecture, task.classes).eval().requires_grad_(False)
    network = _folded(plain, architecture, task.classes).eval().requires_grad_(False)
    network = network.to(device, memory_format=torch.channels_last)
    return plain, Segmenter(_checkpoint(architecture, task), network, device)


def _folded(network: nn.Module, architecture: str, classes: int) -> nn.Module:
    try:
        quick = networks.create(architecture, classes, norm=False)
        quick.load_state_dict(folded_state(network))
    except (ValueError, RuntimeError):  # it has no norms, or none that can be folded
        return copy.deepcopy(network)
    return quick


def _checkpoint(architecture: str, task: Task) -> Checkpoint:
    names = tuple(f"class {index}" for index in range(task.classes))
    return Checkpoint(
        name=f"{architecture}-none",
        architecture=architecture,
        domain="none",
        options={},
        labels=LabelSet("none", names, ((0, 0, 0),) * task.classes),
        preprocessing=Preprocessing(max(task.size)),
        crf=task.crf(),
        parameters=0,
        file_bytes=0,
        sha256="0" * 64,
        storage="float16",
    )
