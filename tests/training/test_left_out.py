"""Leaving a drive out: nothing of it is learnt from, and it alone is validated on."""

import shutil

import pytest
import torch

from seg_models.training import dataset, loop, recipes, validation


def test_photos_whose_names_begin_so_stay_out(squares):
    whole = dataset.load(squares / "train", torch.device("cpu"))
    rest = dataset.load(squares / "train", torch.device("cpu"), left_out="2")
    assert (len(whole), len(rest)) == (4, 3)


def test_leaving_all_out_is_refused(tmp_path, squares):
    shutil.copytree(squares / "train", tmp_path / "train")
    for each in sorted((tmp_path / "train").glob("*/*.png")):
        each.rename(each.with_name(f"x{each.name}"))
    with pytest.raises(ValueError, match="none is left"):
        dataset.load(tmp_path / "train", torch.device("cpu"), left_out="x")


def test_validation_is_on_what_was_left_out(squares):
    row = recipes.find("fcn8s-camvid")
    assert len(validation.pairs(row, squares / "val")) == 4
    ((photo, _),) = validation.pairs(row.leaving_out("2"), squares / "val")
    assert photo == squares / "train" / "images" / "2.png"


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
    data = dataset.load(tmp_path / "train", torch.device("cpu"))
    assert data.pseudo.tolist() == [False, True, False, True]
