"""Two convolutions must say what VGG's three say, as well as two can."""

import pytest
import torch
import torch.nn.functional as F

from seg_models import networks
from seg_models.networks.layers import ConvUnit
from seg_models.training.init import vgg_to_unet


class Trunk(torch.nn.Module):
    """Five stages as thin as a U-Net of width 1/16, the deeper ones of three convolutions."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        before = 3
        for number, (channels, depth) in enumerate(
            [(4, 2), (8, 2), (16, 3), (32, 3), (32, 3)], start=1
        ):
            units = []
            for _ in range(depth):
                units.append(ConvUnit(before, channels))
                before = channels
            self.add_module(f"stage{number}", torch.nn.Sequential(*units))
        for layer in self.modules():
            if isinstance(layer, torch.nn.Conv2d):
                torch.nn.init.kaiming_normal_(layer.weight)
                torch.nn.init.normal_(layer.bias, std=0.1)


def _features(network, trunk, images):
    """Return what U-Net's levels and the trunk's stages give, level by level."""
    ours = theirs = images
    for number, down in enumerate(network.down, start=1):
        if number > 1:
            ours, theirs = network.pool(ours), network.pool(theirs)
        ours, theirs = down(ours), trunk.get_submodule(f"stage{number}")(theirs)
        yield ours, theirs


@torch.no_grad()
def test_levels_answer_as_the_stages_do():
    network, trunk = networks.create("unet", 3, width=1 / 16).eval(), Trunk().eval()
    random = torch.Generator().manual_seed(0)
    smooth = [
        F.interpolate(torch.randn(12, 3, 16, 16, generator=random), scale_factor=8, mode="bicubic")
        for _ in range(2)
    ]
    vgg_to_unet.fit(network, trunk, smooth[0])
    explained = []
    for ours, theirs in _features(network, trunk, smooth[1]):  # other pictures
        part = ours[:, : theirs.shape[1]]
        explained.append(1 - ((part - theirs).var() / theirs.var()).item())
    assert explained[:2] == pytest.approx([1, 1], abs=1e-5)  # two convolutions each: the same
    assert min(explained[2:]) > 0.5, explained


@torch.no_grad()
def test_a_third_convolution_that_does_nothing_is_left_out_exactly():
    network, trunk = networks.create("unet", 3, width=1 / 16).eval(), Trunk().eval()
    for number in (3, 4, 5):
        middle = trunk.get_submodule(f"stage{number}")[1].conv
        torch.nn.init.dirac_(middle.weight)
        torch.nn.init.zeros_(middle.bias)
    images = torch.randn(16, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    vgg_to_unet.fit(network, trunk, images)
    for ours, theirs in _features(network, trunk, images):
        torch.testing.assert_close(ours[:, : theirs.shape[1]], theirs, rtol=0, atol=0.2)
