"""Rare classes weigh more in the loss, and finished scores choose them where that pays."""

import itertools

import pytest
import torch

from seg_models import networks
from seg_models.training import dataset, logit_adjustment


def _pixels(scores, truth):
    folds = torch.arange(len(truth)) * logit_adjustment.FOLDS // len(truth)
    return logit_adjustment.Pixels(scores.log_softmax(0), truth, folds)


def test_class_weights_follow_the_frequencies_and_average_to_one():
    labels = torch.zeros(1, 10, 10, dtype=torch.uint8)
    labels[0, 0], labels[0, 1] = 1, 255  # 80 pixels of class 0, 10 of 1, 10 void
    photos = torch.zeros(1, 3, 10, 10, dtype=torch.uint8)
    data = dataset.Dataset(photos, labels, torch.tensor([[10, 10]]), torch.tensor([False]))
    weights = logit_adjustment.class_weights(data, 0.5, 2)
    torch.testing.assert_close(weights[1] / weights[0], torch.tensor(8.0) ** 0.5)
    torch.testing.assert_close((weights * torch.tensor([8 / 9, 1 / 9])).sum(), torch.tensor(1.0))


def test_offsets_are_as_good_as_any_on_a_grid():
    """Three classes, of which scores say too little, too much, and far too little of a rare one."""
    random = torch.Generator().manual_seed(4)
    truth = torch.multinomial(torch.tensor([0.6, 0.35, 0.05]), 3000, True, generator=random)
    scores = 1.5 * torch.eye(3)[:, truth] + torch.randn(3, 3000, generator=random)
    scores[1] += 0.7
    scores[2] -= 3.0
    offsets = logit_adjustment.fit(_pixels(scores, truth))

    def miou(offsets):
        labels = (scores + torch.as_tensor(offsets)[:, None]).argmax(0)
        both = [((labels == c) & (truth == c)).sum() for c in range(3)]
        either = [((labels == c) | (truth == c)).sum() for c in range(3)]
        return sum(a / b for a, b in zip(both, either, strict=True)).item() / 3

    grid = torch.arange(-4, 4.1, 0.25).tolist()
    best = max(miou((0.0, *pair)) for pair in itertools.product(grid, grid))
    assert miou(offsets) > best - 0.002  # by steps of 1 alone, 0.016 less
    assert miou((0.0, 0.0, 0.0)) < best - 0.1
    assert offsets[2] - offsets[:2].max() > 1.0


def test_a_class_that_does_not_occur_keeps_its_score():
    random = torch.Generator().manual_seed(0)
    truth = torch.randint(0, 2, (500,), generator=random)
    scores = torch.randn(3, 500, generator=random)
    assert logit_adjustment.fit(_pixels(scores, truth))[2] == 0


@pytest.mark.parametrize("alike", [True, False])
def test_what_offsets_gain_is_said_of_other_photos_too(alike):
    """A class is underrated everywhere, or in one fold and overrated in another."""
    random = torch.Generator().manual_seed(0)
    truth = torch.multinomial(torch.tensor([0.5, 0.3, 0.2]), 6000, True, generator=random)
    scores = 2 * torch.eye(3)[:, truth] + torch.randn(3, 6000, generator=random)
    scores[2] -= 2 if alike else torch.tensor([3.0, 0.0, -3.0]).repeat_interleave(2000)
    found = logit_adjustment.find(_pixels(scores, truth))
    if alike:
        assert found.gain > 0.1 and abs(found.held_out_gain - found.gain) < 0.02
    else:
        assert found.gain >= 0 > found.held_out_gain


@pytest.mark.parametrize("architecture", networks.architectures())
def test_a_shift_reaches_the_scores_of_every_network(architecture):
    torch.manual_seed(0)
    network = networks.create(architecture, 3, width=0.1).eval()
    images = torch.randn(1, 3, 96, 96)
    offsets = torch.tensor([-0.5, 0.0, 2.0])
    with torch.inference_mode():
        before = network(images)
        logit_adjustment.shift(network, offsets)
        raised = (network(images) - before)[0, :, 40:56, 40:56]  # far from padding's reach
    torch.testing.assert_close(raised, offsets.view(3, 1, 1).expand_as(raised), atol=1e-3, rtol=0)


def test_offsets_that_other_photos_lose_by_are_left_out(monkeypatch):
    offsets = torch.tensor([0.5, -0.5])
    for gain, kept in ((0.01, offsets), (0.0, offsets), (-0.01, torch.zeros(2))):
        found = logit_adjustment.LogitAdjustment(offsets, 0.02, gain)
        monkeypatch.setattr(logit_adjustment, "find", lambda pixels, found=found: found)
        assert torch.equal(logit_adjustment.worthwhile(None).offsets, kept)
