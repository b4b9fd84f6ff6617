"""What the tab "Look inside" shows: the networks that fit, and the figures they make of a photo."""

from __future__ import annotations

import html
from collections.abc import Iterator

import numpy as np
from torch import Tensor

from seg_models import pipeline, preprocess
from seg_models.checkpoints import registry
from seg_models.explain.decoder_activations import growth
from seg_models.explain.receptive_field import receptive_field
from seg_models.pipeline import WORKING_SIDE, Segmenter
from seg_models.specs import Checkpoint, WeightsError

from . import fetching, inside_figures, network, wording
from .errors import told
from .translations import say
from .translations.errors import NO_FIELDS, NO_PHOTO, translated

# Whose figures are worth the look, by the beginning of an architecture's name.
FIELDS = ("fcn8s", "fcn16s", "fcn32s", "deeplab_v1", "dilatednet", "deeplab_v3")
DECODERS = ("deconvnet", "segnet", "unet", "fc_densenet")
EXPECTED_FIELDS = ("fcn8s", "deeplab_v1", "dilatednet", "deeplab_v3")
EXPECTED_DECODERS = ("deconvnet", "segnet")


def fitting(kinds: tuple[str, ...]) -> list[Checkpoint]:
    """Return the checkpoints of these architectures, those of the zoo at this moment."""
    return [each for each in registry.checkpoints() if each.architecture.startswith(kinds)]


def chosen(found: list[Checkpoint], model: str | None) -> list[str]:
    """Return those of `found` that are here and know the same things as `model`, if any do."""
    here = [each for each in found if each.embedded]
    domains = {each.domain for each in registry.checkpoints() if each.name == model}
    same = [each for each in here if each.domain in domains]
    return [each.name for each in same or here]


def absent(expected: tuple[str, ...], found: list[Checkpoint]) -> list[str]:
    """Return what the expected architectures without a checkpoint are called."""
    there = tuple(each.architecture for each in found)
    return [
        wording.ARCHITECTURES[kind]
        for kind in expected
        if not any(each.startswith(kind) for each in there)
    ]


def fields(
    photo: str | None, models: list[str], pixel: tuple[float, float], language: str
) -> Iterator[tuple[str, str]]:
    """Yield (figures, status) as HTML after each network: what its score at a pixel saw.

    Args:
        photo: Path of the file as it came.
        models: Names of checkpoints.
        pixel: Column and row in the photo at working size.
        language: In which it is told.
    """
    with told(language):
        capped = _photo(photo)
        if not models:
            raise ValueError(NO_FIELDS)
        figures = ""
        for number, model in enumerate(models, 1):
            checkpoint = registry.find(model)
            status = say(
                language, "comparing", number=number, total=len(models),
                network=wording.architecture(checkpoint),
            )  # fmt: skip
            yield inside_figures.grid(figures), f"{status} …"
            try:
                for said in fetching.words(checkpoint):
                    said = html.escape(translated(language, said))
                    yield inside_figures.grid(figures), f"{status}: {said}"
                segmenter, images = _prepared(checkpoint, capped)
                place = _moved(pixel, capped.shape, images.shape)
                found = receptive_field(segmenter.network, images, place)
                figures += inside_figures.field(checkpoint, capped, found, language)
            except WeightsError as error:
                figures += inside_figures.failure(checkpoint, translated(language, str(error)))
        x, y = pixel
        yield inside_figures.grid(figures), say(language, "pixel", x=int(x), y=int(y))


def grown(
    photo: str | None, model: str | None, shown: int, language: str
) -> Iterator[tuple[str, str]]:
    """Yield (figures, status) as HTML: a decoder's maps of a photo, from coarse to fine.

    Args:
        photo: Path of the file as it came.
        model: Name of a checkpoint.
        shown: Index of the class that the units shown go with; -1 for the strongest units.
        language: In which it is told.
    """
    with told(language):
        capped = _photo(photo)
        checkpoint = registry.find(model or "")
        yield "", say(language, "running")
        for said in fetching.words(checkpoint):
            yield "", html.escape(translated(language, said))
        segmenter, images = _prepared(checkpoint, capped)
        label = shown if 0 <= shown < len(checkpoint.labels.classes) else None
        found = growth(segmenter.network, images, label)
        height, width = images.shape[2:]
        figures = inside_figures.growth(checkpoint, capped, found, label, language)
        name = wording.architecture(checkpoint)
        said = say(language, "growth-seen", network=name, width=width, height=height)
        yield inside_figures.grid(figures), said


def _photo(photo: str | None) -> np.ndarray:
    if photo is None:
        raise ValueError(NO_PHOTO)
    return preprocess.cap(preprocess.open_photo(photo), WORKING_SIDE)


def _prepared(checkpoint: Checkpoint, photo: np.ndarray) -> tuple[Segmenter, Tensor]:
    """Return the network and its input, at its own size: the bound on memory and time."""
    # A Space's shared GPU is lent for segmenting; a look inside can wait for the processor.
    segmenter = pipeline.load(checkpoint.name, "cpu" if network.ZERO_GPU else "auto")
    return segmenter, preprocess.images(photo, checkpoint.preprocessing).to(segmenter.device)


def _moved(pixel: tuple[float, float], photo: tuple, images: tuple) -> tuple[int, int]:
    """Return the column and row of the network's input that a pixel of the photo lies in."""
    x, y = (
        min(max(0, int((place + 0.5) * new / old)), new - 1)
        for place, old, new in zip(pixel, (photo[1], photo[0]), (images[3], images[2]), strict=True)
    )
    return x, y
