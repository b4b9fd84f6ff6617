"""Every row of the training table describes a run that can begin."""

import pytest
import torch

from seg_models import labels, networks
from seg_models.training import recipes
from seg_models.training.init import pretrained


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_a_row_names_what_there_is(name):
    row = recipes.find(name)
    with torch.device("meta"):
        classes = len(labels.DOMAINS[row.domain].classes)
        network = networks.create(row.architecture, classes, **row.options)
    for part in row.frozen:
        assert list(network.get_submodule(part).parameters())
    assert row.encoder is None or row.encoder in pretrained.READERS
    for needed in (*row.teachers, row.init_from, row.fit_to):
        assert needed is None or (needed in recipes.RECIPES and needed != name)


def test_an_unknown_row_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"known are .*deeplab_v1-camvid"):
        recipes.find("deeplab_v1-moon")
