"""Scoring a network in training on whole photos, as the finished checkpoint will be."""

from pathlib import Path

import torch
from torch import Tensor, nn

from .. import preprocess, upsample
from ..evaluation import labelled_photos, metrics
from ..evaluation.labelled_photos import INDICES, LabelForm, Pairs
from ..specs import Preprocessing
from .dataset import is_of


def photos(folder: Path, left_out: str = "") -> Pairs:
    """Return `folder`'s photos with their labels, or those whose names begin with `left_out`.

    The left-out ones lie beside the others, in `train/`.

    Raises:
        ValueError: If the folders are not laid out so, or no name begins so.
    """
    if not left_out:
        return labelled_photos.pairs(folder)
    beside = labelled_photos.pairs(folder.parent / "train")
    found = [pair for pair in beside if is_of(pair[0], left_out)]
    if not found:
        raise ValueError(f"no photo of {folder.parent / 'train'} begins with {left_out!r}")
    return found


def score(
    network: nn.Module,
    recipe: Preprocessing,
    folder: Path,
    device: torch.device,
    left_out: str = "",
    form: LabelForm = INDICES,
) -> metrics.Scores:
    """Return the figures over `photos`, whose labels are written down as `form` says."""
    total = None
    for photo, ground_truth_path in photos(folder, left_out):
        found = probabilities(network, recipe, photo, device)
        labels = found.argmax(0).cpu().numpy()
        known = labelled_photos.read_ground_truth(ground_truth_path, form)
        counts = metrics.confusion(labels, known, len(found))
        total = counts if total is None else total + counts
    return metrics.scores(total)


@torch.inference_mode()
def probabilities(
    network: nn.Module, recipe: Preprocessing, photo_path: Path, device: torch.device
) -> Tensor:
    """Return the network's answer `(C, H, W)` for a photo at its own size."""
    photo = preprocess.open_photo(photo_path)
    images = preprocess.images(photo, recipe).to(device, memory_format=torch.channels_last)
    with torch.autocast(device.type, torch.bfloat16):
        score_map = network.score_map(images)[0].float()
    return upsample.to_photo_size(network, score_map, tuple(images.shape[-2:]), photo.shape[:2])
