"""One photo through several networks: small multiples, and where the networks agree."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from seg_models import preprocess
from seg_models.checkpoints import registry
from seg_models.specs import Checkpoint, Segmentation, WeightsError
from seg_models.visualize import draw

from . import drawing, fetching, guestbook, network, wording
from .errors import told
from .inspection import png_url
from .look import Look
from .translations import count, name, say
from .translations.errors import NO_NETWORKS, NO_PHOTO, translated

SIDE = 640  # pixels; enough for pictures this small, and quick


@dataclass(frozen=True)
class Answer:
    """What one network made of the photo, or why it did not."""

    checkpoint: Checkpoint
    segmentation: Segmentation | None = None
    words: str = ""  # how far it is, or why there is no answer, as HTML

    @cached_property
    def labels(self) -> np.ndarray | None:
        """The class indices, `(H, W)` uint8, if there is an answer."""
        return self.segmentation and drawing.labels(self.segmentation, drawing.REFINED)


def fitting(model: str | None) -> list[str]:
    """Return the networks that know the same things as `model` and are here."""
    chosen = guestbook.lookup(model)
    fit = [each for each in registry.checkpoints() if chosen and each.domain == chosen.domain]
    return [each.name for each in fit if each.embedded]


def compare(
    photo: str | None, models: list[str], crf: bool, iterations: int, look: Look
) -> Iterator[tuple[str, str]]:
    """Yield (pictures, status) as HTML after each step of each network; to stop, stop asking.

    Args:
        photo: Path of the file as it came.
        models: Names of checkpoints; of networks that know different things each group is shown
            by itself.
        crf: Whether the masks are refined.
        iterations: By how many iterations.
        look: Whose colours and language are used.
    """
    with told(look.language):
        if photo is None:
            raise ValueError(NO_PHOTO)
        if not models:
            raise ValueError(NO_NETWORKS)
        small = preprocess.cap(preprocess.open_photo(photo), SIDE)
        answers: list[Answer] = []
        for number, model in enumerate(models, 1):
            checkpoint = registry.find(model)
            status = say(
                look.language, "comparing", number=number, total=len(models),
                network=wording.architecture(checkpoint),
            )  # fmt: skip
            page = _page(answers, look)
            yield page, f"{status} …"
            for answer in _ask(small, checkpoint, iterations if crf else 0, look.language):
                yield page, f"{status}: {answer.words}"
            answers.append(answer)
        yield _page(answers, look), count(look.language, len(answers), "compared")


def agreement(answers: list[np.ndarray]) -> np.ndarray:
    """Return the share of `(H, W)` label maps that give each pixel its commonest class, 0-1."""
    stacked = np.stack(answers)
    counts = np.stack([(stacked == each).sum(0) for each in np.unique(stacked)])
    return counts.max(0) / len(answers)


def _ask(
    photo: np.ndarray, checkpoint: Checkpoint, iterations: int, language: str
) -> Iterator[Answer]:
    """Yield the answer after each step, the last being whole.

    Stop waits for the step that is being made, so a step is as small as can be.
    """
    try:
        for said in fetching.words(checkpoint):
            yield Answer(checkpoint, words=html.escape(translated(language, said)))
        crf = replace(checkpoint.crf, iterations=iterations)
        for step in network.steps(checkpoint.name, photo, crf, SIDE):
            done = len(step.history)
            key = "refining" if done else "running"
            yield Answer(checkpoint, step, say(language, key, done=done, wanted=iterations))
    except WeightsError as error:
        yield Answer(checkpoint, words=html.escape(translated(language, str(error))))


def _page(answers: list[Answer], look: Look) -> str:
    domains = dict.fromkeys(each.checkpoint.domain for each in answers)
    return "".join(
        _group([each for each in answers if each.checkpoint.domain == domain], look)
        for domain in domains
    )


def _group(answers: list[Answer], look: Look) -> str:
    figures = [_figure(each, look) for each in answers]
    found = [each.labels for each in answers if each.labels is not None]
    if len(found) > 1:
        shared = agreement(found)
        figures.append(_agreement(shared, len(found), look.language))
    title = name(look.language, answers[0].checkpoint.domain)
    return f'<h3>{html.escape(title)}</h3><div class="grid">{"".join(figures)}</div>'


def _agreement(shared: np.ndarray, number: int, language: str) -> str:
    share = wording.percent(float((shared == 1).mean()))
    return (
        f'<figure><img src="{png_url(draw.heat(shared))}" alt="{say(language, "agreement-alt")}">'
        f"<figcaption><b>{say(language, 'agreement')}</b>"
        f"{say(language, 'agreed', number=number, share=share)}</figcaption></figure>"
    )


def _figure(answer: Answer, look: Look) -> str:
    checkpoint = answer.checkpoint
    network_name = html.escape(wording.architecture(checkpoint))
    if answer.segmentation is None:
        failed = f"<b>{network_name}</b>{answer.words}"
        return f'<figure><figcaption class="failed">{failed}</figcaption></figure>'
    label_set = look.labels(checkpoint)
    picture = draw.overlay(answer.segmentation.photo, answer.labels, label_set)
    shares = draw.shares(answer.labels, label_set)[:4]
    named = html.escape(wording.named(shares, look.language))
    spent = sum(answer.segmentation.milliseconds.values())
    miou = checkpoint.results.get("val_miou")
    millions = say(look.language, "parameters", millions=f"{checkpoint.parameters / 1e6:.1f}")
    facts = [wording.duration(spent), millions]
    facts += [f"val mIoU {100 * miou:.1f} %"] if miou is not None else []
    caption = f"<b>{network_name}</b>{' · '.join(facts)}<br>{named}"
    return (
        f'<figure><img src="{png_url(picture)}" alt="{network_name}: {named}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )
