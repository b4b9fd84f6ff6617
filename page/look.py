"""How a visitor wants a result: what the panels show, in which colours, in which language."""

from __future__ import annotations

from dataclasses import dataclass, replace

from seg_models.specs import Checkpoint, LabelSet
from seg_models.visualize import draw

from .translations import ENGLISH, name, say

VIEWS = ("classes", "confidence", "doubt", "changes")
PROBABILITY = "probability of "


@dataclass(frozen=True)
class Look:
    """What the panels show, in which colours, and the language it is told in."""

    view: str = "classes"  # one of VIEWS, or "probability of <class>"
    safe: bool = False  # colours that also the colour-blind tell apart
    language: str = ENGLISH

    def labels(self, checkpoint: Checkpoint) -> LabelSet:
        """Return the checkpoint's classes in the colours to draw them in."""
        own = checkpoint.labels
        return draw.safe_colours(own) if self.safe else own

    def valid(self, checkpoint: Checkpoint) -> Look:
        """Return this look, or the plain one if its class is none of the checkpoint's."""
        known = {value for _, value in choices(checkpoint.labels, self.language)}
        return self if self.view in known else replace(self, view="classes")

    @property
    def graded(self) -> bool:
        """Whether values from 0 to 1 are shown, not classes."""
        return self.view not in ("classes", "changes")

    def named(self) -> str:
        """Return what the view is called."""
        return _view_name(self.view, self.language)


def choices(label_set: LabelSet | None, language: str) -> list[tuple[str, str]]:
    """Return the views to choose from, one for each class among them: (name, value)."""
    classes = label_set.classes if label_set else ()
    views = [*VIEWS, *(PROBABILITY + each for each in classes)]
    return [(_view_name(each, language), each) for each in views]


def _view_name(view: str, language: str) -> str:
    if view in VIEWS:
        return say(language, view)
    return say(language, "probability", name=name(language, view.removeprefix(PROBABILITY)))
