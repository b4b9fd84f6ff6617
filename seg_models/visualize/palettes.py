"""Colours: of classes, for every kind of sight, and of values between 0 and 1."""

from dataclasses import replace

import numpy as np
from torch import Tensor

from ..specs import VOID, LabelSet

VOID_COLOUR = (224, 224, 192)  # VOC's own

# Black, the seven colours of Okabe & Ito, "Color Universal Design" (2008), and thirteen more. These
# were added one by one: of all RGB colours in steps of 15 that are bright (CIELAB lightness 45 to
# 93) and colourful (chroma 30 or more), so that they show over a photo, each time the one whose
# smallest CIELAB distance to those before is largest, as seen with normal sight and with each of
# the three dichromacies (Machado, Oliveira & Fernandes, "A Physiologically-based Model for
# Simulation of Color Vision Deficiency", 2009). Any two of the 21 differ by 13 or more to every eye.
SAFE = (
    (0, 0, 0), (230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (0, 114, 178),
    (213, 94, 0), (204, 121, 167), (150, 45, 255), (195, 240, 180), (150, 120, 255), (225, 0, 75),
    (0, 255, 240), (180, 195, 105), (210, 0, 180), (135, 195, 135), (150, 255, 120), (165, 75, 135),
    (240, 165, 195), (120, 165, 60), (120, 150, 240),
)  # fmt: skip

# From dark blue over magenta to pale yellow: CIELAB lightness rises evenly from 8 to 94 while the
# hue turns from 285 to 95 degrees, with the most chroma, up to 75, that RGB can show there.
RAMP = (
    (0, 23, 56), (39, 19, 137), (126, 2, 128), (182, 6, 119), (232, 34, 103), (254, 96, 89),
    (255, 151, 98), (255, 197, 126), (255, 237, 178),
)  # fmt: skip


def safe_colours(label_set: LabelSet) -> LabelSet:
    """Return the label set in colours that also the colour-blind tell apart.

    Black is kept for a class called "background".

    Raises:
        ValueError: If there are more classes than such colours, 21 with a background and 20
            without.
    """
    first = 0 if label_set.classes[0] == "background" else 1
    chosen = SAFE[first : first + len(label_set.classes)]
    if len(chosen) < len(label_set.classes):
        raise ValueError(
            f"{len(label_set.classes)} classes are more than the {len(SAFE) - first} colours that "
            "every eye tells apart; use the label set's own"
        )
    return replace(label_set, colours=chosen)


def palette(label_set: LabelSet) -> np.ndarray:
    """Return `(256, 3)` uint8: the colour of each label, black where there is no class."""
    table = np.zeros((256, 3), np.uint8)
    table[: len(label_set.colours)] = label_set.colours
    table[VOID] = VOID_COLOUR
    return table


def heat(values: Tensor | np.ndarray) -> np.ndarray:
    """Return a picture `(H, W, 3)` uint8 of values `(H, W)`: 0 is dark blue, 1 pale yellow.

    Values beyond 0 and 1 are drawn as these.
    """
    levels = values.cpu().numpy() if isinstance(values, Tensor) else values
    anchors = np.linspace(0, 1, len(RAMP))
    channels = [np.interp(levels, anchors, channel) for channel in zip(*RAMP, strict=True)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)
