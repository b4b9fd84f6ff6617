"""A DeconvNet that begins as a SegNet decodes as it does."""

import torch

from seg_models import networks
from seg_models.training.start import mirrored, norms, pretrained


@torch.no_grad()
def test_with_room_for_every_channel_it_decodes_as_segnet(segnet, monkeypatch):
    monkeypatch.setattr(mirrored, "LIFT", 100.0)
    large = torch.randn(4, 3, 288, 256, generator=torch.Generator().manual_seed(1))
    channels = segnet.stage5.conv5_3.conv.out_channels
    network = networks.create("deconvnet", 5, 0.1, fc_channels=49 * channels, dropout=0.0)
    pretrained.take_over(network, segnet)
    mirrored.begin(network, segnet, large)
    known = {name for name in network.state_dict() if name.startswith("stage")}
    norms.let_pass(network.train(), known | mirrored.names(network), large)
    heard = []
    for each in (network.decode1.deconv1_1, segnet.decode1):
        each.register_forward_hook(lambda unit, inputs, features: heard.append(features))
    network.eval()(large)
    segnet(large)
    ours, theirs = heard
    ours = ours * (theirs.norm() / ours.norm())
    assert (ours - theirs).norm() < 0.01 * (theirs - theirs.mean()).norm()


@torch.no_grad()
def test_what_follows_the_classes_crosses_first():
    random = torch.Generator().manual_seed(0)
    shares = torch.rand(4000, 2, generator=random)
    shares = torch.cat([shares / 2, 1 - shares.sum(1, keepdim=True) / 2], dim=1)
    features = torch.randn(4000, 6, generator=random) * torch.tensor([2.0, 2, 2, 2, 1, 1])
    features[:, 4:] = 0.2 * features[:, 4:] + shares[:, :2]  # small beside the rest
    encode, decode = mirrored._discriminants(features, shares, 3)
    numbers = (features - features.mean(0)) @ encode.T
    torch.testing.assert_close(numbers.std(0), torch.ones(3), rtol=0.05, atol=0)
    again = numbers @ decode.T + features.mean(0)
    torch.testing.assert_close(again[:, 4:], features[:, 4:], rtol=0, atol=0.05)
    assert encode[:2, :4].abs().max() < 0.05 * encode[:2, 4:].abs().max()
