"""New batch norms must leave a pretrained network's features as they were, but for their size."""

import pytest
import torch

from seg_models import networks
from seg_models.networks.fuse_bn import folded_state
from seg_models.training.init import bn_calibration, pretrained

IMAGES = torch.randn(4, 3, 32, 48, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def trunk():
    """A VGG trunk without norms, whose channels have means and sizes of their own."""
    torch.manual_seed(0)
    network = networks.create("deeplab_v1", 5, 0.1, fc_channels=8).eval()
    for layer in network.modules():
        if isinstance(layer, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(layer.weight)
            layer.weight.data *= torch.linspace(0.3, 3.0, len(layer.weight)).view(-1, 1, 1, 1)
            torch.nn.init.normal_(layer.bias)
    return network


@torch.no_grad()
def test_norms_let_the_trunks_features_pass_at_unit_size(trunk):
    network = networks.create("segnet", 5, 0.1)
    pretrained.take_over(network, trunk)
    known = {name for name in network.state_dict() if name.startswith("stage") and ".conv." in name}
    bn_calibration.calibrate(network.train(), known, IMAGES)
    network.eval()
    before, after = IMAGES, IMAGES
    for number in range(1, 5):  # stage by stage: the two do not pool alike
        before = getattr(trunk, f"stage{number}")(before)
        after = getattr(network, f"stage{number}")(after)
        ratio = before.norm() / after.norm()
        torch.testing.assert_close(after * ratio, before, rtol=1e-3, atol=1e-3 * before.std())
        assert 0.2 < after.pow(2).mean().sqrt() < 2


@torch.no_grad()
def test_weights_come_to_the_size_of_new_ones(trunk):
    """Whatever size they were; what is not pretrained is left alone."""
    network = networks.create("segnet", 5, 0.1)
    pretrained.take_over(network, trunk)
    network.stage3.conv3_1.conv.weight *= 0.01
    left = network.decode1.conv1_2_D.conv.weight.clone()
    known = {name for name in network.state_dict() if name.startswith("stage") and ".conv." in name}
    bn_calibration.calibrate(network.train(), known, IMAGES)
    for conv in (network.stage2.conv2_2.conv, network.stage3.conv3_1.conv):
        usual = (2 / conv.weight[0].numel()) ** 0.5
        torch.testing.assert_close(conv.weight.std().item(), usual)
    assert torch.equal(network.decode1.conv1_2_D.conv.weight, left)


@torch.no_grad()
def test_what_was_settled_folds_away(trunk):
    network = networks.create("segnet", 5, 0.1)
    pretrained.take_over(network, trunk)
    bn_calibration.calibrate(network.train(), set(network.state_dict()), IMAGES)
    folded = networks.create("segnet", 5, 0.1, norm=False).eval()
    folded.load_state_dict(folded_state(network.eval()))
    wanted = network(IMAGES)
    torch.testing.assert_close(folded(IMAGES), wanted, rtol=1e-3, atol=1e-3 * wanted.std())


@torch.no_grad()
@pytest.mark.parametrize("architecture", ["unet", "segnet_basic", "dilatednet_frontend"])
def test_a_network_whose_norms_were_folded_away_gets_new_ones_and_says_the_same(architecture):
    """In any form: skips, layers without a ReLU."""
    torch.manual_seed(0)
    folded = networks.create(architecture, 5, 0.1, norm=False).eval()
    network = networks.create(architecture, 5, 0.1, norm=True)
    known = pretrained.take_over(network, folded)
    bn_calibration.calibrate(network.train(), known, IMAGES, unit_size=False)
    wanted = folded(IMAGES)
    torch.testing.assert_close(network.eval()(IMAGES), wanted, rtol=1e-3, atol=1e-3 * wanted.std())


def test_networks_with_nothing_in_common_are_refused(trunk):
    with pytest.raises(ValueError, match="shares no layer"):
        pretrained.take_over(networks.create("unet", 5, 0.1), trunk)


@torch.no_grad()
@pytest.mark.parametrize("architecture", ["deeplab_v3", "segnet", "unet"])
def test_a_network_whose_norms_were_folded_away_says_the_same_with_new_ones(architecture):
    """Also where the convolution in front of a norm has no bias, as in EfficientNet."""
    torch.manual_seed(0)
    whole = networks.create(architecture, 5, 0.1, norm=True).train()
    for layer in whole.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(layer.weight, 0.5, 2.0)
            torch.nn.init.normal_(layer.bias)
        if isinstance(layer, torch.nn.Dropout):
            layer.p = 0.0
    large = torch.randn(3, 3, 64, 96, generator=torch.Generator().manual_seed(1))
    whole(large)
    folded = networks.create(architecture, 5, 0.1, norm=False)
    folded.load_state_dict(folded_state(whole.eval()))
    network = networks.create(architecture, 5, 0.1, norm=True).train()
    for layer in network.modules():
        if isinstance(layer, torch.nn.Dropout):
            layer.p = 0.0
    known = pretrained.take_over(network, folded.eval())
    bn_calibration.calibrate(network, known, large, unit_size=False)
    expected = folded(large)
    torch.testing.assert_close(
        network.eval()(large), expected, rtol=0, atol=1e-3 * expected.std().item()
    )


@torch.no_grad()
def test_norms_that_came_pretrained_stay_as_they_are():
    network = networks.create("deeplab_v3", 5, 0.1).train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    bn_calibration.calibrate(network, set(before), IMAGES)
    after = network.state_dict()
    assert all(
        torch.equal(before[name], after[name])
        for name in before
        if "running" not in name and "batches" not in name
    )
