"""Bilinear enlargement stays in place, whole or in strips."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from seg_models import upsample
from seg_models.networks import SegmentationNetwork


def ramp(length):
    """Return scores (2, length, length): each pixel's column against zero."""
    columns = torch.arange(float(length)).expand(length, length)
    return torch.stack([columns, torch.zeros_like(columns)])


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("factor", [2, 3])
def test_a_ramp_continues_in_place(factor, axis):
    """On a ramp the right score of every pixel is its own position, so a shift shows too."""
    scores = ramp(8) if axis == 1 else ramp(8).transpose(1, 2)
    size = (8 * factor, 8 * factor)
    probabilities = upsample.to_photo_size(SegmentationNetwork(), scores, (8, 8), size)
    positions = (torch.arange(8 * factor) + 0.5) / factor - 0.5
    inside = slice(factor, -factor)  # nearer the border the last cell is repeated
    lines = probabilities[0] if axis == 1 else probabilities[0].T
    for line in lines:
        torch.testing.assert_close(line[inside].logit(), positions[inside], rtol=1e-3, atol=1e-3)


def test_the_network_enlarges_to_its_input_in_its_own_way():
    class Own(SegmentationNetwork):
        def upsample(self, scores, size):
            return torch.stack([scores.new_full(size, 3.0), scores.new_zeros(size)])[None]

    probabilities = upsample.to_photo_size(Own(), torch.zeros(2, 2, 3), (6, 9), (6, 9))
    torch.testing.assert_close(probabilities[0].logit(), torch.full((6, 9), 3.0))


def test_probabilities_sum_to_one_at_the_photos_size():
    scores = torch.randn(5, 4, 6, generator=torch.Generator().manual_seed(0))
    probabilities = upsample.to_photo_size(SegmentationNetwork(), scores, (31, 47), (37, 61))
    assert probabilities.shape == (5, 37, 61)
    torch.testing.assert_close(probabilities.sum(0), torch.ones(37, 61))


@pytest.mark.parametrize("size", [(97, 131), (23, 500), (500, 19)])
@pytest.mark.parametrize("strip_bytes", [1, 20_000, 10**9])
def test_labels_in_strips_are_those_of_the_whole(monkeypatch, size, strip_bytes):
    monkeypatch.setattr(upsample, "STRIP_BYTES", strip_bytes)
    noise = torch.randn(4, 19, 23, generator=torch.Generator().manual_seed(0))
    probabilities = noise.softmax(0)
    whole = F.interpolate(probabilities[None], size, mode="bilinear", align_corners=False)[0]
    best, second = whole.topk(2, dim=0).values
    clear = (best - second > 1e-5).numpy()  # rounding may decide a draw either way
    labels = upsample.labels_at(probabilities, size)
    assert labels.dtype == np.uint8
    np.testing.assert_array_equal(labels[clear], whole.argmax(0).numpy()[clear])
    assert clear.mean() > 0.99


def test_labels_at_their_own_size_are_the_likeliest():
    probabilities = torch.tensor([[[0.2, 0.5]], [[0.7, 0.1]], [[0.1, 0.4]]])
    assert upsample.labels_at(probabilities, (1, 2)).tolist() == [[1, 0]]
