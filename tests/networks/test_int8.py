"""int8 is quicker than float32 where a processor has it, and may not show."""

from pathlib import Path

import pytest
import torch
from torch import nn

from seg_models import networks, pipeline
from seg_models.device import QCONV
from seg_models.networks import int8, precision
from seg_models.networks.fc_densenet import DenseBlock
from seg_models.networks.int8 import Int8Conv2d

EXAMPLES = Path(__file__).parents[2] / "assets" / "examples"
pytestmark = pytest.mark.skipif(
    not (torch.cpu._is_vnni_supported() and hasattr(torch.ops.onednn, QCONV)),
    reason="this processor, or this PyTorch, has no int8 products: they are never used here",
)


def convolution(kernel=3, **options):
    """Return a convolution of 24 channels to 64, and what it may read: positive and negative."""
    torch.manual_seed(0)
    layer = nn.Conv2d(24, 64, kernel, **options).eval().requires_grad_(False)
    return layer, torch.randn(1, 24, 17, 23) + 0.5


def error(found, exact):
    return float((found - exact).norm() / exact.norm())


@pytest.mark.parametrize("relu", [True, False])
@pytest.mark.parametrize(
    "options",
    [{"padding": 1}, {"padding": 2, "dilation": 2}, {"stride": 2, "padding": 1}, {"kernel": 1},
     {"kernel": 7, "padding": 3}, {"bias": False}],
    ids=str,
)  # fmt: skip
def test_a_layer_answers_as_in_float32(options, relu):
    layer, features = convolution(**options)
    exact = layer(features).relu() if relu else layer(features)
    assert error(Int8Conv2d(layer, relu)(features), exact) < 0.02
    # What says so tells another input's answer from this one's.
    assert error(Int8Conv2d(layer, relu)(features * 1e-4 - 3), exact) > 0.02


def test_what_lies_beside_the_photo_stays_zero():
    """Zero has a level of its own: the border is as exact as the middle."""
    layer, features = convolution(padding=1)
    features = features + 5
    exact, found = layer(features), Int8Conv2d(layer, relu=False)(features)
    assert error(found[..., 0, :], exact[..., 0, :]) < 0.02


@pytest.mark.parametrize("low", [-99.5, -100.5, -99.4, 0.0, -255.0])
def test_the_highest_and_the_lowest_value_keep_their_levels(low):
    """Beyond 255 a level would begin anew at 0."""
    layer = nn.Conv2d(16, 64, 3, bias=False).requires_grad_(False)
    layer.weight.fill_(0.01)
    features = torch.full((1, 16, 9, 9), low + 255.0)
    features[..., :5] = low
    found = Int8Conv2d(layer, relu=False)(features)
    torch.testing.assert_close(found, layer(features), rtol=0, atol=1.5)


def test_no_photo_changes_anothers_range():
    layer, features = convolution(padding=1)
    quick = Int8Conv2d(layer, relu=True)
    both = quick(torch.cat([features, 1000 * features]))
    assert torch.equal(both[:1], quick(features))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_not_finite_is_computed_exactly(value):
    layer, features = convolution(padding=1)
    features[0, 3, 4, 5] = value
    found = Int8Conv2d(layer, relu=True)(features)
    torch.testing.assert_close(found, layer(features).relu_(), equal_nan=True)


@pytest.mark.parametrize(("kernel", "padding"), [(3, 1), (7, 0), (5, 3)])
def test_a_transposed_convolution_of_stride_1_is_one_turned_round(kernel, padding):
    torch.manual_seed(0)
    layer = nn.ConvTranspose2d(20, 64, kernel, padding=padding).requires_grad_(False)
    features = torch.randn(1, 20, 9, 12)
    quick = int8._quantised(layer)
    torch.testing.assert_close(quick.exact(features), layer(features), rtol=1e-4, atol=1e-5)
    assert error(quick(features), layer(features)) < 0.02
    assert int8._quantised(nn.ConvTranspose2d(20, 64, 4, stride=2)) is None


def test_a_dense_layer_reads_norm_relu_and_convolution_at_once():
    torch.manual_seed(0)
    layer = nn.Sequential(nn.BatchNorm2d(40), nn.ReLU(), nn.Conv2d(40, 12, 3, padding=1),
                          nn.Dropout(0.2))  # fmt: skip
    stack = 3 * torch.randn(4, 40, 20, 30) + torch.arange(40.0)[:, None, None]
    with torch.no_grad():
        layer.train()
        for _ in range(50):
            layer(stack)
        nn.init.uniform_(layer[0].weight, -1, 1)
        layer.eval().requires_grad_(False)
    part = torch.cat([stack, stack], dim=1)[:, 20:60].roll(20, 1)  # not in one piece
    quick = int8.Int8NormConv(layer)
    assert error(quick(part), layer(part)) < 0.03
    both = quick(torch.cat([part[:1], 100 * part[1:2]]))
    assert torch.equal(both[:1], quick(part[:1]))


def test_a_dense_block_lays_the_same_maps_on_the_stack():
    torch.manual_seed(0)
    block = DenseBlock(48, 12, 4, checkpointing=False).eval().requires_grad_(False)
    stack = torch.randn(1, 48, 17, 23)
    exact, found = block(stack), int8.Int8DenseBlock(block)(stack)
    assert torch.equal(found[:, :48], stack) and found.shape == exact.shape
    assert error(found[:, 48:], exact[:, 48:]) < 0.05


def test_a_part_whose_numbers_are_not_finite_stays_exact():
    block = DenseBlock(48, 12, 2, checkpointing=False).eval().requires_grad_(False)
    for part in (block, block.layers[1]):
        assert int8._quantised(part) is not None
    block.layers[1][0].running_var[3] = float("nan")
    for part in (block, block.layers[1]):
        assert int8._quantised(part) is None
    assert int8._quantised(block.layers[0]) is not None


def quick_layers(network):
    return {name for name, each in network.named_modules() if isinstance(each, Int8Conv2d)}


def test_only_large_layers_change_and_the_network_stays_as_it_is():
    torch.manual_seed(0)
    network = networks.create("segnet", 90).eval().requires_grad_(False)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    quick = precision.prepared(network, "cpu", torch.int8)
    assert precision.prepared(network, "cpu", torch.int8) is quick
    assert quick.classifier.weight is not None and "classifier" not in quick_layers(quick)
    assert len(quick_layers(quick)) > 20 and not quick_layers(network)
    assert all(torch.equal(before[name], each) for name, each in network.state_dict().items())
    thin = networks.create("segnet", 3, width=0.1).eval().requires_grad_(False)
    assert precision.prepared(thin, "cpu", torch.int8) is thin


def test_a_layer_whose_sums_cancel_each_other_stays_exact():
    network = networks.create("deeplab_v1", 3, fc_channels=64).eval().requires_grad_(False)
    unit = network.stage5.conv5_2
    assert "stage5.conv5_2" in quick_layers(int8.in_int8(network))
    unit.conv.weight[:, 1::2] = -unit.conv.weight[:, ::2]
    unit.conv.bias.zero_()
    twin = network.stage5.conv5_1.conv
    twin.weight[1::2], twin.bias[1::2] = twin.weight[::2], twin.bias[::2] + 1e-4
    assert "stage5.conv5_2" not in quick_layers(int8.in_int8(network))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fcn8s-camvid", "deconvnet-camvid", "fc_densenet56-camvid"])
def test_pixels_are_labelled_as_in_float32(name, monkeypatch):
    monkeypatch.delenv("SEG_MODELS_WEIGHTS_DIR", raising=False)
    segmenter = pipeline.load(name, "cpu")
    labels = []
    for dtype in (torch.float32, torch.int8):
        monkeypatch.setattr(pipeline, "inference_dtype", lambda _, dtype=dtype: dtype)
        labels.append(segmenter.segment(EXAMPLES / "street_trier.jpg").labels())
    assert 0.975 < (labels[0] == labels[1]).mean() < 1
