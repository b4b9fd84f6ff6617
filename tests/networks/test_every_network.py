"""What holds for each row of the table."""

import re

import pytest
import torch
from reference_impl import pictures, randomised
from torch import nn

from seg_models.networks import ARCHITECTURES, architectures, create
from seg_models.networks.fuse_bn import folded_state

VGG = [
    "fcn32s", "fcn16s", "fcn8s", "deeplab_v1", "deeplab_v1_msc", "deconvnet", "segnet",
    "dilatednet_frontend", "dilatednet",
]  # fmt: skip
WITH_FC = [name for name in VGG if name != "segnet"]
WITHOUT_NORM_IN_FRONT = [name for name in architectures() if not name.startswith("fc_densenet")]

# Convolution biases and norms' gains and shifts included. 11 classes, unless said otherwise.
PAPER = {
    ("fcn32s", 11): 134_305_611,
    ("fcn16s", 11): 134_311_254 + 11 * 11 * 16,  # and what its learnt enlargement adds
    ("fcn8s", 11): 134_314_081 + 2 * 11 * 11 * 16,
    ("deconvnet", 21): 251_805_653,
    ("segnet", 11): 29_449_355,
    ("segnet_basic", 11): 1_416_587,
    ("unet", 11): 31_032_395,
    ("fc_densenet56", 11): 1_376_795,
    ("fc_densenet67", 11): 3_463_243,
    ("fc_densenet103", 11): 9_322_091,
    ("deeplab_v1", 11): 20_495_179,
    ("deeplab_v1", 21): 20_505_429,
    ("deeplab_v1_msc", 11): 20_495_179 + 1_199_671,
    ("deeplab_v1_msc", 21): 20_505_429 + 1_206_121,
    ("dilatednet_frontend", 11): 134_305_611,
    ("dilatednet_frontend", 21): 134_346_581,
    ("dilatednet", 11): 134_305_611 + 7_832,
    ("dilatednet", 21): 134_346_581 + 28_392,
}


def small(name, classes=3, **options):
    """Return a thin form for evaluation, its numbers random."""
    if name in WITH_FC:
        options["fc_channels"] = 12
    return randomised(create(name, classes, width=0.06, **options))


def count(name, classes, **options):
    with torch.device("meta"):
        network = create(name, classes, **options)
    return sum(each.numel() for each in network.parameters())


@pytest.mark.parametrize("name, classes", PAPER)
def test_paper_form_has_the_papers_parameters(name, classes):
    assert count(name, classes) == PAPER[name, classes]


@pytest.mark.parametrize("classes, parameters", [(11, 1_867_129), (21, 6_803_139)])
def test_large_context_has_the_papers_parameters(classes, parameters):
    front_end = PAPER["dilatednet_frontend", classes]
    assert count("dilatednet", classes, context="large") == front_end + parameters


def test_every_paper_is_counted():
    ours = {"deeplab_v3", "deeplab_v3_mobilenet_v2"}  # on encoders that the paper has not
    assert {name for name, _ in PAPER} | ours == set(ARCHITECTURES)


@pytest.mark.parametrize("name", architectures())
@pytest.mark.parametrize("size", [(1, 1), (17, 3), (33, 1025), (360, 480), (375, 500)])
def test_any_size_is_answered(name, size):
    network = small(name)
    images = torch.randn(1, 3, *size)
    with torch.inference_mode():
        scores = network.score_map(images)
        assert network(images).shape == (1, 3, *size)
    for cells, length in zip(scores.shape[-2:], size, strict=True):
        # Cells lie in the middle of their pixels, or on pixels 0, stride, ... up to the last.
        steps = {-(-length // network.output_stride), -(-(length - 1) // network.output_stride) + 1}
        assert cells in steps


@pytest.mark.parametrize("name", architectures())
def test_a_picture_is_answered_alike_in_any_company(name):
    network, images = small(name), pictures(40, 48)
    with torch.inference_mode():
        together, alone = network(images), network(images[:1])
    scale = float(alone.abs().max())
    torch.testing.assert_close(together[:1], alone, rtol=0, atol=1e-4 * scale)


@pytest.mark.parametrize("name", architectures())
def test_reduced_precision_and_channels_last_change_little(name):
    """The page computes so: a layer that has no such form would raise."""
    network, images = small(name), pictures(40, 48)
    with torch.inference_mode():
        plain = network.score_map(images)
        network.to(memory_format=torch.channels_last)
        images = images.to(memory_format=torch.channels_last)
        torch.testing.assert_close(
            network.score_map(images), plain, rtol=0, atol=1e-4 * float(plain.abs().max())
        )
        with torch.autocast("cpu", torch.bfloat16):
            rounded = network.score_map(images).float()
    assert rounded.isfinite().all()


@pytest.mark.parametrize("name", architectures())
def test_every_parameter_learns(name):
    """One that got no gradient would be a layer that the forward pass forgot."""
    network = small(name)
    for module in list(network.modules()):
        for key, child in list(module.named_children()):
            if isinstance(child, nn.ReLU | nn.ReLU6):  # which may be dead by bad luck
                setattr(module, key, nn.Softplus())
    network(pictures(40, 48)).square().mean().backward()
    idle = [
        key
        for key, value in network.named_parameters()
        if value.grad is None or not value.grad.any()
    ]
    assert not idle


@pytest.mark.parametrize("name", architectures())
def test_what_the_classifiers_bias_gains_every_score_gains(name):
    """Not so of FCN-8s's first scores, which pass a learnt upsampling."""
    network, images = small(name), pictures(40, 48)
    with torch.inference_mode():
        before = network(images)
        network.classifier.bias += torch.tensor([1.0, -2.0, 0.5])
        gained = network(images) - before
    expected = torch.tensor([1.0, -2.0, 0.5]).view(1, 3, 1, 1).expand_as(gained)
    torch.testing.assert_close(gained, expected, rtol=0, atol=1e-4 * float(before.abs().max() + 1))


@pytest.mark.parametrize("name", WITHOUT_NORM_IN_FRONT)
def test_folding_the_norms_changes_nothing(name):
    network, images = small(name, norm=True), pictures(40, 48)
    state = folded_state(network)
    assert not any(".norm." in key for key in state)
    options = {"fc_channels": 12} if name in WITH_FC else {}
    folded = create(name, 3, width=0.06, norm=False, **options).eval()
    folded.load_state_dict(state, strict=True)
    with torch.inference_mode():
        expected, found = network(images), folded(images)
    assert (found - expected).abs().max() < 1e-4 * max(1.0, float(expected.abs().max()))


@pytest.mark.parametrize("name", VGG)
def test_the_trunk_of_vgg_is_there_once_and_by_name(name):
    """ImageNet's weights are laid in by these endings, at the paper's width."""
    with torch.device("meta"):
        state = create(name, 11).state_dict()
    before = 3
    for number, (channels, depth) in enumerate(
        [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)], start=1
    ):
        for index in range(1, depth + 1):
            for part, shape in (("weight", (channels, before, 3, 3)), ("bias", (channels,))):
                ending = re.compile(rf"(^|\.)conv{number}_{index}\.conv\.{part}$")
                found = [key for key in state if ending.search(key)]
                assert [tuple(state[key].shape) for key in found] == [shape]
            before = channels


def test_oldest_papers_come_first():
    order = ["fcn8s", "deeplab_v1", "deconvnet", "unet", "segnet", "dilatednet", "fc_densenet56"]
    places = [architectures().index(name) for name in [*order, "deeplab_v3"]]
    assert places == sorted(places)


def test_unknown_names_and_options_are_refused():
    with pytest.raises(ValueError, match="no architecture called 'fcn4s'; known are fcn32s, "):
        create("fcn4s", 3)
    with pytest.raises(ValueError, match=r"unet cannot be built with .*fc_channels"):
        create("unet", 3, fc_channels=12)
