"""A DeconvNet that begins as a SegNet decodes as it does."""

import pytest
import torch

from seg_models import networks
from seg_models.networks.unpooling import pool, unpool
from seg_models.training import mirrored, norms, passing, pretrained

IMAGES = torch.randn(2, 3, 64, 96, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def segnet():
    torch.manual_seed(0)
    network = networks.create("segnet", 5, 0.1, norm=False).eval()
    for layer in network.modules():
        if isinstance(layer, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(layer.weight)
            torch.nn.init.normal_(layer.bias, std=0.1)
    return network


@torch.no_grad()
def test_deconvolutions_do_what_the_convolutions_did(segnet):
    network = networks.create("deconvnet", 5, 0.1, fc_channels=8, norm=False).eval()
    mirrored.take_decoder(network, segnet)
    for stage in mirrored.STAGES[:-1]:
        channels = next(network.get_submodule(stage).children()).conv.in_channels
        maxima, switches = pool(torch.randn(1, channels, 12, 16))
        sparse = unpool(maxima, switches)
        wanted = segnet.get_submodule(stage)(sparse)
        torch.testing.assert_close(network.get_submodule(stage)(sparse), wanted)
        assert wanted.std() > 0


@torch.no_grad()
def test_all_that_passes_reaches_the_scores_as_in_segnet(segnet, monkeypatch):
    monkeypatch.setattr(passing, "NOISE", 0.0)
    large = torch.randn(1, 3, 32 * 20, 32 * 20, generator=torch.Generator().manual_seed(1))
    network = networks.create("deconvnet", 5, 0.1, fc_channels=51, dropout=0.0)
    passing.let_through(network, mirrored.PASSING)
    pretrained.take_over(network, segnet)
    mirrored.take_decoder(network, segnet)
    known = {name for name in network.state_dict() if name.startswith("stage")}
    norms.let_pass(network.train(), known | mirrored.names(network), large)
    heard = []
    for each in (network.decode1.deconv1_1, segnet.decode1):
        each.register_forward_hook(lambda unit, inputs, features: heard.append(features))
    network.eval()(large)
    segnet(large)
    # Around the middle fc6 slides with all its 49 places, so nothing is lost there.
    ours, theirs = (each[..., 304:336, 304:336] for each in heard)
    ratio = theirs.norm() / ours.norm()
    torch.testing.assert_close(ours * ratio, theirs, rtol=1e-3, atol=1e-3 * theirs.std())
    assert theirs.std() > 0
