"""A decoder that is focused passes on what tells rare classes apart, however faint it is."""

import pytest
import torch

from seg_models import networks
from seg_models.specs import VOID
from seg_models.training.init import discriminative_init, identity_init

STAGES = ("decode5", "decode4", "decode3", "decode2", "decode1")


def _explained(features: torch.Tensor, wanted: torch.Tensor) -> float:
    """Return the share of `wanted`'s variance that a linear map of `features` explains."""
    rows = features.movedim(1, -1).flatten(0, 2)
    rows = torch.cat([rows, torch.ones(len(rows), 1)], dim=1)
    wanted = wanted.flatten()[:, None]
    answer = rows @ torch.linalg.lstsq(rows, wanted, driver="gelsd").solution
    return 1 - ((answer - wanted).var() / wanted.var()).item()


@torch.no_grad()
@pytest.mark.parametrize("focused", [True, False])
def test_a_faint_class_is_passed_on(focused):
    torch.manual_seed(0)
    network = networks.create("segnet", 3, 0.25).train()
    identity_init.hand_on_all(network, STAGES)
    random = torch.Generator().manual_seed(1)
    labels = torch.randint(0, 2, (8, 1, 2, 2), generator=random).float()
    labels = torch.nn.functional.interpolate(labels, size=64).long()[:, 0]
    faint = torch.randn(128, generator=random)

    def mark(stage, inputs, features):
        """Let the encoder's last features follow the label faintly, beside much else."""
        coarse = torch.nn.functional.interpolate(labels[:, None].float(), features.shape[-2:])
        return features + 0.3 * faint[:, None, None] * coarse

    network.stage5.register_forward_hook(mark)
    images = torch.randn(8, 3, 64, 64, generator=random)
    if focused:
        shares = discriminative_init.class_shares(labels, 3)
        discriminative_init.set_decoder(network, images, shares)
    heard = []
    network.decode2.register_forward_hook(lambda unit, inputs, features: heard.append(features))
    network(images)
    wanted = torch.nn.functional.interpolate(labels[:, None].float(), heard[0].shape[-2:])
    assert (_explained(heard[0], wanted) > 0.5) == focused


def test_what_has_no_class_has_no_share():
    shares = discriminative_init.class_shares(torch.tensor([[[2, VOID], [0, 2]]]), 3)
    assert shares[0, :, 0, 1].sum() == 0
    assert shares[0].argmax(0).tolist() == [[2, 0], [0, 2]] and shares.sum() == 3


@torch.no_grad()
def test_what_follows_the_classes_comes_first():
    random = torch.Generator().manual_seed(0)
    shares = torch.rand(4000, 2, generator=random)
    shares = torch.cat([shares / 2, 1 - shares.sum(1, keepdim=True) / 2], dim=1)
    features = torch.randn(4000, 6, generator=random) * torch.tensor([2.0, 2, 2, 2, 1, 1])
    features[:, 4:] = 0.2 * features[:, 4:] + shares[:, :2]  # small beside the rest
    encode, decode = discriminative_init.directions(features, shares, 3)
    numbers = (features - features.mean(0)) @ encode.T
    torch.testing.assert_close(numbers.std(0), torch.ones(3), rtol=0.05, atol=0)
    again = numbers @ decode.T + features.mean(0)
    torch.testing.assert_close(again[:, 4:], features[:, 4:], rtol=0, atol=0.05)
    assert encode[:2, :4].abs().max() < 0.05 * encode[:2, 4:].abs().max()
