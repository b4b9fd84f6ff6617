"""The diagram says what ran: order, sizes, parameters."""

import pytest
import torch
from reference_impl import pictures, randomised

from seg_models import networks
from seg_models.explain.diagram import diagram

THIN = {"width": 0.06, "fc_channels": 8}


def stages(architecture, size=(64, 96), **options):
    torch.manual_seed(1)
    network = randomised(networks.create(architecture, 5, **options))
    return network, diagram(network, pictures(*size)[:1])


def test_fcn_goes_down_by_pooling_and_its_skips_are_views_of_poolings():
    _, found = stages("fcn8s", **THIN)
    assert [each.name for each in found] == [
        "stage1", "pool", "stage2", "pool@2", "stage3", "pool@3", "stage4", "pool@4", "stage5",
        "pool@5", "fc6", "fc7", "score_fr", "upscore2", "score_pool4", "upscore_pool4",
        "score_pool3", "upsample",
    ]  # fmt: skip
    by_name = {each.name: each for each in found}
    assert [by_name[f"pool{each}"].stride for each in ("", "@2", "@3", "@4", "@5")] == [
        2, 4, 8, 16, 32,
    ]  # fmt: skip
    assert by_name["score_pool4"].gives == (5, 4, 6)
    assert by_name["upsample"].gives == (5, 64, 96)
    assert [each.kernel for each in by_name["fc6"].layers] == [7]


def test_a_layer_that_loses_its_border_keeps_the_stride():
    """DeconvNet's fc6 takes 6 cells off the width: its stride is not the sizes' ratio."""
    _, found = stages("deconvnet", (256, 320), **THIN)
    by_name = {each.name: each for each in found}
    assert by_name["fc6"].gives[1:] == (2, 4) and by_name["fc6"].stride == 32
    assert [each.stride for each in found if each.kind == "unpooling"] == [16, 8, 4, 2, 1]


def test_segnet_unpools_what_it_pooled():
    _, found = stages("segnet", width=0.06)
    kinds = [each.kind for each in found if "pool" in each.kind]
    assert kinds == ["pooling"] * 5 + ["unpooling"] * 5
    sizes = [each.gives[1:] for each in found if each.kind == "unpooling"]
    assert sizes == [(4, 6), (8, 12), (16, 24), (32, 48), (64, 96)]


def test_deeplab_keeps_stride_eight_and_shows_its_rates():
    _, found = stages("deeplab_v1", **THIN)
    by_name = {each.name: each for each in found}
    assert by_name["fc6"].kind == by_name["stage5"].kind == "dilated"
    assert by_name["fc6"].layers[0].dilation == 12
    assert by_name["fc8"].stride == 8 and by_name["fc8"].gives == (5, 9, 13)


def test_encoder_blocks_of_one_size_are_one_stage():
    _, found = stages("deeplab_v3", width=0.1)
    encoder = [each for each in found if each.name.startswith("encoder")]
    assert [each.gives[1:] for each in encoder if "blocks" in each.name] == [
        (33, 49), (17, 25), (9, 13), (5, 7),
    ]  # fmt: skip
    assert found[-3].name == "pyramid" and len(found) < 12


@pytest.mark.parametrize(
    ("architecture", "options"),
    [
        ("fcn8s", THIN),
        ("deconvnet", THIN),
        ("segnet", {"width": 0.06}),
        ("unet", {"width": 0.06}),
        ("fc_densenet56", {"width": 0.3}),
        ("deeplab_v1", THIN),
        ("dilatednet", THIN),
        ("deeplab_v3", {"width": 0.1}),
    ],
)
def test_all_parameters_are_somewhere_and_every_time_is_measured(architecture, options):
    network, found = stages(architecture, **options)
    assert sum(each.parameters for each in found) == sum(p.numel() for p in network.parameters())
    assert all(each.milliseconds > 0 for each in found)
    assert found[-1].gives == (5, 64, 96)
