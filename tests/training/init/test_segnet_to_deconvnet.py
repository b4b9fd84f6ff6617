"""A DeconvNet that begins as a SegNet decodes as it does."""

import torch

from seg_models import networks
from seg_models.training.init import (
    bn_calibration,
    discriminative_init,
    pretrained,
    segnet_to_deconvnet,
)


@torch.no_grad()
def test_with_room_for_every_channel_it_decodes_as_segnet(segnet, monkeypatch):
    monkeypatch.setattr(segnet_to_deconvnet, "LIFT", 100.0)
    large = torch.randn(4, 3, 288, 256, generator=torch.Generator().manual_seed(1))
    channels = segnet.stage5.conv5_3.conv.out_channels
    network = networks.create("deconvnet", 5, 0.1, fc_channels=49 * channels, dropout=0.0)
    pretrained.take_over(network, segnet)
    labels = torch.randint(5, (4, 9, 8), generator=torch.Generator().manual_seed(2))
    segnet_to_deconvnet.begin(network, segnet, large, discriminative_init.class_shares(labels, 5))
    known = {name for name in network.state_dict() if name.startswith("stage") and ".conv." in name}
    bn_calibration.calibrate(network.train(), known | segnet_to_deconvnet.names(network), large)
    heard = []
    for each in (network.decode1.deconv1_1, segnet.decode1):
        each.register_forward_hook(lambda unit, inputs, features: heard.append(features))
    network.eval()(large)
    segnet(large)
    ours, theirs = heard
    ours = ours * (theirs.norm() / ours.norm())
    assert (ours - theirs).norm() < 0.01 * (theirs - theirs.mean()).norm()
