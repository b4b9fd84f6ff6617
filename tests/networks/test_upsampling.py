import pytest
import torch
import torch.nn.functional as F

from seg_models.networks.upsampling import (
    bilinear_kernel,
    enlarge,
    fit,
    fixed_upsampling,
    learnt_upsampling,
)


def test_kernel_of_size_four_by_hand():
    line = torch.tensor([0.25, 0.75, 0.75, 0.25])
    torch.testing.assert_close(bilinear_kernel(4), line[:, None] * line)


def test_kernel_of_odd_size_peaks_in_its_middle_cell():
    line = torch.tensor([1, 2, 3, 2, 1]) / 3
    torch.testing.assert_close(bilinear_kernel(5), line[:, None] * line)


@pytest.mark.parametrize("make", [fixed_upsampling, learnt_upsampling])
@pytest.mark.parametrize("factor", [2, 8, 16, 32])
def test_upsampling_continues_a_straight_ramp(make, factor):
    """On a ramp the right value of every pixel is its own position, so a shift shows too."""
    coarse = torch.arange(6.0).expand(1, 1, 5, 6)
    fine = enlarge(make(1, factor), coarse)[0, 0]
    assert fine.shape == (5 * factor, 6 * factor)
    positions = (torch.arange(6.0 * factor) - (factor - 1) / 2) / factor
    for row in fine:  # the first and the last too: borders do not fade
        torch.testing.assert_close(row, positions.clamp(0, 5))


@pytest.mark.parametrize("make", [fixed_upsampling, learnt_upsampling])
def test_classes_stay_apart(make):
    scores = torch.randn(2, 5, 4, 3, generator=torch.Generator().manual_seed(0))
    stretched = F.interpolate(scores, scale_factor=8, mode="bilinear", align_corners=False)
    torch.testing.assert_close(enlarge(make(5, 8), scores), stretched)


def test_only_the_learnt_kernel_is_a_parameter():
    assert [name for name, _ in learnt_upsampling(3, 2).named_parameters()] == ["weight"]
    fixed = fixed_upsampling(3, 2)
    assert not list(fixed.parameters()) and not fixed.state_dict()


def test_fit_cuts_what_belongs_to_no_pixel():
    scores = torch.arange(48.0).view(1, 1, 6, 8)
    assert torch.equal(fit(scores, (5, 7), stride=2), scores[..., :5, :7])


def test_fit_resizes_to_another_size():
    ones = torch.ones(1, 2, 8, 8)
    torch.testing.assert_close(fit(ones, (30, 3), stride=8), torch.ones(1, 2, 30, 3))
