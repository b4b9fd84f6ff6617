import pytest
import torch
import torch.nn.functional as F
from reference_impl import assert_same, conv, norm, pictures, randomised

from seg_models.networks import create

DEPTHS = {
    "fc_densenet56": [4] * 11,
    "fc_densenet67": [5] * 11,
    "fc_densenet103": [4, 5, 7, 10, 12, 15, 12, 10, 7, 5, 4],
}


def layer(features, state, name, padding):
    features = F.relu(norm(features, state, f"{name}.0", eps=1e-4))
    return conv(features, state, f"{name}.2", padding=padding)


def block(stack, state, name, depth):
    """Figure 2 of the paper: what was there, and what is new."""
    new = []
    for index in range(depth):
        new.append(layer(torch.cat([stack, *new], 1), state, f"{name}.layers.{index}", 1))
    return torch.cat([stack, *new], 1), torch.cat(new, 1)


def restated(images, state, depths):
    """Figure 1 and table 2 of the paper, with the release's floored pooling."""
    stack, skips = conv(images, state, "first", padding=1), []
    for level in range(5):
        stack, _ = block(stack, state, f"down_blocks.{level}", depths[level])
        skips.append(stack)
        stack = F.max_pool2d(layer(stack, state, f"transitions_down.{level}", 0), 2)
    stack, new = block(stack, state, "bottleneck", depths[5])
    for level in range(5):
        name = f"transitions_up.{level}"
        up = F.conv_transpose2d(new, state[f"{name}.weight"], state[f"{name}.bias"], stride=2)
        skip = skips[4 - level]
        top, left = ((a - b) // 2 for a, b in zip(up.shape[-2:], skip.shape[-2:], strict=True))
        up = up[..., top : top + skip.shape[-2], left : left + skip.shape[-1]]
        stack = torch.cat([up, skip], 1)
        stack, new = block(stack, state, f"up_blocks.{level}", depths[6 + level])
    return conv(stack, state, "classifier")


@pytest.mark.parametrize("size", [(32, 64), (45, 51)])
@pytest.mark.parametrize("name", DEPTHS)
def test_score_map_is_the_papers(name, size):
    network = randomised(create(name, 4, width=0.15))
    images = pictures(*size)
    with torch.no_grad():
        assert_same(network.score_map(images), restated(images, network.state_dict(), DEPTHS[name]))


def test_checkpointing_changes_neither_gradients_nor_statistics():
    plain = create("fc_densenet56", 3, width=0.1)
    frugal = create("fc_densenet56", 3, width=0.1, checkpointing=True)
    frugal.load_state_dict(plain.state_dict())
    images = pictures(32, 40)
    for network in (plain, frugal):
        torch.manual_seed(3)  # the same dropout
        network.train()(images).square().mean().backward()
    for one, other in zip(plain.parameters(), frugal.parameters(), strict=True):
        torch.testing.assert_close(other.grad, one.grad)
    for name, value in plain.state_dict().items():
        torch.testing.assert_close(frugal.state_dict()[name], value)


def test_checkpointing_keeps_less_for_the_gradient():
    kept = {}
    for checkpointing in (False, True):
        network = create("fc_densenet56", 3, width=0.1, checkpointing=checkpointing)
        sizes = []
        pack = lambda value, sizes=sizes: sizes.append(value.numel()) or value  # noqa: E731
        with torch.autograd.graph.saved_tensors_hooks(pack, lambda value: value):
            network.train().score_map(pictures(32, 40))
        kept[checkpointing] = sum(sizes)
    assert kept[True] < kept[False] / 2
