import pytest
import torch
import torch.nn.functional as F
from reference_impl import assert_same, norm, normed, pictures, randomised, vgg_stage

from seg_models.networks import create

DEPTHS = {5: 3, 4: 3, 3: 3, 2: 2, 1: 2}


def deconv(features, state, name, padding):
    features = F.conv_transpose2d(
        features, state[f"{name}.conv.weight"], state[f"{name}.conv.bias"], padding=padding
    )
    return F.relu(norm(features, state, f"{name}.norm"))


def windows_mean(cells, state, name):
    """Each cell's 7x7 answer laid where its window was; the mean where several lie."""
    height, width = (length + 6 for length in cells.shape[-2:])
    total = torch.zeros(len(cells), state[f"{name}.conv.weight"].shape[1], height, width)
    count = torch.zeros(height, width)
    for y in range(height - 6):
        for x in range(width - 6):
            window = torch.einsum("nc,cokl->nokl", cells[..., y, x], state[f"{name}.conv.weight"])
            total[..., y : y + 7, x : x + 7] += window
            count[y : y + 7, x : x + 7] += 1
    return total / count + state[f"{name}.conv.bias"].view(-1, 1, 1)


def restated(images, state):
    """Table 2 of the paper."""
    features, places = images, []
    for number in range(1, 6):
        features = vgg_stage(features, state, number, normed)
        size = features.shape[-2:]
        features, indices = F.max_pool2d(features, 2, 2, ceil_mode=True, return_indices=True)
        places.append((indices, size))
    features = F.relu(normed(features, state, "fc6"))
    features = F.relu(normed(features, state, "fc7"))
    features = F.relu(norm(windows_mean(features, state, "fc6_deconv"), state, "fc6_deconv.norm"))
    for number in range(5, 0, -1):
        indices, size = places[number - 1]
        features = F.max_unpool2d(features, indices, 2, 2, output_size=size)
        for index in range(1, DEPTHS[number] + 1):
            features = deconv(features, state, f"decode{number}.deconv{number}_{index}", 1)
    return F.conv2d(features, state["score.weight"], state["score.bias"])


@pytest.mark.parametrize("size", [(224, 224), (229, 270)])
def test_score_map_is_the_papers(size):
    network = randomised(create("deconvnet", 4, width=0.06, fc_channels=12))
    images = pictures(*size)
    with torch.no_grad():
        assert_same(network.score_map(images), restated(images, network.state_dict()))


def test_a_small_photo_is_padded_to_the_papers_224_pixels():
    network = randomised(create("deconvnet", 4, width=0.06, fc_channels=12))
    images = pictures(100, 60)
    padded = F.pad(images, (0, 164, 0, 124), mode="replicate")
    with torch.no_grad():
        expected = network.score_map(padded)[..., :100, :60]
        torch.testing.assert_close(network.score_map(images), expected)


def test_widths_of_the_decoder():
    """Table 2's channels, which a count of parameters alone need not tell apart."""
    with torch.device("meta"):
        network = create("deconvnet", 21)
    expected = {5: [512] * 3, 4: [512, 512, 256], 3: [256, 256, 128], 2: [128, 64], 1: [64, 64]}
    for number, channels in expected.items():
        units = getattr(network, f"decode{number}")
        assert [unit.conv.out_channels for unit in units] == channels
        assert {unit.conv.kernel_size for unit in units} == {(3, 3)}
    assert network.fc6_deconv.conv.weight.shape == (4096, 512, 7, 7)
