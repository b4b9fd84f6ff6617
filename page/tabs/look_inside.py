"""What the tab "Look inside" shows: the figures that networks make of a photo."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

import numpy as np
from torch import Tensor

from seg_models import pipeline, preprocess
from seg_models.explain import decoder_activations
from seg_models.explain.receptive_field import receptive_field
from seg_models.pipeline import Segmenter
from seg_models.specs import Checkpoint, WeightsError

from ..i18n import say
from ..i18n.errors import NO_FIELDS, translated
from ..models import catalogue, custom_models, fetching
from ..segment import network, photos
from ..server.errors import sentence
from ..server.turns import Work, turn
from . import figures

# Whose figures are worth the look, by the beginning of an architecture's name.
FIELDS = ("fcn8s", "fcn16s", "fcn32s", "deeplab_v1", "dilatednet", "deeplab_v3")
DECODERS = ("deconvnet", "segnet", "unet", "fc_densenet")


def fields(asked: dict[str, Any], work: Work, language: str) -> Iterator[dict[str, str]]:
    """Yield figures and status as HTML after each network: what its score at a pixel saw.

    Args:
        asked: "photo" is a photo's key, "models" the names of checkpoints, "x" and "y" the column
            and row in the photo at working size.
        work: To be given up when nobody waits for it.
        language: In which it is told.
    """
    capped = photos.find(asked.get("photo")).pixels
    models = [str(each) for each in asked.get("models") or []]
    if not models:
        raise ValueError(NO_FIELDS)
    pixel = float(asked.get("x") or 0), float(asked.get("y") or 0)
    found = ""
    for number, model in enumerate(models, 1):
        checkpoint = custom_models.find(model)
        status = say(
            language, "comparing", number=number, total=len(models),
            network=catalogue.architecture(checkpoint),
        )  # fmt: skip
        yield {"html": figures.grid(found), "status": f"{status} …"}
        try:
            for said in fetching.words(checkpoint):
                said = html.escape(translated(language, said))
                yield {"html": figures.grid(found), "status": f"{status}: {said}"}
            with turn(work):
                segmenter, images = _prepared(checkpoint, capped)
                place = _moved(pixel, capped.shape, images.shape)
                field = receptive_field(segmenter.network, images, place)
            found += figures.field(checkpoint, capped, field, language)
        except WeightsError as error:
            found += figures.failure(checkpoint, sentence(error, language))
    x, y = pixel
    yield {"html": figures.grid(found), "status": say(language, "pixel", x=int(x), y=int(y))}


def growth(asked: dict[str, Any], work: Work, language: str) -> Iterator[dict[str, str]]:
    """Yield figures and status as HTML: a decoder's maps of a photo, from coarse to fine.

    Args:
        asked: "photo" is a photo's key, "model" the name of a checkpoint, "shown" the index of the
            class that the units shown go with, or -1 for the strongest units.
        work: To be given up when nobody waits for it.
        language: In which it is told.
    """
    capped = photos.find(asked.get("photo")).pixels
    checkpoint = custom_models.find(asked.get("model") or "")
    yield {"html": "", "status": say(language, "running")}
    for said in fetching.words(checkpoint):
        yield {"html": "", "status": html.escape(translated(language, said))}
    shown = int(asked.get("shown", -1))
    label = shown if 0 <= shown < len(checkpoint.labels.classes) else None
    with turn(work):
        segmenter, images = _prepared(checkpoint, capped)
        found = decoder_activations.growth(segmenter.network, images, label)
    height, width = images.shape[2:]
    drawn = figures.growth(checkpoint, capped, found, label, language)
    name = catalogue.architecture(checkpoint)
    said = say(language, "growth-seen", network=name, width=width, height=height)
    yield {"html": figures.grid(drawn), "status": said}


def _prepared(checkpoint: Checkpoint, photo: np.ndarray) -> tuple[Segmenter, Tensor]:
    """Return the network and its input, at the recipe's size: the bound on memory and time."""
    # A Space's shared GPU is lent for segmenting; a look inside can wait for the processor.
    segmenter = pipeline.load(checkpoint, "cpu" if network.ZERO_GPU else "auto")
    return segmenter, preprocess.images(photo, checkpoint.preprocessing).to(segmenter.device)


def _moved(pixel: tuple[float, float], photo: tuple, images: tuple) -> tuple[int, int]:
    """Return the column and row of the network's input that a pixel of the photo lies in."""
    x, y = (
        min(max(0, int((place + 0.5) * new / old)), new - 1)
        for place, old, new in zip(pixel, (photo[1], photo[0]), (images[3], images[2]), strict=True)
    )
    return x, y
