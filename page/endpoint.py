"""The one public endpoint, `/segment`: what the page does, for programs."""

from dataclasses import replace

import gradio as gr

from seg_models.visualize import draw

from . import drawing, files, guestbook, network
from .errors import told
from .translations import preferred
from .translations.errors import NO_PHOTO


def segment(
    photo: str, model: str, iterations: int, request: gr.Request | None = None
) -> tuple[str, str, str, dict]:
    """Segment a photo with a trained network and refine the result with a dense CRF.

    Args:
        photo: The photo: JPEG, PNG, WebP or another usual format.
        model: Name of a checkpoint, such as "deeplab_v3-animals".
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
        checkpoint = guestbook.find(model or "")
        crf = replace(checkpoint.crf, iterations=iterations)
        segmentation = network.segment(checkpoint, photo, crf)
        label_set = segmentation.checkpoint.labels
        paths = []
        for stage, name in enumerate(("score_map", "upsampled", "refined")):
            labels = drawing.labels(segmentation, stage)
            paths.append(files.save(draw.colour(labels, label_set), name))
        return (*paths, draw.details(segmentation))
