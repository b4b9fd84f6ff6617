"""What cameras do to photos: each effect alone, and by how much."""

import math

import pytest
import torch

from seg_models.training import camera
from seg_models.training.camera import Camera

STILL = {"light": 0.0, "tint": 0.0}


def _random() -> torch.Generator:
    return torch.Generator().manual_seed(2)


def test_a_still_camera_leaves_photos_alone():
    photos = torch.rand(4, 3, 16, 24)
    torch.testing.assert_close(camera.taken(photos, Camera(**STILL), _random()), photos)


@pytest.mark.parametrize(
    "effect", [{"gamma": 0.5}, {"blur": 0.8}, {"noise": 0.1}, {"jpeg": 8.0}, {"light": 0.3}]
)
def test_each_effect_changes_photos_each_by_an_amount_of_its_own(effect):
    photos = torch.rand(1, 3, 16, 24).repeat(24, 1, 1, 1)
    taken = camera.taken(photos, Camera(**{**STILL, **effect}), _random())
    assert taken.min() >= 0 and taken.max() <= 1
    changes = (taken - photos).abs().flatten(1).mean(1)
    assert len({round(each.item(), 4) for each in changes}) > 2


def test_gamma_keeps_black_and_white():
    photos = torch.tensor([0.0, 1.0]).view(1, 1, 1, 2).expand(3, 3, 1, 2)
    taken = camera.taken(photos, Camera(**STILL, gamma=0.7), _random())
    torch.testing.assert_close(taken, photos, atol=0.02, rtol=0)


def test_compression_rounds_each_cosine_coefficient_of_a_block():
    """Against the sum that defines the DCT-II, written out, on one block."""
    block = torch.rand(8, 8, generator=_random()).double()
    step = 20.0
    waves = torch.stack(
        [
            torch.tensor([math.cos(math.pi / 8 * (x + 0.5) * u) for x in range(8)])
            * math.sqrt((1 if u == 0 else 2) / 8)
            for u in range(8)
        ]
    ).double()
    expected = torch.zeros(8, 8, dtype=torch.float64)
    for u in range(8):
        for v in range(8):
            wave = torch.outer(waves[u], waves[v])
            unit = step / 255 * (1 + u + v)
            expected += ((block * wave).sum() / unit).round() * unit * wave
    photo = torch.rand(1, 3, 16, 27)
    photo[0, 1, 8:16, 16:24] = block
    after = camera.compressed(photo, torch.full((1, 1, 1, 1), step))
    torch.testing.assert_close(after[0, 1, 8:16, 16:24].double(), expected, atol=1e-5, rtol=0)
    assert torch.equal(after[..., 24:], photo[..., 24:])  # beyond the last whole block


def test_compression_by_nothing_changes_nothing():
    photos = torch.rand(2, 3, 24, 16)
    torch.testing.assert_close(
        camera.compressed(photos, torch.zeros(2, 1, 1, 1)), photos, atol=1e-5, rtol=0
    )
