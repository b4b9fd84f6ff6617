"""The first directions are those that tell classes apart, however small they are."""

import torch

from seg_models.training.init.cca import directions


@torch.no_grad()
def test_what_follows_the_classes_comes_first():
    random = torch.Generator().manual_seed(0)
    shares = torch.rand(4000, 2, generator=random)
    shares = torch.cat([shares / 2, 1 - shares.sum(1, keepdim=True) / 2], dim=1)
    features = torch.randn(4000, 6, generator=random) * torch.tensor([2.0, 2, 2, 2, 1, 1])
    features[:, 4:] = 0.2 * features[:, 4:] + shares[:, :2]  # small beside the rest
    encode, decode = directions(features, shares, 3)
    numbers = (features - features.mean(0)) @ encode.T
    torch.testing.assert_close(numbers.std(0), torch.ones(3), rtol=0.05, atol=0)
    again = numbers @ decode.T + features.mean(0)
    torch.testing.assert_close(again[:, 4:], features[:, 4:], rtol=0, atol=0.05)
    assert encode[:2, :4].abs().max() < 0.05 * encode[:2, 4:].abs().max()
