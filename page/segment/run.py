"""A run: what a visitor asked for, and the messages that answer it, stage by stage.

Everything that the page shows of a result comes from the messages of one run. They hold facts and
no sentences, which the browser makes in its language. A newer run of the same visitor, or Stop,
ends a run within one step: between the network's stages and after each iteration.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import uuid4

from cachetools import LRUCache

from seg_models import pipeline
from seg_models.checkpoints import weights
from seg_models.device import GPU_FULL
from seg_models.specs import Checkpoint, CrfSettings
from seg_models.upsample import argmax
from seg_models.visualize import summary
from seg_models.visualize.segmentation import Segmentation

from ..models import catalogue, custom_models, fetching
from ..server.turns import TURNS, Work
from . import familiarity, network, pictures
from .photos import Photo, facts, find
from .results import RESULTS

Message = dict[str, Any]
MOST = 20  # iterations of the CRF that the page offers
# Lowest and highest value of each of the CRF's settings.
RANGES = {
    "appearance_weight": (0.0, 20.0),
    "appearance_reach": (1.0, 200.0),
    "colour_reach": (1.0, 60.0),
    "smoothness_weight": (0.0, 20.0),
    "smoothness_reach": (1.0, 20.0),
}


@dataclass(frozen=True)
class Asked:
    """What a run is of."""

    photo: str
    model: str
    crf: CrfSettings | None = None  # None: the checkpoint's own
    base: str | None = None  # a run of the same photo and network, to spare the network


def read(asked: dict[str, Any]) -> Asked:
    """Return what a browser asks for.

    Raises:
        ValueError: If it is not of that form.
    """
    photo, model, base = (asked.get(each) for each in ("photo", "model", "base"))
    if not isinstance(photo, str) or not isinstance(model, str):
        raise ValueError("a run needs the keys of a photo and of a network")
    return Asked(photo, model, settings(asked.get("crf")), base if isinstance(base, str) else None)


def settings(crf: Any) -> CrfSettings | None:
    """Return the CRF's settings as a browser sends them, each within its range; None stays None.

    Raises:
        ValueError: If they are no such settings.
    """
    if crf is None:
        return None
    try:
        iterations = int(crf["iterations"])
        values = {name: float(crf[name]) for name in RANGES}
    except (TypeError, KeyError, ValueError, OverflowError) as error:
        raise ValueError("the CRF's settings are not of the form that the page sends") from error
    if not 0 <= iterations <= MOST:
        raise ValueError(f"iterations are {iterations}; give 0 to {MOST}")
    for name, (low, high) in RANGES.items():
        if not low <= values[name] <= high:
            raise ValueError(f"{name} is {values[name]}; give {low:g} to {high:g}")
    return CrfSettings(iterations=iterations, **values)


def run(asked: Asked, work: Work) -> Iterator[Message]:
    """Yield the messages of a run, `begin` first and `done` last.

    Raises:
        ValueError: If photo or network are not, or no longer, here.
        WeightsError: If the network's weights cannot be had.
        Cancelled: If nobody waits for it any more.
    """
    photo = find(asked.photo)
    checkpoint = custom_models.find(asked.model)
    crf = _own_normalisation(checkpoint, asked.crf)
    recorded = RECORDED.find(photo, checkpoint, crf)
    if recorded:
        yield from recorded
        return
    messages = []
    for message in _fresh(asked, photo, checkpoint, crf, work):
        messages.append(message)
        yield message
    RECORDED.keep(photo, checkpoint, crf, messages)


def _fresh(
    asked: Asked, photo: Photo, checkpoint: Checkpoint, crf: CrfSettings, work: Work
) -> Iterator[Message]:
    identity = uuid4().hex
    yield {
        "kind": "begin",
        "run": identity,
        "photo": facts(photo),
        "model": asked.model,
        "network": catalogue.described(checkpoint),
        "crf": asdict(crf),
    }
    for said in fetching.words(checkpoint):
        work.check()
        yield {"kind": "status", "sentence": said}
    for before in TURNS.wait(work):
        yield {"kind": "waiting", "before": before}
    try:
        yield from _stages(identity, asked, photo, checkpoint, crf, work)
    finally:
        TURNS.done(work)


def _stages(
    identity: str, asked: Asked, photo: Photo, checkpoint: Checkpoint, crf: CrfSettings, work: Work
) -> Iterator[Message]:
    segmentation = _known(asked, checkpoint)
    if segmentation is None:
        stages = network.stages(checkpoint, photo.pixels)
        segmentation = replace(next(stages), photo_size=photo.size)
        yield _score_map(segmentation)
        work.check()
        segmentation = replace(next(stages), photo_size=photo.size)
    else:
        yield _score_map(segmentation)
    labels = argmax(segmentation.probabilities)
    yield {
        "kind": "stage",
        "stage": 1,
        "map": pictures.packed(labels),
        "milliseconds": segmentation.milliseconds["upsample"],
    }
    for step in pipeline.refine(segmentation, crf):
        work.check()
        segmentation, before, labels = step, labels, step.history[-1]
        yield {
            "kind": "iteration",
            "number": len(step.history),
            "map": pictures.packed(labels),
            "changed": float((labels != before).float().mean()),
            "milliseconds": step.milliseconds["crf"],
        }
    work.check()
    RESULTS.keep(identity, photo.key, segmentation)
    yield {
        "kind": "done",
        "run": identity,
        "details": summary.details(segmentation, segmentation.labels()),
        "weights": weights.status(checkpoint).value,
        "remark": GPU_FULL if segmentation.fell_back_to_cpu else "",
        "strange": familiarity.strange(checkpoint, segmentation.score_map),
    }


def _known(asked: Asked, checkpoint: Checkpoint) -> Segmentation | None:
    """Return what the network said in the run this one is based on, if that is kept."""
    base = RESULTS.lookup(asked.base)
    if base and base.photo == asked.photo and base.segmentation.checkpoint == checkpoint:
        return base.at(0)
    return None


def _own_normalisation(checkpoint: Checkpoint, crf: CrfSettings | None) -> CrfSettings:
    """Return the settings to use: what the page does not offer is the checkpoint's own."""
    own = replace(checkpoint.crf, iterations=min(checkpoint.crf.iterations, MOST))
    return own if crf is None else replace(crf, normalisation=own.normalisation)


def _score_map(segmentation: Segmentation) -> Message:
    spent = segmentation.milliseconds
    height, width = segmentation.input_size
    return {
        "kind": "stage",
        "stage": 0,
        "map": pictures.packed(argmax(segmentation.score_map)),
        "stride": segmentation.output_stride,
        "seen": [width, height],
        "milliseconds": spent["preprocess"] + spent["network"],
    }


class _Recorded:
    """The messages of the last runs over the examples, which are the same for everybody."""

    MOST = 24

    def __init__(self) -> None:
        self._kept: LRUCache[tuple, list[Message]] = LRUCache(self.MOST)
        self._lock = threading.Lock()

    def find(self, photo: Photo, checkpoint: Checkpoint, crf: CrfSettings) -> list[Message] | None:
        """Return what was recorded, unless its result is no longer kept."""
        key = self._key(photo, checkpoint, crf)
        with self._lock:
            messages = self._kept.get(key)
        return messages if messages and RESULTS.lookup(messages[0]["run"]) else None

    def keep(
        self, photo: Photo, checkpoint: Checkpoint, crf: CrfSettings, messages: list[Message]
    ) -> None:
        """Record the run of an example; of a visitor's own photo nothing is kept."""
        if photo.example is None or custom_models.key(checkpoint):
            return
        lasting = [each for each in messages if each["kind"] not in ("status", "waiting")]
        with self._lock:
            self._kept[self._key(photo, checkpoint, crf)] = lasting

    @staticmethod
    def _key(photo: Photo, checkpoint: Checkpoint, crf: CrfSettings) -> tuple:
        return photo.key, checkpoint.name, checkpoint.sha256, crf


RECORDED = _Recorded()
