"""A decoder that passes on: what reaches it can be read from what leaves it."""

import pytest
import torch

from seg_models import networks
from seg_models.networks.unpooling import pool, unpool
from seg_models.training.init.identity_init import hand_on_all


@pytest.mark.parametrize("architecture", ["segnet", "deconvnet"])
def test_a_stage_fills_the_gaps_of_an_unpooling(architecture, monkeypatch):
    monkeypatch.setattr("seg_models.training.init.identity_init.NOISE", 0.0)
    network = networks.create(architecture, 3, width=0.1, norm=False).eval()
    hand_on_all(network, ("decode5",))
    channels = next(network.decode5.children()).conv.in_channels
    smooth = torch.linspace(1, 2, 64).view(1, 1, 8, 8).repeat(1, channels, 1, 1)
    maxima, switches = pool(smooth)  # a ramp: each maximum in its cell's far corner
    with torch.inference_mode():
        passed = network.decode5(unpool(maxima, switches))[..., 2:6, 2:6]
    torch.testing.assert_close(passed, smooth[..., 2:6, 2:6], atol=0.2, rtol=0)


def test_fewer_channels_are_mixtures_of_the_same_strength():
    network = networks.create("segnet", 3, norm=False)
    hand_on_all(network, ("decode4",))
    weight = network.decode4.conv4_1_D.conv.weight  # 512 to 256 channels
    features = torch.randn(4, 512, 16, 16, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        mixed = torch.nn.functional.conv2d(features, weight, padding=1)
    assert mixed.std().item() == pytest.approx(1, abs=0.05)


def test_unet_passes_on_what_comes_from_below(monkeypatch):
    monkeypatch.setattr("seg_models.training.init.identity_init.NOISE", 0.0)
    network = networks.create("unet", 3, width=0.1).eval()
    hand_on_all(network, ("up.0", "merge.0.conv1", "merge.0.conv2"))
    below, skip = torch.rand(1, 102, 4, 4), torch.rand(1, 51, 8, 8)
    with torch.inference_mode():
        larger = network.up[0](below)
        passed = network.merge[0](torch.cat([skip, larger], dim=1))
    torch.testing.assert_close(larger[..., ::2, ::2], larger[..., 1::2, 1::2])
    torch.testing.assert_close(passed, larger.relu())
