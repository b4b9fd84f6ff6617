"""Each sum equals the number that the engine computed, for every kind of layer and network."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from reference_impl import pictures, randomised
from torch import nn

from seg_models import mean_field, networks
from seg_models.explain import arithmetic
from seg_models.explain.arithmetic import Call, sum_of
from seg_models.explain.crf_message import crf_message
from seg_models.explain.diagram import diagram
from seg_models.networks.deconvnet import WindowMean
from seg_models.networks.unpooling import pool, unpool
from seg_models.specs import CrfSettings

THIN = {"width": 0.06, "fc_channels": 8}
OPTIONS = {
    "fcn8s": THIN, "deeplab_v1_msc": THIN, "deconvnet": THIN, "dilatednet": THIN,
    "segnet": {"width": 0.06}, "segnet_basic": {"width": 0.1}, "unet": {"width": 0.06},
    "fc_densenet56": {"width": 0.3}, "deeplab_v3": {"width": 0.1},
}  # fmt: skip


def cells_of(given, seed=0, count=6):
    """Return corners and some cells between."""
    random = np.random.default_rng(seed)
    last = tuple(length - 1 for length in given.shape)
    between = [tuple(int(random.integers(length)) for length in given.shape) for _ in range(count)]
    return [(0, 0, 0), last, *between]


def check(made, tolerance=1e-4):
    scale = float(made.gives.abs().max())
    for cell in cells_of(made.gives):
        found = sum_of(made, cell)
        assert found.total == pytest.approx(float(made.gives[cell]), abs=tolerance * scale)
        assert len(found.values) == len(found.weights) == len(found.rows) == len(found.channels)
    return found


def features(channels=4, height=9, width=11, seed=0):
    return torch.randn(channels, height, width, generator=torch.Generator().manual_seed(seed))


@torch.no_grad()
def made_by(layer, read):
    return Call("layer", layer, read, layer(read[None])[0])


LAYERS = {
    "convolution": nn.Conv2d(4, 6, 3, padding=1),
    "strided convolution": nn.Conv2d(4, 6, 5, stride=2, padding=1),
    "dilated convolution": nn.Conv2d(4, 6, 3, padding=4, dilation=4),
    "depthwise convolution": nn.Conv2d(4, 4, 3, padding=1, groups=4),
    "grouped convolution": nn.Conv2d(4, 6, 3, padding=1, groups=2, bias=False),
    "transposed convolution": nn.ConvTranspose2d(4, 6, 3, stride=2),
    "transposed, padded": nn.ConvTranspose2d(4, 6, 4, stride=2, padding=1, bias=False),
    "transposed, by groups": nn.ConvTranspose2d(4, 6, 16, stride=8, padding=4, groups=2),
    "mean over windows": WindowMean(4, 6, 7),
    "max pooling": nn.MaxPool2d(2, stride=2, ceil_mode=True),
    "max pooling, padded": nn.MaxPool2d(3, stride=2, padding=1, ceil_mode=True),
    "mean pooling": nn.AvgPool2d(3, stride=1, padding=1),
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_layers_sum_is_its_number(name):
    check(made_by(LAYERS[name], features()))


def test_the_kinds_are_named():
    kinds = [sum_of(made_by(layer, features()), (0, 1, 1)).kind for layer in LAYERS.values()]
    assert kinds == [
        "convolution", "convolution", "dilated", "convolution", "convolution",
        "transposed", "transposed", "transposed", "transposed", "max", "max", "mean",
    ]  # fmt: skip


def test_a_dilated_window_is_wide_and_its_border_zero():
    found = sum_of(made_by(LAYERS["dilated convolution"], features()), (2, 0, 5))
    assert set(found.rows) == {-4, 0, 4} and set(found.columns) == {1, 5, 9}
    assert (found.values[found.rows < 0] == 0).all() and (found.values[found.rows >= 0] != 0).all()


def test_unpooling_reads_one_maximum_or_nothing():
    before = features()
    maxima, switches = pool(before[None])
    made = Call("unpool", None, maxima[0], unpool(maxima, switches)[0], switches)
    check(made)
    whole = [sum_of(made, (1, y, x)) for y in range(9) for x in range(11)]
    assert sum(len(each.values) for each in whole) == maxima[0, 1].numel()
    for place, each in enumerate(whole):
        if len(each.values):
            y, x = divmod(place, 11)
            assert each.total == pytest.approx(float(before[1, y, x]))
            assert (each.rows[0], each.columns[0]) == (y // 2, x // 2)


@pytest.mark.parametrize("architecture", ["unet", "fcn8s", "deeplab_v1_msc", "dilatednet"])
def test_an_upsampled_score_is_mixed_of_the_score_map(architecture):
    network = made_network(architecture)
    stride = network.output_stride
    scores, size = features(5, 7, 8), (7 * stride - 3, 8 * stride - 5)
    with torch.no_grad():
        fine = network.upsample(scores[None], size)[0]
    for cell in cells_of(fine):
        found = arithmetic.upsampling(network, scores, size, cell)
        assert found.total == pytest.approx(float(fine[cell]), abs=1e-4)


def test_deeplabs_upsampling_is_bilinear_by_hand():
    """Row 11 lies 3/8 of the way from cell 1 to cell 2; column 20 half way from 2 to 3."""
    network = made_network("deeplab_v1_msc")
    scores = features(5, 7, 8)
    found = arithmetic.upsampling(network, scores, (49, 57), (3, 11, 20))
    weights = dict(zip(zip(found.rows, found.columns, strict=True), found.weights, strict=True))
    expected = {(1, 2): 5 / 16, (1, 3): 5 / 16, (2, 2): 3 / 16, (2, 3): 3 / 16}
    assert weights.keys() == expected.keys()
    assert all(weights[place] == pytest.approx(each, abs=1e-5) for place, each in expected.items())
    assert set(found.channels) == {3}


def test_softmax():
    scores = features(7, 1, 1)[:, 0, 0] * 30
    found = arithmetic.softmax(scores)
    np.testing.assert_allclose(found.probabilities, scores.softmax(0).numpy(), atol=1e-6)
    assert found.powers.max() == 1


def made_network(architecture):
    torch.manual_seed(1)
    return randomised(networks.create(architecture, 5, **OPTIONS[architecture]))


@pytest.mark.parametrize("architecture", OPTIONS)
def test_every_layer_of_every_network_is_its_sum(architecture):
    """The layers are those of the diagram, so each that it shows can be taken apart."""
    network = made_network(architecture)
    images = pictures(40, 56)[:1]
    names = [layer.name for stage in diagram(network, images) for layer in stage.layers]
    assert len(names) == len(set(names))
    random = np.random.default_rng(4)
    chosen = [*names[:2], *random.choice(names, min(8, len(names)), replace=False), names[-1]]
    for name in dict.fromkeys(map(str, chosen)):
        check(arithmetic.call(network, images, name))


def test_segnets_poolings_and_unpoolings_are_layers():
    network = made_network("segnet")
    images = pictures(40, 56)[:1]
    names = [layer.name for stage in diagram(network, images) for layer in stage.layers]
    assert [each for each in names if each.startswith("pool")] == [
        "pool", "pool@2", "pool@3", "pool@4", "pool@5",
    ]  # fmt: skip
    made = arithmetic.call(network, images, "unpool@5")
    assert tuple(made.gives.shape[1:]) == (40, 56)
    assert check(made).kind == "unpooling"


def test_the_last_layer_gives_the_score_map():
    network = made_network("unet")
    images = pictures(32, 48)[:1]
    made = arithmetic.call(network, images, "score")
    with torch.no_grad():
        torch.testing.assert_close(made.gives, network.score_map(images)[0])


def test_what_is_not_there_is_said():
    network = made_network("unet")
    with pytest.raises(ValueError, match="UNet has no layer called 'fc6'"):
        arithmetic.call(network, pictures(32, 48)[:1], "fc6")
    made = made_by(LAYERS["convolution"], features())
    with pytest.raises(ValueError, match="there are 6 channels of 9 rows and 11 columns"):
        sum_of(made, (0, 9, 0))


@pytest.mark.parametrize("normalisation", ["symmetric", "after"])
def test_one_pixels_message_is_what_the_engine_makes_of_it(normalisation):
    """After each iteration, at some pixels: the marginals are those of `mean_field`."""
    random = np.random.default_rng(7)
    photo = np.kron(random.integers(0, 256, (4, 5, 3)), np.ones((8, 8, 1))).astype(np.uint8)
    scores = torch.tensor(random.normal(0, 1, (4, 32, 40)), dtype=torch.float32)
    prior = F.avg_pool2d(scores, 5, 1, 2).mul(6).softmax(0)
    settings = CrfSettings(3, 4.0, 20.0, 8.0, 2.0, 3.0, normalisation)
    before = prior
    for after in mean_field(prior, photo, settings, engine="lattice", merge_below=0):
        for x, y in ((0, 0), (39, 31), (17, 12)):
            found = crf_message(prior, before, photo, settings, (x, y), label=2)
            np.testing.assert_allclose(found.marginals, after[:, y, x].numpy(), atol=2e-5)
            assert found.parts.shape == (8, 8)
            assert found.parts.sum() == pytest.approx(found.messages[2], abs=1e-4)
        before = after


def test_a_kernel_that_is_off_says_nothing():
    photo = np.random.default_rng(3).integers(0, 256, (16, 16, 3), np.uint8)
    prior = torch.randn(3, 16, 16).softmax(0)
    settings = CrfSettings(appearance_weight=0.0)
    found = crf_message(prior, prior, photo, settings, (5, 5), label=0)
    assert not found.appearance.any() and found.smoothness.all()
    with pytest.raises(ValueError, match="16 columns"):
        crf_message(prior, prior, photo, settings, (16, 5), label=0)
