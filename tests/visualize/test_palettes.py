"""Colours every eye tells apart, and a ramp that grows evenly lighter."""

import numpy as np
import pytest
import torch

from seg_models import labels
from seg_models.specs import LabelSet
from seg_models.visualize import draw, palettes


def lightness(rgb):
    """Return CIELAB's L*, 0-100, of colours (..., 3)."""
    return lab(rgb, np.eye(3))[..., 0]


def test_heat_grows_evenly_lighter():
    ramp = draw.heat(np.linspace(0, 1, 101)[None])[0]
    assert ramp[0].tolist() == list(palettes.RAMP[0])
    assert ramp[100].tolist() == list(palettes.RAMP[-1])
    np.testing.assert_allclose(lightness(ramp), np.linspace(8, 94, 101), atol=2.5)
    np.testing.assert_array_equal(draw.heat(torch.tensor([[-1.0, 2.0]]))[0], ramp[[0, 100]])


# How dichromats see linear RGB: Machado, Oliveira & Fernandes 2009, severity 1.
SIGHTS = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}  # fmt: skip
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)  # fmt: skip


def lab(rgb, sight):
    """Return CIELAB (D65) of sRGB colours (..., 3) as someone with this `sight` sees them."""
    unit = np.asarray(rgb) / 255
    linear = np.where(unit <= 0.04045, unit / 12.92, ((unit + 0.055) / 1.055) ** 2.4)
    xyz = np.clip(linear @ np.transpose(sight), 0, 1) @ TO_XYZ.T / [0.95047, 1, 1.08883]
    root = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("label_set", labels.DOMAINS.values(), ids=lambda each: each.name)
def test_safe_colours_differ_to_every_eye(label_set, sight):
    """By at least 13 in CIELAB; VOC's own, red-blind, come as near as 1."""
    safe = draw.safe_colours(label_set)
    assert safe.classes == label_set.classes
    assert len(safe.colours) == len(label_set.colours)
    seen = lab(safe.colours, SIGHTS[sight])
    distances = np.linalg.norm(seen[:, None] - seen, axis=-1)
    assert distances[~np.eye(len(seen), dtype=bool)].min() >= 13


def test_more_classes_than_safe_colours_are_refused():
    many = LabelSet("many", tuple(f"class {n}" for n in range(21)), ((0, 0, 0),) * 21)
    with pytest.raises(ValueError, match="21 classes are more than the 20 colours"):
        draw.safe_colours(many)
