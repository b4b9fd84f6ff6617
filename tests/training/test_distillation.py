"""What a pupil hears: the teacher where it is right, the labels where it is wrong."""

import pytest
import torch
from torch import nn

from seg_models.specs import VOID, Preprocessing
from seg_models.training.distillation import Teacher, corrected, distillation_loss


def _heard(teacher_says: list[float], label: int) -> torch.Tensor:
    targets = torch.tensor(teacher_says).log().view(1, 3, 1, 1)
    return corrected(targets, torch.tensor([[[label]]])).exp().flatten()


def test_a_teacher_that_does_not_believe_the_label_is_put_right():
    torch.testing.assert_close(_heard([0.9, 0.1, 0.0], 2), torch.tensor([0.0, 0.0, 1.0]))


def test_a_teacher_that_knows_the_label_is_left_alone():
    torch.testing.assert_close(_heard([0.0, 1.0, 0.0], 1), torch.tensor([0.0, 1.0, 0.0]))


def test_between_them_both_are_heard():
    heard = _heard([0.25, 0.5, 0.25], 1)
    torch.testing.assert_close(heard, torch.tensor([0.125, 0.75, 0.125]))


def test_beside_a_photo_the_teacher_alone_is_heard():
    torch.testing.assert_close(_heard([0.2, 0.3, 0.5], VOID), torch.tensor([0.2, 0.3, 0.5]))


def test_what_is_heard_can_be_learnt_from():
    targets = torch.tensor([[-200.0, -200.0, 0.0]]).view(1, 3, 1, 1)
    assert corrected(targets, torch.tensor([[[0]]])).isfinite().all()


def test_a_pixel_counts_as_much_as_what_the_teacher_sees_there():
    targets = torch.tensor([[1 - 1e-6, 1e-6], [1e-6, 1 - 1e-6]]).log().view(1, 2, 1, 2)
    wrong_on_the_left = torch.tensor([[-3.0, -9.0], [3.0, 9.0]]).view(1, 2, 1, 2)
    rare, common = torch.tensor([3.0, 1.0]), torch.tensor([1.0, 3.0])
    heard = distillation_loss(targets, wrong_on_the_left, rare)
    missed = distillation_loss(targets, wrong_on_the_left, common)
    assert (heard / missed).item() == pytest.approx(3, rel=0.02)


class SaysTheSame(nn.Module):
    """Gives each class the score that it is made with."""

    def __init__(self, *scores: float):
        super().__init__()
        self.scores = torch.tensor(scores).view(1, -1, 1, 1)

    def forward(self, images):
        return self.scores.expand(len(images), -1, *images.shape[2:])


def test_a_teacher_of_more_classes_says_nothing_of_those_that_its_pupil_does_not_know():
    plain = Preprocessing(8, mean=(0.0,) * 3, std=(1.0,) * 3)
    wide = Teacher([(SaysTheSame(1.0, 9.0, 3.0, 5.0), plain, (0, 3))])
    narrow = Teacher([(SaysTheSame(1.0, 5.0), plain, (0, 1))])
    photos, labels = torch.zeros(1, 3, 8, 8), torch.full((1, 8, 8), VOID)
    targets = wide.soft_targets(photos, labels)
    assert targets.shape == (1, 2, 8, 8)
    torch.testing.assert_close(targets, narrow.soft_targets(photos, labels))
