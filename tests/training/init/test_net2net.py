"""A grown FC-DenseNet says what the smaller one said, and all of it can learn."""

import pytest
import torch

from seg_models import networks
from seg_models.networks.fc_densenet import FCDenseNet
from seg_models.training.init import net2net


class Small(FCDenseNet):
    """Fewer layers in each block than `Large`, and fewer maps in each layer."""

    growth, depths = 3, (1, 2, 1, 1, 1, 2, 1, 1, 1, 2, 1)


class Large(FCDenseNet):
    """What `Small` grows into."""

    growth, depths = 4, (1, 3, 1, 2, 1, 3, 1, 2, 1, 3, 2)


def _network(kind: type[FCDenseNet], seed: int) -> FCDenseNet:
    """Return a network whose norms have learnt something."""
    torch.manual_seed(seed)
    network = kind(5)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            for tensor in (module.weight, module.bias, module.running_mean):
                torch.nn.init.normal_(tensor, std=0.5)
            torch.nn.init.uniform_(module.running_var, 0.5, 2.0)
        elif isinstance(module, torch.nn.Conv2d | torch.nn.ConvTranspose2d):
            torch.nn.init.normal_(module.bias, std=0.5)
    return network.eval()


@torch.no_grad()
def test_it_says_what_the_smaller_one_says():
    small, large = _network(Small, 0), _network(Large, 1)
    images = torch.randn(2, 3, 64, 96)
    assert not torch.allclose(large(images), small(images), atol=1e-2)
    net2net.begin(large, small)
    torch.testing.assert_close(large(images), small(images), rtol=1e-4, atol=1e-4)


def test_what_is_new_can_get_a_say():
    large = _network(Large, 1)
    net2net.begin(large, _network(Small, 0))
    large(torch.randn(1, 3, 64, 64)).square().mean().backward()
    unheard = large.classifier.weight[:, :, 0, 0].detach().abs().amax(0) == 0
    assert unheard.any()
    assert large.classifier.weight.grad[:, unheard].abs().amin() > 0


@torch.no_grad()
@pytest.mark.parametrize(
    ("small", "large"),
    [("fc_densenet56", "fc_densenet67"), ("fc_densenet67", "fc_densenet103")],
)
def test_the_papers_networks_grow_into_each_other(small, large):
    torch.manual_seed(0)
    smaller, network = networks.create(small, 5, 0.25).eval(), networks.create(large, 5, 0.25)
    net2net.begin(network.eval(), smaller)
    images = torch.randn(1, 3, 32, 32)
    assert torch.corrcoef(
        torch.stack([network(images).flatten(), smaller(images).flatten()])
    )[0, 1] > 0.3  # 103 has no fifth layer in its first and last block  # fmt: skip
