"""What the tour computes in the browser is what the engine computes."""

import json

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from page.tour import networks as tour_networks
from seg_models import networks
from seg_models.evaluation import metrics
from seg_models.networks import unpooling
from seg_models.networks.fc_densenet import DenseBlock
from seg_models.networks.layers import upsample_on_grid

IMPORTED = """async ([call, given]) => {
  const sums = await import('/page/static/tour/sums.js');
  return new Function('sums', 'given', `return ${call}`)(sums, given);
}"""
KERNEL = [[0.25, -0.5, 0.25], [0.5, 1, 2], [0.125, 0.5, 3]]


@pytest.fixture(scope="module")
def sums(browser, tour):
    """A function that computes an expression of `sums` and `given` with the browser's module."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{tour}/tour")
    yield lambda call, **given: page.evaluate(IMPORTED, [call, json.loads(json.dumps(given))])
    context.close()


@pytest.fixture
def square():
    return torch.randn(6, 6, generator=torch.Generator().manual_seed(2))


def test_pooling_and_unpooling(sums, square):
    maxima, switches = unpooling.pool(square[None, None])
    found = sums("sums.pool(given.map)", map=square.tolist())
    torch.testing.assert_close(torch.tensor(found["maxima"]), maxima[0, 0])
    places = torch.tensor(found["places"])
    assert torch.equal(places[..., 0] * 6 + places[..., 1], switches.indices[0, 0])
    back = sums("sums.unpool(sums.pool(given.map))", map=square.tolist())
    torch.testing.assert_close(torch.tensor(back), unpooling.unpool(maxima, switches)[0, 0])


def test_transposed_convolution(sums, square):
    layer = nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1, output_padding=1, bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(KERNEL))
        expected = layer(square[None, None])[0, 0]
    found = sums("sums.transposed(given.map, given.kernel)", map=square.tolist(), kernel=KERNEL)
    torch.testing.assert_close(torch.tensor(found["map"]), expected)


def test_bilinear_on_deeplabs_grid(sums, square):
    fine = upsample_on_grid(square[None, None], (41, 41), 8)[0, 0]
    call = """Array.from({ length: 41 }, (_, y) => Array.from({ length: 41 }, (_, x) =>
        sums.total(sums.bilinear(given.map, 8, y, x))))"""
    torch.testing.assert_close(torch.tensor(sums(call, map=square.tolist())), fine)


@pytest.mark.parametrize("rates", [(1, 1, 1), (1, 2, 4), (2, 2, 2), (5, 1, 12)], ids=str)
@pytest.mark.parametrize("pooling", [False, True])
def test_what_a_stack_of_layers_reads(sums, rates, pooling):
    """By gradient: the pixels that a result of such a network depends on."""
    layers = []
    for index, rate in enumerate(rates):
        layers.append(nn.Conv2d(1, 1, 3, padding=rate, dilation=rate, bias=False))
        layers += [nn.AvgPool2d(2)] if pooling and index < len(rates) - 1 else []
    network = nn.Sequential(*layers).double()
    for layer in network:
        if isinstance(layer, nn.Conv2d):
            nn.init.constant_(layer.weight, 1.0)
    photo = torch.zeros(1, 1, 128, 128, dtype=torch.double, requires_grad=True)
    stride, middle = (4, 16) if pooling else (1, 64)
    network(photo)[0, 0, middle, middle].backward()
    read = photo.grad[0, 0].nonzero()[:, 1].unique() - middle * stride
    found = sums("sums.reached(given.rates, given.pooling)", rates=rates, pooling=pooling)
    assert found == read.tolist()


def test_the_context_modules_width_is_the_papers(sums):
    rates = tour_networks.papers()["rates"]
    assert sums("sums.widths(given.rates)", rates=rates)[-1] == 67


@pytest.mark.parametrize(("before", "growth", "depth"), [(48, 12, 4), (3, 16, 7)])
def test_a_dense_block(sums, before, growth, depth):
    block = DenseBlock(before, growth, depth, checkpointing=False).eval()
    convolutions = [each for each in block.modules() if isinstance(each, nn.Conv2d)]
    found = sums("sums.dense(...given.block)", block=(before, growth, depth))
    assert found["reads"] == [each.in_channels for each in convolutions]
    assert found["weights"] == sum(each.weight.numel() for each in convolutions)
    assert found["after"] == block(torch.zeros(1, before, 2, 2)).shape[1]


@pytest.mark.parametrize("rate", [1, 6, 33, 64, 65])
def test_how_many_weights_lie_on_the_map(sums, rate):
    ones = torch.ones(1, 1, 65, 65)
    taps = F.conv2d(ones, torch.ones(1, 1, 3, 3), padding=rate, dilation=rate)
    counts = {"all": int((taps == 9).sum()), "one": int((taps == 1).sum())}
    counts["some"] = taps.numel() - counts["all"] - counts["one"]
    assert sums("sums.valid(65, given.rate)", rate=rate) == counts


def test_coarse_cells_and_their_iou(sums):
    random = np.random.default_rng(8)
    truth = random.integers(0, 4, (12, 17), np.uint8).repeat(3, 0).repeat(3, 1)
    truth[:5] = 255
    map_ = {"width": 51, "height": 36, "values": truth.ravel().tolist()}
    call = """(() => { const map = sums.coarse(given.map, 7);
      return [Array.from(map.values), [...sums.ious(map, given.map)]]; })()"""
    values, ious = sums(call, map=map_)
    labels = np.array(values, np.uint8).reshape(36, 51)
    for top in range(0, 36, 7):
        for left in range(0, 51, 7):
            cell = truth[top : top + 7, left : left + 7]
            assert (
                labels[top : top + 7, left : left + 7] == np.bincount(cell.ravel()).argmax()
            ).all()
    labels[labels == 255] = 4  # a class of its own, as void is for who is scored
    expected = metrics.scores(metrics.confusion(labels, truth, 5)).iou
    assert dict(map(tuple, ious)) == pytest.approx(dict(enumerate(expected[:4])))


def test_what_an_encoder_hands_on(sums):
    """Two bits for each window and channel; maps as float32: those of SegNet's five poolings."""
    network = networks.create("segnet", 5).eval()
    seen = []
    network.pool = lambda features: seen.append(features) or unpooling.pool(features)
    with torch.no_grad():
        network.score_map(torch.zeros(1, 3, 48, 72))
    found = sums("sums.remembered(72, 48, [64, 128, 256, 512, 512])")
    assert found["maps"] == sum(4 * each.numel() for each in seen)
    windows = [unpooling.pool(each)[0].numel() for each in seen]
    assert found["indices"] == sum(windows) / 4
