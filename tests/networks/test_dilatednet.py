import pytest
import torch
import torch.nn.functional as F
from reference_impl import assert_same, conv, pictures, randomised, vgg_stage

from seg_models.networks import create
from seg_models.networks.dilatednet import context_module, initialise_identity

THIN = {"width": 0.1, "fc_channels": 12}
DILATIONS = (1, 1, 2, 4, 8, 16, 1)


def restated_front_end(images, state):
    """Section 4: poolings 4 and 5 gone, what follows them dilated by 2 and by 4."""
    features = images
    for number in (1, 2, 3):
        features = F.max_pool2d(vgg_stage(features, state, number), 2, ceil_mode=True)
    features = vgg_stage(vgg_stage(features, state, 4), state, 5, dilation=2)
    features = F.relu(conv(features, state, "fc6.conv", padding=12, dilation=4))
    return conv(F.relu(conv(features, state, "fc7.conv")), state, "score")


def restated_context(scores, state):
    """Table 1."""
    for index, dilation in enumerate(DILATIONS, start=1):
        name = f"context.ctx{index}.conv"
        scores = F.relu(conv(scores, state, name, padding=dilation, dilation=dilation))
    return conv(scores, state, "context.score")


@pytest.mark.parametrize("size", [(64, 96), (45, 71)])
def test_front_end_is_the_papers(size):
    network = randomised(create("dilatednet_frontend", 4, **THIN))
    images = pictures(*size)
    with torch.no_grad():
        assert_same(network.score_map(images), restated_front_end(images, network.state_dict()))


@pytest.mark.parametrize("context", ["basic", "large"])
def test_score_map_with_context_is_the_papers(context):
    network = randomised(create("dilatednet", 3, context=context, **THIN))
    images, state = pictures(101, 71), network.state_dict()
    with torch.no_grad():
        expected = restated_context(restated_front_end(images, state), state)
        assert_same(network.score_map(images), expected)


def test_upsampling_is_bilinear_and_cut_to_the_photo():
    network = create("dilatednet", 3, **THIN)
    scores = torch.randn(1, 3, 3, 4)
    whole = F.interpolate(scores, scale_factor=8, mode="bilinear", align_corners=False)
    torch.testing.assert_close(network.upsample(scores, (19, 31)), whole[..., :19, :31])


@pytest.mark.parametrize("form", ["basic", "large"])
def test_context_sees_67_by_67_cells(form):
    """Table 1's receptive field: where the scores of one cell can come from, by gradient."""
    module = context_module(2, form).double()
    for parameter in module.parameters():
        torch.nn.init.constant_(parameter, 0.01)
    scores = torch.ones(1, 2, 81, 81, dtype=torch.double, requires_grad=True)
    module(scores)[0, 0, 40, 40].backward()
    rows, columns = scores.grad[0, 1].nonzero().T
    assert (rows.min(), rows.max()) == (40 - 33, 40 + 33)
    assert (columns.min(), columns.max()) == (40 - 33, 40 + 33)


@pytest.mark.parametrize("classes", [2, 11])
def test_fresh_basic_context_passes_scores_from_zero_up(classes):
    scores = torch.randn(1, classes, 9, 12)
    with torch.no_grad():
        torch.testing.assert_close(context_module(classes)(scores), scores.clamp(min=0))


@pytest.mark.parametrize("classes", [2, 5])
def test_fresh_large_context_passes_scores_but_for_its_noise(classes):
    torch.manual_seed(0)
    module, scores = context_module(classes, "large"), torch.rand(1, classes, 9, 12)
    with torch.no_grad():
        assert 1e-4 < (module(scores) - scores).abs().max() < 0.1
        for conv_ in (each for each in module.modules() if isinstance(each, torch.nn.Conv2d)):
            initialise_identity(conv_, classes, noise=0)
        torch.testing.assert_close(module(scores), scores)


def test_identity_of_a_widening_layer_by_hand():
    """Equation 5: 2 classes of 1 channel become 2 of 2, each with half the score; no noise."""
    layer = torch.nn.Conv2d(2, 4, 3)
    initialise_identity(layer, num_classes=2, noise=0)
    expected = torch.zeros(4, 2, 3, 3)
    expected[:2, 0, 1, 1] = expected[2:, 1, 1, 1] = 0.5
    assert torch.equal(layer.weight, expected)
    assert not layer.bias.any()


def test_channels_of_a_class_begin_as_different_ones():
    """Equal ones would get equal gradients, and stay equal."""
    weight = context_module(2, "large").ctx2.conv.weight
    assert not torch.equal(weight[0], weight[1])


def test_other_context_is_refused():
    with pytest.raises(ValueError, match=r"'basic' or 'large', got 'huge'"):
        create("dilatednet", 3, context="huge", **THIN)
