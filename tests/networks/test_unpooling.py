import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from seg_models.networks.unpooling import pool, unpool

# Examples have no deadline: on a busy machine one of them may well wait for its turn.
FEW = settings(deadline=None, max_examples=50)


@FEW
@given(st.integers(1, 19), st.integers(1, 19), st.integers(0, 2**31))
def test_every_maximum_goes_back_where_it_came_from(height, width, seed):
    features = torch.randn(2, 3, height, width, generator=torch.Generator().manual_seed(seed))
    maxima, switches = pool(features)
    restored = unpool(maxima, switches)
    assert restored.shape == features.shape
    kept = restored != 0
    assert torch.equal(restored[kept], features[kept])
    assert int(kept.sum()) == maxima.numel()
    assert maxima.shape[-2:] == (-(-height // 2), -(-width // 2))  # an odd last row counts too


@FEW
@given(st.integers(1, 19), st.integers(1, 19), st.integers(0, 2**31))
def test_other_values_go_to_the_same_places(height, width, seed):
    """What a decoder unpools are not the maxima, only as many."""
    generator = torch.Generator().manual_seed(seed)
    maxima, switches = pool(torch.randn(1, 2, height, width, generator=generator))
    others = torch.randn(maxima.shape, generator=generator)
    placed = unpool(others, switches)
    assert torch.equal(placed != 0, unpool(maxima, switches) != 0)
    assert torch.equal(F.max_pool2d(placed.abs(), 2, 2, ceil_mode=True), others.abs())
