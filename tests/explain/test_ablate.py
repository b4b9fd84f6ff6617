"""What is switched off truly stops: whatever the path holds, NaN included, no score changes."""

import threading

import numpy as np
import pytest
import torch
from reference_impl import pictures, randomised

from seg_models import mean_field, networks
from seg_models.explain.ablate import ablate, ablate_crf, ablations
from seg_models.networks.padding import pad_to_multiple
from seg_models.networks.unpooling import pool
from seg_models.specs import CrfSettings

THIN = {"width": 0.06, "fc_channels": 8}
OPTIONS = {
    "fcn8s": THIN, "fcn16s": THIN, "deeplab_v1": THIN, "deeplab_v1_msc": THIN,
    "dilatednet": THIN, "dilatednet_frontend": THIN, "deconvnet": THIN,
    "segnet": {"width": 0.06}, "segnet_basic": {"width": 0.1}, "unet": {"width": 0.06},
    "fc_densenet56": {"width": 0.3}, "deeplab_v3": {"width": 0.1},
}  # fmt: skip
EXPECTED = {
    "fcn32s": (),
    "fcn16s": ("skip4",),
    "fcn8s": ("skip3", "skip4"),
    "deeplab_v1": ("dilation",),
    "deeplab_v1_msc": ("skip0", "skip1", "skip2", "skip3", "skip4", "dilation"),
    "deconvnet": ("unpool-nearest", "unpool-bilinear"),
    "unet": ("skip1", "skip2", "skip3", "skip4"),
    "segnet": ("unpool-nearest", "unpool-bilinear"),
    "segnet_basic": ("unpool-nearest", "unpool-bilinear"),
    "dilatednet_frontend": ("dilation",),
    "dilatednet": ("context", "dilation"),
    "fc_densenet56": ("skip1", "skip2", "skip3", "skip4", "skip5"),
    "deeplab_v3": ("dilation", "image-mean"),
}


def made(architecture):
    """Return a thin network with random weights."""
    torch.manual_seed(3)
    return randomised(networks.create(architecture, 5, **OPTIONS.get(architecture, THIN)))


@torch.no_grad()
def answer(network):
    return network(pictures(64, 96)[:1])


CASES = [(architecture, name) for architecture, names in EXPECTED.items() for name in names]


@pytest.mark.parametrize(("architecture", "names"), EXPECTED.items())
def test_each_network_has_what_its_paper_added(architecture, names):
    assert ablations(made(architecture)) == names


@pytest.mark.parametrize(("architecture", "name"), CASES)
def test_what_is_switched_off_had_mattered_and_the_network_stays_as_it_is(architecture, name):
    network = made(architecture)
    before = answer(network)
    without = answer(ablate(network, name))
    assert without.shape == before.shape
    assert not torch.allclose(without, before, rtol=1e-3)
    assert torch.equal(answer(network), before)
    assert torch.equal(answer(ablate(network)), before)


def poisoned(module, which):
    """Let a module read NaN in the channels `which`: the path's own, as the test knows them."""

    def poison(_, inputs):
        features = inputs[0].clone()
        features[:, which] = torch.nan
        return features

    module.register_forward_pre_hook(poison)


def skip_of(network, architecture, number):
    """Return the module that reads a skip, and the channels of what it reads that are the skip."""
    if architecture == "unet":
        fine = network.down[number - 1].conv1.conv.out_channels
        return network.merge[-number], slice(0, fine)
    block, up = network.up_blocks[-number], network.transitions_up[-number]
    return block, slice(up.out_channels, None)


@pytest.mark.parametrize(
    ("architecture", "number"),
    [("unet", number) for number in (1, 2, 3, 4)]
    + [("fc_densenet56", number) for number in (1, 2, 3, 4, 5)],
)
def test_no_value_of_a_skip_reaches_the_scores(architecture, number):
    network = made(architecture)
    expected = answer(ablate(network, f"skip{number}"))
    poisoned(*skip_of(network, architecture, number))
    assert answer(network).isnan().any()
    assert torch.equal(answer(ablate(network, f"skip{number}")), expected)


@pytest.mark.parametrize(
    ("architecture", "name", "module"),
    [
        ("fcn8s", "skip3", "score_pool3"),
        ("fcn8s", "skip4", "score_pool4"),
        ("fcn16s", "skip4", "score_pool4"),
        *(("deeplab_v1_msc", f"skip{number}", f"branches.{number}.score") for number in range(5)),
        ("dilatednet", "context", "context.score"),
        ("deeplab_v3", "image-mean", "pyramid.pooled.conv"),
    ],
)
def test_no_weight_of_a_path_reaches_the_scores(architecture, name, module):
    network = made(architecture)
    expected = answer(ablate(network, name))
    with torch.no_grad():
        network.get_submodule(module).weight.fill_(torch.nan)
    assert answer(network).isnan().any()
    assert torch.equal(answer(ablate(network, name)), expected)


@pytest.mark.parametrize("architecture", ["deconvnet", "segnet", "segnet_basic"])
@pytest.mark.parametrize("name", ["unpool-nearest", "unpool-bilinear"])
def test_no_place_of_a_maximum_reaches_the_scores(architecture, name):
    """Two poolings with equal maxima and other places give equal scores, or the places matter."""
    network = made(architecture)
    expected, before = answer(ablate(network, name)), answer(network)

    def misplaced(features):
        maxima, switches = pool(features)
        return maxima, switches._replace(indices=torch.zeros_like(switches.indices))

    network.pool = misplaced
    assert not torch.allclose(answer(network), before)
    assert torch.equal(answer(ablate(network, name)), expected)


def test_front_end_alone_is_the_network_without_context():
    network = made("dilatednet")
    front = networks.create("dilatednet_frontend", 5, **THIN).eval()
    front.load_state_dict(network.state_dict(), strict=False)
    assert torch.equal(answer(ablate(network, "context")), answer(front))


def test_fcn32s_is_fcn8s_without_skips_but_for_how_scores_are_enlarged():
    """Every 32x32 pixels hold the coarse score that FCN-32s gives in their middle."""
    network = made("fcn8s").double()
    coarse = networks.create("fcn32s", 5, **THIN).double().eval()
    coarse.load_state_dict(network.state_dict(), strict=False)
    images = pad_to_multiple(pictures(64, 96)[:1].double(), 32)
    with torch.no_grad():
        for layer in (network.upscore2, network.upscore_pool4):  # as they begin: bilinear
            fresh = networks.upsampling.learnt_upsampling(5, 2)
            layer.weight.copy_(fresh.weight)
        fine, whole = ablate(network, "skip3", "skip4").score_map(images), coarse.score_map(images)
    torch.testing.assert_close(fine.unfold(2, 4, 4).unfold(3, 4, 4)[..., 1:3, 1:3].mean((4, 5)),
                               _ends_repeated_mean(whole))  # fmt: skip


def _ends_repeated_mean(scores):
    """Return the mean of the four middle values of each cell enlarged four times, bilinearly."""
    fine = torch.nn.functional.interpolate(scores, scale_factor=2, mode="bilinear")
    fine = torch.nn.functional.interpolate(fine, scale_factor=2, mode="bilinear")
    return fine.unfold(2, 4, 4).unfold(3, 4, 4)[..., 1:3, 1:3].mean((4, 5))


@pytest.mark.parametrize("architecture", ["deeplab_v1", "dilatednet", "deeplab_v3"])
def test_without_dilation_the_convolutions_are_ordinary_ones(architecture):
    ablated = ablate(made(architecture), "dilation")
    for module in ablated.modules():
        if isinstance(module, torch.nn.Conv2d):
            assert module.dilation == (1, 1)
            assert module.stride != (1, 1) or module.padding[0] == module.kernel_size[0] // 2


def test_two_at_once_and_the_whole_list():
    network = made("unet")
    both = answer(ablate(network, "skip1", "skip4"))
    assert not torch.allclose(both, answer(ablate(network, "skip1")))
    assert not torch.allclose(both, answer(ablate(network, "skip4")))


def test_visitors_with_other_switches_do_not_disturb_each_other():
    network = made("unet")
    expected = {name: answer(ablate(network, name)) for name in ablations(network)}
    expected |= {None: answer(network)}
    wrong = []

    def visit(name):
        for _ in range(5):
            observed = network if name is None else ablate(network, name)
            if not torch.equal(answer(observed), expected[name]):
                wrong.append(name)

    threads = [threading.Thread(target=visit, args=(name,)) for name in expected]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert wrong == []


def test_the_copy_shares_the_weights():
    network = made("unet")
    ablated = ablate(network, "skip1")
    pairs = zip(network.parameters(), ablated.parameters(), strict=True)
    assert all(one is other for one, other in pairs)


@pytest.mark.parametrize(
    ("names", "complaint"),
    [
        (("skip9",), "SegNet has no 'skip9' to switch off; it has unpool-nearest"),
        (("unpool-nearest", "unpool-bilinear"), "not by both"),
    ],
)
def test_what_cannot_be_switched_off_is_said(names, complaint):
    with pytest.raises(ValueError, match=complaint):
        ablate(made("segnet"), *names)


@pytest.mark.parametrize("kernel", ["appearance", "smoothness"])
def test_a_crf_kernel_that_is_out_reads_nothing(kernel):
    """With it out its reach is without effect, with it in the reach matters."""
    random = np.random.default_rng(2)
    photo = random.integers(0, 256, (20, 30, 3), np.uint8)
    probabilities = torch.tensor(random.dirichlet([1.0] * 3, (20, 30)), dtype=torch.float32)
    probabilities = probabilities.permute(2, 0, 1)

    def refined(settings):
        *_, last = mean_field(probabilities, photo, settings, engine="lattice", merge_below=0)
        return last

    near = CrfSettings(iterations=2, **{f"{kernel}_reach": 2.0})
    far = CrfSettings(iterations=2, **{f"{kernel}_reach": 9.0})
    assert not torch.allclose(refined(near), refined(far), atol=1e-3)
    out = refined(ablate_crf(near, kernel))
    assert torch.allclose(out, refined(ablate_crf(far, kernel)), atol=1e-6)
    assert not torch.allclose(out, refined(near), atol=1e-3)


def test_a_crf_without_kernels_changes_nothing():
    settings = ablate_crf(CrfSettings(), "appearance", "smoothness")
    assert (settings.appearance_weight, settings.smoothness_weight) == (0, 0)
    with pytest.raises(ValueError, match="known are appearance, smoothness"):
        ablate_crf(CrfSettings(), "colour")
