import pytest
import torch
import torch.nn.functional as F
from reference_impl import assert_same, conv, normed, pictures, randomised, vgg_stage

from seg_models.networks import create

DEPTHS = {5: 3, 4: 3, 3: 3, 2: 2, 1: 1}  # convolutions after each unpooling, no classifier


def halved(features):
    return F.max_pool2d(features, 2, 2, ceil_mode=True, return_indices=True)


def restated(images, state):
    """Figure 2 of the paper."""
    features, places = images, []
    for number in range(1, 6):
        whole = vgg_stage(features, state, number, normed)
        features, indices = halved(whole)
        places.append((indices, whole.shape[-2:]))
    for number in range(5, 0, -1):
        indices, size = places[number - 1]
        features = F.max_unpool2d(features, indices, 2, 2, output_size=size)
        last = 2 if number <= 2 else 3
        for index in range(last, last - DEPTHS[number], -1):
            name = f"decode{number}.conv{number}_{index}_D"
            features = F.relu(normed(features, state, name, padding=1))
    return conv(features, state, "classifier", padding=1)


def restated_basic(images, state):
    """Section 3's SegNet-Basic, with the release's response normalisation by its formula."""
    squares = F.avg_pool3d(F.pad(images.square(), (0, 0, 0, 0, 2, 2))[:, None], (5, 1, 1), 1)
    features, places = images / (1 + 1e-4 * squares[:, 0]) ** 0.75, []
    for number in range(1, 5):
        whole = F.relu(normed(features, state, f"conv{number}", padding=3))
        features, indices = halved(whole)
        places.append((indices, whole.shape[-2:]))
    for number in range(4, 0, -1):
        indices, size = places[number - 1]
        features = F.max_unpool2d(features, indices, 2, 2, output_size=size)
        features = normed(features, state, f"conv_decode{number}", padding=3)
    return conv(features, state, "classifier")


@pytest.mark.parametrize("size", [(64, 96), (45, 71)])  # 45 -> 23, 12, 6, 3, 2: Caffe's rounding
@pytest.mark.parametrize("name, twin", [("segnet", restated), ("segnet_basic", restated_basic)])
def test_score_map_is_the_papers(name, twin, size):
    network = randomised(create(name, 4, width=0.1))
    images = pictures(*size)
    with torch.no_grad():
        assert_same(network.score_map(images), twin(images, network.state_dict()))


def test_the_input_of_segnet_basic_is_normalised():
    """On inputs as large as grey levels, where the response normalisation is no near-identity."""
    network = randomised(create("segnet_basic", 4, width=0.1))
    images = 100 * pictures(16, 16)
    with torch.no_grad():
        assert_same(network.score_map(images), restated_basic(images, network.state_dict()))


def test_widths_of_the_decoder():
    with torch.device("meta"):
        network = create("segnet", 11)
    expected = {5: [512] * 3, 4: [512, 512, 256], 3: [256, 256, 128], 2: [128, 64], 1: [64]}
    for number, channels in expected.items():
        assert [unit.conv.out_channels for unit in getattr(network, f"decode{number}")] == channels
