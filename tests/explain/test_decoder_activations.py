"""A decoder's maps: the real ones, in the pass's order, at their own resolution."""

import gc
import weakref

import numpy as np
import pytest
import torch

from seg_models import networks
from seg_models.explain import decoder_activations as looking
from seg_models.explain.decoder_activations import growth

OPTIONS = {
    "deconvnet": {"width": 0.05, "fc_channels": 16},
    "segnet": {"width": 0.05},
    "segnet_basic": {"width": 0.1},
    "unet": {"width": 0.05},
    "fc_densenet56": {"width": 0.2},
}


@pytest.fixture
def images():
    return torch.randn(1, 3, 64, 96, generator=torch.Generator().manual_seed(0))


def small(architecture):
    torch.manual_seed(2)
    return networks.create(architecture, 3, **OPTIONS[architecture]).eval().requires_grad_(False)


def test_deconvnets_layers_have_the_sizes_of_table_2():
    found = growth(small("deconvnet"), torch.randn(1, 3, 224, 224)).activations
    assert [(each.layer, each.values.shape[0]) for each in found] == [
        ("fc7", 1), ("fc6-deconv", 7),
        ("unpool5", 14), ("deconv5", 14), ("unpool4", 28), ("deconv4", 28),
        ("unpool3", 56), ("deconv3", 56), ("unpool2", 112), ("deconv2", 112),
        ("unpool1", 224), ("deconv1", 224),
    ]  # fmt: skip
    assert [each.units for each in found][:3] == [16, 26, 26]


@pytest.mark.parametrize("architecture", OPTIONS)
def test_maps_grow_to_the_picture_and_end_in_its_probabilities(architecture, images):
    network = small(architecture)
    grown = growth(network, images)
    heights = [each.values.shape[0] for each in grown.activations]
    stages = heights[1::2]  # each ends with the second of its two maps
    assert stages == sorted(stages) and stages[-1] >= 64
    assert all(each.values.min() >= 0 for each in grown.activations)
    assert any(each.values.max() > 0 for each in grown.activations)
    expected = network.score_map(images)[0].softmax(0)
    np.testing.assert_allclose(grown.probabilities, expected, rtol=1e-4, atol=1e-6)


def test_unpooled_values_stand_where_the_encoders_maxima_were(images):
    """Of each 2x2 window at most one cell is lit; the convolutions after it fill the rest."""
    found = {each.layer: each.values for each in growth(small("segnet"), images).activations}
    for number in range(1, 6):
        height, width = found[f"unpool{number}"].shape
        windows = (found[f"unpool{number}"] > 0).reshape(height // 2, 2, width // 2, 2)
        assert windows.sum((1, 3)).max() == 1


@pytest.mark.parametrize("label", [None, 0, 2])
def test_the_unit_shown_is_the_best_of_its_layer_by_loop(label, images):
    network = small("unet")
    whole = []
    handle = network.merge[1].register_forward_hook(lambda _, inputs, output: whole.append(output))
    probabilities = network.score_map(images)[0].softmax(0)
    handle.remove()
    maps = whole[0][0].clamp(min=0).numpy()
    if label is None:
        merits = [each.sum() for each in maps]
    else:
        height, width = maps.shape[1:]
        blocks = probabilities[label].reshape(height, 64 // height, width, 96 // width)
        wanted = blocks.mean((1, 3)).numpy().ravel()
        merits = [np.corrcoef(each.ravel(), wanted)[0, 1] if each.std() else 0 for each in maps]
    (shown,) = (e for e in growth(network, images, label).activations if e.layer == "merge3")
    assert shown.unit == int(np.argmax(merits)) and shown.units == len(maps)
    np.testing.assert_allclose(shown.values, maps[shown.unit], rtol=1e-4, atol=1e-6)


def test_the_unit_that_goes_best_with_a_class_is_not_the_one_that_is_merely_loud():
    wanted = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    shifted, noisy, constant = wanted + 10, torch.tensor([[0.0, 1.0], [0.0, 0.0]]), torch.ones(2, 2)
    found = looking._correlations(torch.stack([shifted, noisy, constant, -wanted]), wanted)
    torch.testing.assert_close(found, torch.tensor([1.0, 1 / 3**0.5, 0.0, -1.0]))


def test_looking_leaves_nothing_behind(images, monkeypatch):
    """No hook on the network that others use, no copy of its weights, no map kept alive."""
    network = small("segnet")
    copies, sharing = [], looking.sharing_copy

    def watched(original):
        copy = sharing(original)
        pairs = zip(copy.parameters(), original.parameters(), strict=True)
        assert all(one is other for one, other in pairs)
        copies.append(weakref.ref(copy))
        return copy

    monkeypatch.setattr(looking, "sharing_copy", watched)
    growth(network, images)
    gc.collect()
    assert [each() for each in copies] == [None]
    for module in network.modules():
        assert not module._forward_hooks and not module._forward_pre_hooks


def test_a_network_without_a_decoder_is_refused(images):
    network = networks.create("deeplab_v1", 3, width=0.05, fc_channels=8).eval()
    with pytest.raises(ValueError, match="DeepLabV1 has no decoder to look into; these have"):
        growth(network, images)


def test_a_class_that_is_none_is_refused(images):
    with pytest.raises(ValueError, match="class 3 is not one of 0 to 2"):
        growth(small("segnet"), images, 3)
