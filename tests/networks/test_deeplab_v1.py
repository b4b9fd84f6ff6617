import pytest
import torch
import torch.nn.functional as F
from reference_impl import assert_same, conv, pictures, randomised, vgg_stage

from seg_models.networks import create

THIN = {"width": 0.1, "fc_channels": 12}
STRIDES = (2, 2, 2, 1, 1)  # of the five poolings: the score map stays at 8
BRANCH_STRIDES = (8, 4, 2, 1, 1)  # of the photo's branch and those of pools 1 to 4


def restated(images, state):
    """DeepLab-LargeFOV as its authors' prototxt lists it: the scores, and the five poolings."""
    features, pools = images, []
    for number, stride in enumerate(STRIDES, start=1):
        features = vgg_stage(features, state, number, dilation=2 if number == 5 else 1)
        features = F.max_pool2d(features, 3, stride, padding=1, ceil_mode=True)
        pools.append(features)
    features = F.conv2d(
        F.pad(features, (1, 1, 1, 1)), averaging(features.shape[1]), groups=features.shape[1]
    )
    fc6 = F.relu(conv(features, state, "fc6.conv", padding=12, dilation=12))
    return conv(F.relu(conv(fc6, state, "fc7.conv")), state, "fc8"), pools


def averaging(channels):
    """Caffe's 3x3 average counts the zeros beyond the border."""
    return torch.full((channels, 1, 3, 3), 1 / 9)


def restated_multi_scale(images, state):
    """DeepLab-MSc-LargeFOV on a photo of 8 k + 1 pixels: five more views, added."""
    scores, pools = restated(images, state)
    for index, features in enumerate([images, *pools[:4]]):
        name, stride = f"branches.{index}", BRANCH_STRIDES[index]
        features = F.relu(conv(features, state, f"{name}.conv1.conv", stride=stride, padding=1))
        features = F.relu(conv(features, state, f"{name}.conv2.conv"))
        scores = scores + conv(features, state, f"{name}.score")
    return scores


@pytest.mark.parametrize("size", [(65, 97), (90, 120), (45, 71)])
def test_score_map_is_the_papers(size):
    network = randomised(create("deeplab_v1", 4, **THIN))
    images = pictures(*size)
    with torch.no_grad():
        assert_same(network.score_map(images), restated(images, network.state_dict())[0])


@pytest.mark.parametrize("size", [(65, 97), (60, 83)])
def test_multi_scale_score_map_is_the_papers(size):
    network = randomised(create("deeplab_v1_msc", 4, **THIN))
    images = pictures(*size)
    below, right = (-(length - 1) % 8 for length in size)
    on_grid = F.pad(images, (0, right, 0, below), mode="replicate")
    with torch.no_grad():
        expected = restated_multi_scale(on_grid, network.state_dict())
        assert_same(network.score_map(images), expected)


def test_the_papers_size_of_a_street_scene():
    """Caffe makes 46x61 cells of 360x480 pixels."""
    with torch.device("meta"):
        scores = create("deeplab_v1", 11).score_map(torch.empty(1, 3, 360, 480))
    assert scores.shape == (1, 11, 46, 61)


@pytest.mark.parametrize("size", [(65, 97), (60, 83), (1, 9)])
def test_upsampling_puts_each_cell_on_its_pixel(size):
    """Cells of value 8 k, their own pixel's position, make a ramp; beyond the last it is flat."""
    with torch.device("meta"):
        network = create("deeplab_v1", 1)
    rows, columns = (torch.arange(-(-(length - 1) // 8) + 1.0) * 8 for length in size)
    cells = torch.stack(torch.meshgrid(rows, columns, indexing="ij"))[:, None]
    pixels = torch.meshgrid(*(torch.arange(float(length)) for length in size), indexing="ij")
    torch.testing.assert_close(network.upsample(cells, size), torch.stack(pixels)[:, None])
