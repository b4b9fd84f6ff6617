import pytest
import torch
import torch.nn.functional as F
from reference_impl import assert_same, conv, norm, pictures, randomised

from seg_models.networks import create
from seg_models.networks.backbones.efficientnet_lite import EfficientNetLite2
from seg_models.networks.deeplab_v3 import AtrousSpatialPyramidPooling


def test_dilation_at_stride_8_passes_through_the_answers_of_stride_16():
    """Chen et al. 2014's "hole algorithm": on a grid it computes the same, and more in between."""
    coarse = randomised(EfficientNetLite2(output_stride=16))
    fine = EfficientNetLite2(output_stride=8).eval()
    fine.load_state_dict(coarse.state_dict())
    images = pictures(65, 97)
    with torch.no_grad():
        assert_same(fine(images)[..., ::2, ::2], coarse(images))


def test_pyramid_is_the_papers():
    """Section 3.3 by bare function calls."""
    pyramid = randomised(AtrousSpatialPyramidPooling(8, 6, (6, 12, 18), norm=True))
    features, state = pictures(33, 40)[:, :1].expand(-1, 8, -1, -1).clone(), pyramid.state_dict()
    features[:, 1::2] *= -1

    def unit(inputs, name, **grid):
        summed = F.conv2d(inputs, state[f"{name}.conv.weight"], **grid)
        return F.relu(norm(summed, state, f"{name}.norm"))

    views = [unit(features, "point")]
    for index, rate in enumerate((6, 12, 18)):
        views.append(unit(features, f"atrous.{index}", padding=rate, dilation=rate))
    views.append(unit(F.adaptive_avg_pool2d(features, 1), "pooled").expand(-1, -1, 33, 40))
    with torch.no_grad():
        assert_same(pyramid(features), unit(torch.cat(views, 1), "merge"))


@pytest.mark.parametrize("stride, rates", [(16, (6, 12, 18)), (8, (12, 24, 36))])
def test_rates_double_at_stride_8(stride, rates):
    """Section 4.1."""
    with torch.device("meta"):
        network = create("deeplab_v3", 7, output_stride=stride)
    assert tuple(unit.conv.dilation[0] for unit in network.pyramid.atrous) == rates


def test_score_map_is_encoder_pyramid_and_classifier():
    network = randomised(create("deeplab_v3", 4, width=0.1))
    images = pictures(65, 49)  # on the grid, so that nothing is padded
    with torch.no_grad():
        features = network.pyramid(network.encoder(images))
        assert_same(network.score_map(images), conv(features, network.state_dict(), "classifier"))


def test_other_strides_are_refused():
    with pytest.raises(ValueError, match="output_stride must be 8 or 16, got 32"):
        create("deeplab_v3", 7, output_stride=32)
