import numpy as np
import pytest
import torch
import torch.nn.functional as F
from reference_impl import assert_same, conv, pictures, randomised

from seg_models.networks import create

THIN = 0.06


def twice(features, state, name, padding):
    for index in (1, 2):
        features = F.relu(conv(features, state, f"{name}.conv{index}.conv", padding=padding))
    return features


def restated(images, state, padding):
    """Figure 1 of the paper, on an image whose border is there already."""
    features, levels = images, []
    for level in range(5):
        features = twice(features, state, f"down.{level}", padding)
        levels.append(features)
        if level < 4:
            assert not (features.shape[-2] % 2 or features.shape[-1] % 2)
            features = F.max_pool2d(features, 2)
    for index in range(4):
        name = f"up.{index}.conv"
        features = F.conv_transpose2d(
            features, state[f"{name}.weight"], state[f"{name}.bias"], stride=2
        )
        skip = levels[3 - index]
        top, left = (
            (a - b) // 2 for a, b in zip(skip.shape[-2:], features.shape[-2:], strict=True)
        )
        skip = skip[..., top : top + features.shape[-2], left : left + features.shape[-1]]
        features = twice(torch.cat([skip, features], 1), state, f"merge.{index}", padding)
    return conv(features, state, "score")


def mirrored(images, before, below, right):
    sides = ((0, 0), (0, 0), (before, below), (before, right))
    return torch.from_numpy(np.pad(images.numpy(), sides, mode="reflect"))


@pytest.mark.parametrize("size", [(32, 48), (37, 50)])
def test_same_form_is_the_papers(size):
    network = randomised(create("unet", 4, width=THIN))
    images = pictures(*size)
    framed = mirrored(images, 0, -size[0] % 16, -size[1] % 16)
    with torch.no_grad():
        expected = restated(framed, network.state_dict(), 1)[..., : size[0], : size[1]]
        assert_same(network.score_map(images), expected)


@pytest.mark.parametrize("size, sticking_out", [((20, 36), (0, 0)), ((37, 50), (15, 2))])
def test_valid_form_is_the_papers(size, sticking_out):
    """Scores of 4 mod 16 pixels fit exactly (the paper's 388), others are cut to size."""
    network = randomised(create("unet", 4, width=THIN, padding="valid"))
    images = pictures(*size)
    framed = mirrored(images, 92, 92 + sticking_out[0], 92 + sticking_out[1])
    with torch.no_grad():
        scores = restated(framed, network.state_dict(), 0)
        assert scores.shape[-2:] == tuple(a + b for a, b in zip(size, sticking_out, strict=True))
        assert_same(network.score_map(images), scores[..., : size[0], : size[1]])


def test_valid_form_turns_572_pixels_into_388():
    """Figure 1's sizes, without computing them."""
    with torch.device("meta"):
        network = create("unet", 2, padding="valid")
        seen = []
        network.down[0].register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].shape))
        network.score.register_forward_hook(lambda _, inputs, output: seen.append(output.shape))
        network.score_map(torch.empty(1, 3, 388, 388))
    assert seen == [(1, 3, 572, 572), (1, 2, 388, 388)]


def test_other_padding_is_refused():
    with pytest.raises(ValueError, match=r"'same' or 'valid', got 'full'"):
        create("unet", 2, padding="full")
