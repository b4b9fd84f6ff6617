"""ONNX files answer as the networks do, and their own metadata suffice to use them."""

import ast
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from reference_impl import randomised

from seg_models import pipeline
from seg_models.checkpoints import registry
from seg_models.cli import main
from seg_models.export import onnx_model
from seg_models.networks import architectures, create

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "assets" / "examples"
PHOTOS = {"camvid": "street_trier.jpg", "animals": "cat_chelsea.jpg"}
# Of these another has all the layers, more often or in other numbers: the deeper FC-DenseNets take
# a minute each to trace.
ALIKE = (
    "fc_densenet67", "fc_densenet103", "deeplab_v3_mobilenet_v2", "deeplab_v1", "fcn32s", "fcn16s",
    "dilatednet_frontend", "segnet",
)  # fmt: skip
EVERY_NETWORK = [
    pytest.param(each, marks=pytest.mark.exhaustive) if each in ALIKE else each
    for each in architectures()
]
WITHOUT_FC = ("unet", "segnet", "segnet_basic", "fc_", "deeplab_v3")


def small(name):
    """Return a thin form for inference, its numbers random."""
    options = {} if name.startswith(WITHOUT_FC) else {"fc_channels": 12}
    network = randomised(create(name, 3, width=0.06, **options))
    return network.eval().requires_grad_(False)


def saved(program, path):
    """Write a traced network to `path` and return what runs it."""
    path.write_bytes(onnx_model.convert(program).SerializeToString())
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


@pytest.mark.slow
@pytest.mark.parametrize("name", EVERY_NETWORK)
def test_every_network_answers_alike_at_any_size(name, tmp_path):
    network = small(name)
    program = onnx_model.trace(network)
    same_kind = torch.randn(1, 3, *(side + 64 for side in onnx_model.TRACED_SIZE))
    with torch.inference_mode():
        torch.testing.assert_close(program.module()(same_kind), network(same_kind))
    session = saved(program, tmp_path / "network.onnx")
    assert session.get_inputs()[0].shape == [1, 3, "height", "width"]
    assert session.get_outputs()[0].shape == [1, 3, "height", "width"]
    for size in [(32, 32), (96, 128), (97, 131), (65, 33)]:
        images = torch.randn(1, 3, *size)
        (found,) = session.run(["scores"], {"images": images.numpy()})
        with torch.inference_mode():
            expected = network(images)
        scale = float(expected.abs().max())
        torch.testing.assert_close(torch.tensor(found), expected, rtol=0, atol=1e-4 * scale)


@pytest.mark.slow
@pytest.mark.parametrize("name", EVERY_NETWORK)
def test_every_network_compiles_as_one_graph(name):
    """`fullgraph` refuses whatever PyTorch's compiler cannot follow."""
    network = small(name)
    compiled = torch.compile(network, fullgraph=True, backend="eager", dynamic=False)
    images = torch.randn(1, 3, 75, 101)
    with torch.inference_mode():
        torch.testing.assert_close(compiled(images), network(images))
    torch.compiler.reset()


@pytest.mark.slow
def test_agreement_tells_networks_apart(tmp_path):
    network = small("segnet_basic")
    path = tmp_path / "network.onnx"
    saved(onnx_model.trace(network), path)
    assert onnx_model.agreement(path, network, [(64, 80)]) == 1
    other = randomised(create("segnet_basic", 3, width=0.06), seed=1).requires_grad_(False)
    assert onnx_model.agreement(path, other.eval(), [(64, 80)]) < 0.9


def labels_by_metadata(path, photo):
    """Return the labels `(H, W)` of `photo` as the file's metadata say they are had."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    facts = session.get_modelmeta().custom_metadata_map
    how = json.loads(facts["preprocessing"])
    scale = how["long_side"] / max(photo.size)
    resized = photo.resize([round(side * scale) for side in photo.size], Image.Resampling.BILINEAR)
    images = (np.asarray(resized, np.float32) / 255 - how["mean"]) / how["std"]
    images = images.transpose(2, 0, 1)[None].astype(np.float32)
    (scores,) = session.run(["scores"], {"images": images})
    whole = F.interpolate(torch.tensor(scores), photo.size[::-1], mode="bilinear")
    return whole[0].argmax(0).numpy()


def check_against_the_pipeline(name, folder, monkeypatch, capsys):
    """Export, use the file by its metadata, and return the share of pixels labelled alike."""
    monkeypatch.setattr(pipeline, "inference_dtype", lambda device: torch.float32)
    segmenter = pipeline.load(name, "cpu")
    path = folder / f"{name}.onnx"
    assert main(["export", name, "--onnx", str(path)]) == 0
    assert f"{path}: " in capsys.readouterr().out
    photo = Image.open(EXAMPLES / PHOTOS[segmenter.checkpoint.domain]).convert("RGB")
    photo.thumbnail((640, 640))
    expected = segmenter.segment(photo).labels()
    share = float((labels_by_metadata(path, photo) == expected).mean())
    print(f"{name}: {100 * share:.3f} % of {expected.size} pixels alike")
    return share


def test_a_checkpoint_is_used_by_what_its_file_says(tmp_path, monkeypatch, capsys):
    name = "segnet_basic-camvid"
    assert check_against_the_pipeline(name, tmp_path, monkeypatch, capsys) >= 0.999
    model = onnx.load(tmp_path / f"{name}.onnx")
    assert [each.version for each in model.opset_import if each.domain == ""] == [18]
    facts = {each.key: json.loads(each.value) for each in model.metadata_props}
    checkpoint = registry.find(name)
    assert facts["opset"] == 18
    assert facts["classes"] == list(checkpoint.labels.classes)
    assert facts["weights_sha256"] == checkpoint.sha256
    # The lines of the document, in a folder where they find what they name.
    document = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
    (tmp_path / "segnet_basic.onnx").hardlink_to(tmp_path / f"{name}.onnx")
    (tmp_path / "street.jpg").write_bytes((EXAMPLES / PHOTOS["camvid"]).read_bytes())
    monkeypatch.chdir(tmp_path)
    exec(compile(document.split("```python\n")[1].split("```")[0], "export.md", "exec"), {})
    assert "road" in ast.literal_eval(capsys.readouterr().out.splitlines()[-1])


@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.parametrize("name", [each.name for each in registry.checkpoints() if each.embedded])
def test_every_checkpoint_is_used_by_what_its_file_says(name, tmp_path, monkeypatch, capsys):
    assert check_against_the_pipeline(name, tmp_path, monkeypatch, capsys) >= 0.999


def test_a_file_that_answers_otherwise_is_not_left(weights, tmp_path, monkeypatch, complaint):
    monkeypatch.setattr(onnx_model, "agreement", lambda *_: 0.9)
    path = tmp_path / "tiny.onnx"
    assert main(["export", "tiny-animals", "--onnx", str(path)]) == 2
    assert "only 90.00 % of the pixels" in complaint()
    assert not path.exists()
