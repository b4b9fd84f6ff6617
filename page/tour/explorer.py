"""From overview to arithmetic: a network's stages on the photo, a layer's maps, a cell's sum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seg_models.explain import arithmetic
from seg_models.explain.arithmetic import Call, Sum
from seg_models.explain.diagram import UPSAMPLING, Layer, diagram
from seg_models.networks import SegmentationNetwork
from seg_models.specs import Checkpoint

from ..segment.photos import Photo
from ..segment.pictures import packed
from ..server.turns import Work, turn
from . import stock
from .asked import checkpoint_of, index, photo_of
from .figures import SIDE

UNITS = 6  # of a layer that are shown
CHANNELS = 4  # of what a sum read that are shown by themselves
Answer = Iterator[dict[str, Any]]


def stages(asked: dict[str, Any], work: Work, language: str) -> Answer:
    """Yield the stages of a network as they run on the photo, in order."""
    checkpoint, photo = checkpoint_of(asked), photo_of(asked)

    def compute() -> Any:
        segmenter, images = stock.prepared(checkpoint, photo, SIDE)
        diagram(segmenter.network, images)  # the first run prepares, and is not what one waits for
        return diagram(segmenter.network, images)

    with turn(work):
        found = stock.DIAGRAMS.get((photo.key, checkpoint), compute)
    told = [asdict(each) for each in found]
    # The last stage has no module of its own: it is its only layer.
    told[-1]["layers"] = [asdict(Layer(UPSAMPLING, UPSAMPLING, found[-1].gives))]
    yield {"kind": "stages", "stages": told}


def maps(asked: dict[str, Any], work: Work, language: str) -> Answer:
    """Yield a layer's strongest maps: those of the largest sums of what is above 0."""
    made = _call(checkpoint_of(asked), photo_of(asked), str(asked.get("layer"))[:80], work)
    positive = made.gives.clamp(min=0)
    strongest = positive.sum((1, 2)).topk(min(UNITS, len(positive))).indices.tolist()
    yield {
        "kind": "maps",
        "layer": made.name,
        "units": [
            {
                "unit": unit,
                "least": float(made.gives[unit].min()),
                "most": float(made.gives[unit].max()),
                "levels": packed(stock.levels(positive[unit].numpy())),
            }
            for unit in strongest
        ],
        "count": len(positive),
    }


def cell(asked: dict[str, Any], work: Work, language: str) -> Answer:
    """Yield the sum behind a cell of a layer: "unit", "row", "column"."""
    checkpoint = checkpoint_of(asked)
    made = _call(checkpoint, photo_of(asked), str(asked.get("layer"))[:80], work)
    at = tuple(
        index(asked, key, length)
        for key, length in zip(("unit", "row", "column"), made.gives.shape, strict=True)
    )
    told = {"kind": "cell", "cell": at, "number": float(made.gives[at])}
    if made.name != UPSAMPLING:
        yield {**told, **described(arithmetic.sum_of(made, at))}
        return
    network, size = stock.segmenter(checkpoint).network, tuple(made.gives.shape[1:])
    odds = arithmetic.softmax(made.gives[:, at[1], at[2]])
    yield {
        **told,
        **described(arithmetic.upsampling(network, made.reads, size, at)),
        "softmax": [odds.scores.tolist(), odds.powers.tolist(), odds.probabilities.tolist()],
    }


def described(found: Sum) -> dict[str, Any]:
    """Return a sum as what is shown of it: the channels that say most, and the rest together.

    Their sums, the rest's and the bias make the total.
    """
    products = found.products
    channels = np.unique(found.channels)
    sums = np.array([products[found.channels == each].sum() for each in channels])
    order = np.argsort(-np.abs(sums), kind="stable")
    shown = order[:CHANNELS]
    return {
        "sum": found.kind,
        "bias": found.bias,
        "total": found.total,
        "terms": len(products),
        "channels": [_channel(found, channels[each], sums[each]) for each in shown],
        "others": len(channels) - len(shown),
        "rest": float(sums[order[CHANNELS:]].sum()),
    }


def _channel(found: Sum, channel: int, total: float) -> dict[str, Any]:
    mine = found.channels == channel
    return {
        "channel": int(channel),
        "sum": float(total),
        "terms": [
            {"row": int(row), "column": int(column), "value": float(value), "weight": float(weight)}
            for row, column, value, weight in zip(
                found.rows[mine], found.columns[mine], found.values[mine], found.weights[mine],
                strict=True,
            )
        ],
    }  # fmt: skip


def _call(checkpoint: Checkpoint, photo: Photo, layer: str, work: Work) -> Call:
    """Return what a layer read and gave on the photo, computed now or remembered."""

    def compute() -> Call:
        segmenter, images = stock.prepared(checkpoint, photo, SIDE)
        if layer == UPSAMPLING:
            return _upsampled(segmenter.network, images)
        return arithmetic.call(segmenter.network, images, layer)

    with turn(work):
        return stock.CALLS.get((photo.key, checkpoint, layer), compute)


@torch.inference_mode()
def _upsampled(network: SegmentationNetwork, images: Tensor) -> Call:
    """Return the score map, and what the network's own enlargement makes of it."""
    scores = network.score_map(images)
    fine = network.upsample(scores, tuple(images.shape[-2:]))
    return Call(UPSAMPLING, None, scores[0].float().cpu(), fine[0].float().cpu())
