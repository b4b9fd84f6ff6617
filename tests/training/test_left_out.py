"""Leaving a drive out: nothing of it is learnt from, and it alone is validated on."""

import shutil

import pytest
import torch

from seg_models.evaluation.labelled_photos import pairs
from seg_models.evaluation.split import split
from seg_models.training import dataset, loop, recipes


def test_photos_whose_names_begin_so_are_validated_on_instead_of_learnt_from(squares):
    whole = split(squares)
    assert (len(whole.train), len(whole.validated)) == (4, 4)
    parted = whole.leaving_out("2")
    assert [photo.stem for photo, _ in parted.train] == ["0", "1", "3"]
    ((photo, _),) = parted.validated
    assert photo == squares / "train" / "images" / "2.png"
    assert parted.val == whole.val  # which the offsets to the scores are found on all the same


@pytest.mark.parametrize(("sequence", "said"), [("x", "none is left"), ("y", "begins with 'y'")])
def test_leaving_all_out_or_nothing_is_refused(tmp_path, squares, sequence, said):
    shutil.copytree(squares, tmp_path / "data")
    for each in sorted((tmp_path / "data" / "train").glob("*/*.png")):
        each.rename(each.with_name(f"x{each.name}"))
    with pytest.raises(ValueError, match=said):
        split(tmp_path / "data").leaving_out(sequence)


def test_its_teachers_are_those_that_have_not_seen_it_either():
    row = recipes.find("fcn8s-camvid").leaving_out("0006R0")
    assert row.name == "fcn8s-camvid-without_0006R0"
    assert row.teachers == ("deeplab_v3-camvid-without_0006R0",)
    assert row.init_from == "deeplab_v1-camvid-without_0006R0"
    assert row.encoder == "vgg16"


def test_a_label_of_a_network_weighs_less_than_a_real_one():
    scores = torch.tensor([[2.0, 0.0], [0.0, 1.0]]).view(2, 2, 1, 1).requires_grad_()
    labels = torch.tensor([0, 0]).view(2, 1, 1)
    loss = loop._cross_entropy(scores, labels, torch.ones(2), torch.tensor([1.0, 0.25]))
    each = -scores.detach().log_softmax(1)[:, 0].flatten()
    torch.testing.assert_close(loss, (each[0] + 0.25 * each[1]) / 1.25)
    loss.backward()
    assert scores.grad[1].abs().sum() > 0


def test_names_in_pseudo_txt_are_marked(squares, tmp_path):
    shutil.copytree(squares / "train", tmp_path / "train")
    (tmp_path / "train" / dataset.PSEUDO).write_text("1\n3\n")
    data = dataset.load(pairs(tmp_path / "train"), torch.device("cpu"))
    assert data.pseudo.tolist() == [False, True, False, True]
