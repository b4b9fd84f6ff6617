import torch
from torch import nn

from seg_models.networks import create
from seg_models.networks.flops import flops
from seg_models.networks.layers import ConvUnit


def test_two_convolutions_by_hand():
    """3x3 from 3 to 8 channels at stride 2, then grouped 5x5 up from 8 to 4, on 10x12 pixels."""
    network = nn.Sequential(
        ConvUnit(3, 8, stride=2, norm=True), nn.ConvTranspose2d(8, 4, 5, stride=2, groups=4)
    )
    down = (5 * 6 * 8) * (3 * 3 * 3)  # cells and channels out, each of 27 products
    up = (5 * 6 * 8) * (1 * 5 * 5)  # cells and channels in, each thrown onto 25 pixels of 1 channel
    assert flops(network, (10, 12)) == down + up


def test_vgg_16_is_as_costly_as_known():
    """Its thirteen convolutions on 224x224 pixels take 15.35 billion multiply-adds."""
    with torch.device("meta"):
        network = create("fcn32s", 21)
    trunk = nn.Sequential(
        network.stage1, network.pool, network.stage2, network.pool, network.stage3, network.pool,
        network.stage4, network.pool, network.stage5, network.pool,
    )  # fmt: skip
    assert round(flops(trunk, (224, 224)) / 1e9, 2) == 15.35


def test_the_network_is_left_alone():
    network = create("segnet_basic", 3, width=0.1)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    flops(network, (33, 17))
    assert network.training
    assert not any(module._forward_hooks for module in network.modules())
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
