"""One photo through several networks: small multiples, and where the networks agree."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from seg_models import preprocess
from seg_models.specs import Checkpoint, WeightsError
from seg_models.upsample import argmax
from seg_models.visualize import draw, summary
from seg_models.visualize.segmentation import Segmentation

from ..i18n import count, name, say, wording
from ..i18n.errors import NO_NETWORKS, translated
from ..models import catalogue, custom_models, fetching
from ..segment import network, photos
from ..segment.pictures import png_url
from ..segment.run import MOST
from ..server.errors import sentence
from ..server.turns import Work, turn

SIDE = 640  # pixels; enough for pictures this small, and quick
MOST_NETWORKS = 40


@dataclass(frozen=True)
class Answer:
    """What one network made of the photo, or why it did not."""

    checkpoint: Checkpoint
    segmentation: Segmentation | None = None
    words: str = ""  # how far it is, or why there is no answer, as HTML

    @cached_property
    def labels(self) -> np.ndarray | None:
        """The class indices, `(H, W)` uint8, if there is an answer."""
        if self.segmentation is None:
            return None
        history = self.segmentation.history
        return (history[-1] if history else argmax(self.segmentation.probabilities)).numpy()


def answer(asked: dict[str, Any], work: Work, language: str) -> Iterator[dict[str, str]]:
    """Yield pictures and status as HTML after each step of each network.

    Args:
        asked: "photo" is a photo's key, "models" the names of checkpoints, "iterations" the CRF's,
            "safe" whether colours are those that every eye tells apart. Networks that know
            different things are shown in groups.
        work: To be given up when nobody waits for it.
        language: In which it is told.

    Raises:
        ValueError: If there is nothing to compare.
    """
    photo = photos.find(asked.get("photo"))
    models = [str(each) for each in asked.get("models") or []][:MOST_NETWORKS]
    if not models:
        raise ValueError(NO_NETWORKS)
    iterations = min(MOST, max(0, int(asked.get("iterations") or 0)))
    safe = bool(asked.get("safe", True))
    small = preprocess.cap(photo.pixels, SIDE)
    answers: list[Answer] = []
    for number, model in enumerate(models, 1):
        checkpoint = custom_models.find(model)
        status = say(
            language, "comparing", number=number, total=len(models),
            network=catalogue.architecture(checkpoint),
        )  # fmt: skip
        page = _page(answers, safe, language)
        yield {"html": page, "status": f"{status} …"}
        for step in _ask(small, checkpoint, iterations, work, language):
            yield {"html": page, "status": f"{status}: {step.words}"}
        # Of those that are done only what is drawn is kept: probabilities are large.
        answers.append(replace(step, segmentation=step.segmentation and _light(step.segmentation)))
    page = _page(answers, safe, language)
    yield {"html": page, "status": count(language, len(answers), "compared")}


def agreement(answers: list[np.ndarray]) -> np.ndarray:
    """Return the share of `(H, W)` label maps that give each pixel its commonest class, 0-1."""
    stacked = np.stack(answers)
    counts = np.stack([(stacked == each).sum(0) for each in np.unique(stacked)])
    return counts.max(0) / len(answers)


def _ask(
    photo: np.ndarray, checkpoint: Checkpoint, iterations: int, work: Work, language: str
) -> Iterator[Answer]:
    """Yield the answer after each step, the last being whole."""
    try:
        for said in fetching.words(checkpoint):
            work.check()
            yield Answer(checkpoint, words=html.escape(translated(language, said)))
        crf = replace(checkpoint.crf, iterations=iterations)
        with turn(work):
            for step in network.steps(checkpoint, photo, crf, SIDE):
                work.check()
                done = len(step.history)
                key = "refining" if done else "running"
                yield Answer(checkpoint, step, say(language, key, done=done, wanted=iterations))
    except WeightsError as error:
        yield Answer(checkpoint, words=html.escape(sentence(error, language)))


def _light(segmentation: Segmentation) -> Segmentation:
    """Return the result with its last labels alone, in place of the probabilities."""
    last = segmentation.history[-1:] or (argmax(segmentation.probabilities),)
    return replace(segmentation, probabilities=None, refined=None, history=last)


def _page(answers: list[Answer], safe: bool, language: str) -> str:
    domains = dict.fromkeys(each.checkpoint.domain for each in answers)
    return "".join(
        _group([each for each in answers if each.checkpoint.domain == domain], safe, language)
        for domain in domains
    )


def _group(answers: list[Answer], safe: bool, language: str) -> str:
    figures = [_figure(each, safe, language) for each in answers]
    found = [each.labels for each in answers if each.labels is not None]
    if len(found) > 1:
        figures.append(_agreement(agreement(found), len(found), language))
    title = name(language, answers[0].checkpoint.domain)
    return f'<h3>{html.escape(title)}</h3><div class="grid">{"".join(figures)}</div>'


def _agreement(shared: np.ndarray, number: int, language: str) -> str:
    share = wording.percent(float((shared == 1).mean()))
    return (
        f'<figure><img src="{png_url(draw.heat(shared))}" alt="{say(language, "agreement-alt")}">'
        f"<figcaption><b>{say(language, 'agreement')}</b>"
        f"{say(language, 'agreed', number=number, share=share)}</figcaption></figure>"
    )


def _figure(answer: Answer, safe: bool, language: str) -> str:
    checkpoint = answer.checkpoint
    network_name = html.escape(catalogue.architecture(checkpoint))
    if answer.segmentation is None:
        failed = f"<b>{network_name}</b>{answer.words}"
        return f'<figure><figcaption class="failed">{failed}</figcaption></figure>'
    label_set = catalogue.palette(checkpoint, safe)
    picture = draw.overlay(answer.segmentation.photo, answer.labels, label_set)
    shares = summary.shares(answer.labels, label_set)[:4]
    named = html.escape(wording.named(shares, language))
    spent = sum(answer.segmentation.milliseconds.values())
    miou = checkpoint.results.get("val_miou")
    millions = say(language, "parameters", millions=f"{checkpoint.parameters / 1e6:.1f}")
    facts = [wording.duration(spent), millions]
    facts += [f"val mIoU {100 * miou:.1f} %"] if miou is not None else []
    caption = f"<b>{network_name}</b>{' · '.join(facts)}<br>{named}"
    return (
        f'<figure data-model="{html.escape(checkpoint.name)}">'
        f'<img src="{png_url(picture)}" alt="{network_name}: {named}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )
