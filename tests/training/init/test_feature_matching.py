"""A network that begins layer by layer says at once much of what its example says."""

import pytest
import torch
import torch.nn.functional as F

from seg_models import networks
from seg_models.training.init import feature_matching


def _smooth(seed: int) -> torch.Tensor:
    random = torch.Generator().manual_seed(seed)
    noise = torch.randn(8, 3, 16, 16, generator=random)
    return F.interpolate(noise, scale_factor=6, mode="bicubic")


@torch.no_grad()
@pytest.mark.parametrize(("architecture", "width"), [("fc_densenet56", 0.5), ("segnet_basic", 0.5)])
def test_it_says_much_of_what_its_example_says(segnet, architecture, width):
    network = networks.create(architecture, 5, width).train()
    feature_matching.begin(network, segnet, _smooth(0))
    for layer in network.modules():
        if isinstance(layer, torch.nn.Dropout):
            layer.eval()
    other = _smooth(1)
    ours, theirs = network(other), segnet(other)
    explained = 1 - (ours - theirs).var() / theirs.var()
    assert explained > 0.6


@torch.no_grad()
def test_the_first_component_is_what_most_channels_share():
    random = torch.Generator().manual_seed(0)
    shared, other, noise = torch.randn(3, 2, 1, 8, 8, generator=random).unbind()
    features = torch.cat([shared, 5 * shared + 0.1 * noise, other, 2 * shared + 3], dim=1)
    components = feature_matching._components(features, 2)
    likeness = torch.corrcoef(torch.stack([components[:, 0].flatten(), shared.flatten()]))
    assert likeness[0, 1].abs() > 0.99
    torch.testing.assert_close(components.std(dim=(0, 2, 3)), torch.ones(2), rtol=0.01, atol=0)


@torch.no_grad()
def test_a_transition_up_continues_a_ramp():
    deconvolution = torch.nn.ConvTranspose2d(2, 2, 3, stride=2)
    feature_matching._enlarge(deconvolution)
    ramp = torch.arange(6.0).expand(1, 2, 6, 6)
    steps = deconvolution(ramp)[0, 1, 3, 1:-1].diff()
    torch.testing.assert_close(steps, torch.full_like(steps, 0.5))
