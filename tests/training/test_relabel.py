"""Labels that two networks can stand for, and photos whose labels are real."""

import torch
from torch import nn

from seg_models.specs import VOID, Preprocessing
from seg_models.training import relabel
from seg_models.training.dataset import Dataset


def test_what_both_say_stays_and_what_they_dispute_becomes_void():
    labels = torch.tensor([[[1, 1, 1, VOID, VOID, VOID]]], dtype=torch.uint8)
    kind = torch.tensor([[[1, 2, 2, 3, 3, 3]]])
    sure = torch.tensor([[[0.9, 0.9, 0.6, 0.9, 0.6, 0.9]]])
    inside = torch.tensor([[[True, True, True, True, True, False]]])
    agreed = relabel.agreed(labels, kind, sure, inside)
    assert agreed.tolist() == [[[1, VOID, 1, 3, VOID, VOID]]]


class RedIsOne(nn.Module):
    """Says class 1 where a photo is red, with no doubt."""

    def forward(self, images):
        red = (images[:, :1] > 0.5).float() * 40 - 20
        return torch.cat([-red, red], dim=1)


def test_only_labels_that_a_network_made_are_corrected():
    photos = torch.zeros(2, 3, 16, 16, dtype=torch.uint8)
    photos[:, 0, :, 8:] = 255
    labels = torch.full((2, 16, 16), VOID, dtype=torch.uint8)
    sizes = torch.tensor([[16, 16], [16, 16]])
    data = Dataset(photos, labels, sizes, torch.tensor([False, True]))
    recipe = Preprocessing(16, mean=(0.0,) * 3, std=(1.0,) * 3)
    corrected = relabel.corrected(data, RedIsOne(), recipe).labels
    assert (corrected[0] == VOID).all()
    assert (corrected[1, :, :6] == 0).all() and (corrected[1, :, 10:] == 1).all()
