"""The one public endpoint, `/segment`: what the page does, for programs."""

from dataclasses import replace
from uuid import uuid4

import gradio as gr
import numpy as np

from seg_models.upsample import argmax
from seg_models.visualize import draw, summary
from seg_models.visualize.segmentation import Segmentation

from ..i18n import preferred
from ..i18n.errors import NO_PHOTO
from ..models import custom_models
from ..server import files
from ..server.errors import told
from ..server.turns import Work, turn
from . import network
from .pictures import cells


def segment(
    photo: str, model: str, iterations: int, request: gr.Request | None = None
) -> tuple[str, str, str, dict]:
    """Segment a photo with a trained network and refine the result with a dense CRF.

    Args:
        photo: The photo: JPEG, PNG, WebP or another usual format.
        model: Name of a checkpoint, such as "deeplab_v3-everyday".
        iterations: Iterations of the dense CRF, 0 to 20; with 0 the refined mask is the
            upsampled one.

    Returns:
        PNG of the score map, each cell a rectangle in its class's colour.
        PNG of the upsampled mask.
        PNG of the refined mask.
        All facts of the result: classes with their share of the area, times, sizes, settings.
    """
    with told(preferred(request)):
        if photo is None:
            raise ValueError(NO_PHOTO)
        checkpoint = custom_models.find(model or "")
        crf = replace(checkpoint.crf, iterations=iterations)
        visitor = getattr(request, "session_hash", None) or uuid4().hex
        with turn(Work(visitor)):
            segmentation = network.segment(checkpoint, photo, crf)
        stages = {
            "score_map": _score_map(segmentation),
            "upsampled": argmax(segmentation.probabilities).numpy(),
        }
        stages["refined"] = (
            segmentation.history[-1].numpy() if segmentation.history else stages["upsampled"]
        )
        label_set = checkpoint.labels
        paths = [files.save(draw.colour(each, label_set), name) for name, each in stages.items()]
        return (*paths, summary.details(segmentation))


def _score_map(segmentation: Segmentation) -> np.ndarray:
    return cells(argmax(segmentation.score_map).numpy(), segmentation.photo.shape[:2])
