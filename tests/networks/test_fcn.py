import pytest
import torch
import torch.nn.functional as F
from reference_impl import assert_same, conv, pictures, randomised, vgg_stage

from seg_models.networks import create

THIN = {"width": 0.1, "fc_channels": 12}


def larger(scores, weight, factor):
    """A transposed convolution whose zeros beyond the border lie beyond one repeated cell."""
    bordered = F.pad(scores, (1, 1, 1, 1), mode="replicate")
    fine = F.conv_transpose2d(bordered, weight, stride=factor, padding=factor // 2)
    return fine[..., factor:-factor, factor:-factor]


def restated(images, state, stride):
    """Figure 3 of the paper: the coarse scores, plus views of pool4 and pool3."""
    below, right = (-length % 32 for length in images.shape[-2:])
    features, pools = F.pad(images, (0, right, 0, below), mode="replicate"), []
    for number in range(1, 6):
        features = F.max_pool2d(vgg_stage(features, state, number), 2)
        pools.append(features)
    fc6 = F.relu(conv(features, state, "fc6.conv", padding=3))
    scores = conv(F.relu(conv(fc6, state, "fc7.conv")), state, "score_fr")
    if stride <= 16:
        scores = larger(scores, state["upscore2.weight"], 2) + conv(pools[3], state, "score_pool4")
    if stride == 8:
        scores = larger(scores, state["upscore_pool4.weight"], 2)
        scores = scores + conv(pools[2], state, "score_pool3")
    height, width = (-(-length // stride) for length in images.shape[-2:])
    return scores[..., :height, :width]


@pytest.mark.parametrize("name, stride", [("fcn32s", 32), ("fcn16s", 16), ("fcn8s", 8)])
@pytest.mark.parametrize("size", [(64, 96), (77, 101)])
def test_score_map_is_the_papers(name, stride, size):
    network = randomised(create(name, 4, **THIN))
    images = pictures(*size)
    with torch.no_grad():
        assert_same(network.score_map(images), restated(images, network.state_dict(), stride))


@pytest.mark.parametrize("name, stride", [("fcn32s", 32), ("fcn16s", 16), ("fcn8s", 8)])
def test_upsampling_is_bilinear_and_cut_to_the_photo(name, stride):
    network = create(name, 3, **THIN)
    scores = torch.randn(1, 3, 3, 4)
    whole = F.interpolate(scores, scale_factor=stride, mode="bilinear", align_corners=False)
    size = (3 * stride - 5, 4 * stride - 1)
    torch.testing.assert_close(network.upsample(scores, size), whole[..., : size[0], : size[1]])


def test_fresh_skips_leave_the_coarse_scores_as_they_are():
    """A new FCN-8s answers as the FCN-32s it is made from (section 4.2)."""
    coarse, fine = create("fcn32s", 3, **THIN).eval(), create("fcn8s", 3, **THIN).eval()
    fine.load_state_dict(coarse.state_dict(), strict=False)
    images = pictures(64, 96)
    with torch.no_grad():
        scores = coarse.score_map(images)
        for _ in range(2):
            scores = F.interpolate(scores, scale_factor=2, mode="bilinear", align_corners=False)
        assert_same(fine.score_map(images), scores)
