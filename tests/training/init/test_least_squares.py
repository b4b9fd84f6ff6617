"""A convolution must be found again from what it said."""

import pytest
import torch
import torch.nn.functional as F

from seg_models.training.init import least_squares


@pytest.mark.parametrize("kernel", [1, 3])
def test_a_convolution_is_found_again(kernel):
    random = torch.Generator().manual_seed(0)
    features = torch.randn(6, 4, 9, 13, generator=random)
    weight = torch.randn(5, 4, kernel, kernel, generator=random)
    bias = torch.randn(5, generator=random)
    said = F.conv2d(features, weight, bias, padding=kernel // 2)
    found = least_squares.fit(features, said, kernel)
    torch.testing.assert_close(found[0], weight, rtol=0, atol=0.01)
    torch.testing.assert_close(found[1], bias, rtol=0, atol=0.01)


def test_what_nothing_is_heard_of_gets_no_weight():
    random = torch.Generator().manual_seed(0)
    features = torch.randn(2, 3, 8, 8, generator=random)
    features[:, 1] = 0
    weight, _ = least_squares.fit(features, features[:, :1] * 2, kernel=3)
    assert weight[:, 1].abs().max() == 0
    assert weight[0, 0, 1, 1].item() == pytest.approx(2, abs=0.02)
