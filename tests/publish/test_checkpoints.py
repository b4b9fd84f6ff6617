"""What is published is whole: a clean machine fetches it and labels a photo alike."""

import base64
import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import vivid
from PIL import Image

from seg_models import pipeline
from seg_models.checkpoints import registry, weights
from seg_models.hub import upload
from seg_models.publish import checkpoints
from seg_models.specs import WEIGHTS_FILE, WeightsError

# huggingface_hub's own upload, seen where pytest makes warnings errors.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")

# Run without this project: only what the repo itself brings, and none of the page's packages.
STRANGER = """
import importlib.util, json, sys
from huggingface_hub import snapshot_download
folder = snapshot_download(sys.argv[1])
for absent in ("gradio", "huggingface_hub", "onnx", "pydensecrf", "tqdm"):
    sys.modules[absent] = None
spec = importlib.util.spec_from_file_location("handler", folder + "/handler.py")
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
answer = module.EndpointHandler(folder)({"inputs": sys.argv[2]})
import seg_models
assert seg_models.__file__.startswith(folder), seg_models.__file__
json.dump(answer["mask"], sys.stdout)
"""

# What a user types who has the project and no weights.
CUSTOMER = """
import sys
from seg_models.cli import main
fetched = main(["fetch", "deeplab_v1-camvid"])
named = main("predict photo.png --model deeplab_v1-camvid --out by-name".split())
opened = main("predict photo.png --model tests/deeplab_v1-camvid --out by-repo".split())
sys.exit(fetched + named + opened)
"""


@pytest.fixture
def zoo_of_two(hub, tmp_path, monkeypatch):
    """Two checkpoints that may be published, and a token for that."""
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(tmp_path / "weights"))
    monkeypatch.setenv("HF_TOKEN", "writer")
    monkeypatch.setattr(checkpoints, "ASSETS", tmp_path / "no examples")
    for name in ("deeplab_v1-animals", "deeplab_v1-camvid"):
        vivid.pack(tmp_path / "weights", name)
    return registry.checkpoints()


def publish(namespace="tests", **options) -> list[str]:
    return list(checkpoints.publish(namespace, registry.checkpoints(), **options))


def test_a_clean_machine_gets_the_same_mask(zoo_of_two, loopback, tmp_path):
    publish()
    photo = io.BytesIO()
    Image.fromarray(vivid.photo()).save(photo, format="PNG")
    variables = {
        "HF_ENDPOINT": loopback.url,
        "HF_HOME": str(tmp_path / "home"),
        "HF_HUB_DISABLE_XET": "1",
        "NO_PROXY": "127.0.0.1",
        **{key: os.environ[key] for key in ("OMP_NUM_THREADS", "PATH") if key in os.environ},
    }
    command = [sys.executable, "-I", "-c", STRANGER, "tests/deeplab_v1-camvid"]
    answer = subprocess.run(
        [*command, base64.b64encode(photo.getvalue()).decode()],
        env=variables, cwd=tmp_path, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    mask = np.array(Image.open(io.BytesIO(base64.b64decode(json.loads(answer.stdout)))))
    expected = pipeline.load("deeplab_v1-camvid").segment(vivid.photo()).labels()
    assert len(np.unique(expected)) > 4
    assert np.array_equal(mask, expected)


def test_the_command_line_of_a_clean_machine_gets_the_same_mask(zoo_of_two, loopback, tmp_path):
    """By name, once the zoo knows the namespace, and by repo; the zoo has no weights of its own."""
    publish()
    clean = tmp_path / "clean"
    for each in zoo_of_two:
        (clean / "zoo" / each.name).mkdir(parents=True)
        facts = registry.describe(replace(each, hub=None))
        (clean / "zoo" / each.name / "config.json").write_text(json.dumps(facts))
    Image.fromarray(vivid.photo()).save(clean / "photo.png")
    variables = {
        "HF_ENDPOINT": loopback.url,
        "HF_HOME": str(clean / "home"),
        "HF_HUB_DISABLE_XET": "1",
        "NO_PROXY": "127.0.0.1",
        "SEG_MODELS_WEIGHTS_DIR": str(clean / "zoo"),
        "SEG_MODELS_NAMESPACE": "tests",
        "PYTHONPATH": str(Path(checkpoints.__file__).parents[2]),
        **{key: os.environ[key] for key in ("OMP_NUM_THREADS", "PATH") if key in os.environ},
    }
    answer = subprocess.run(
        [sys.executable, "-c", CUSTOMER],
        env=variables, cwd=clean, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert "deeplab_v1-camvid: " in answer.stdout
    expected = pipeline.load("deeplab_v1-camvid").segment(vivid.photo()).labels()
    for folder in ("by-name", "by-repo"):
        with Image.open(clean / folder / "labels.png") as mask:
            assert np.array_equal(np.array(mask), expected)


def test_the_card_shows_a_sample_and_credits_its_photo(zoo_of_two, monkeypatch):
    checkpoint = registry.find("deeplab_v1-animals")
    monkeypatch.setattr(checkpoints, "ASSETS", Path(checkpoints.__file__).parents[2] / "assets")
    files = checkpoints.contents(checkpoint, "tests")
    with Image.open(io.BytesIO(files["sample.jpg"])) as picture:
        assert picture.width == 3 * checkpoints.SIDE
    card = files["README.md"].decode()
    assert "](sample.jpg)" in card and "Photo: " in card and "Wikimedia Commons" in card


def test_publishing_pins_the_commit_and_again_changes_nothing(zoo_of_two, loopback):
    lines = publish()
    pinned = [each.hub for each in registry.checkpoints()]
    for place, line in zip(pinned, lines, strict=False):
        assert len(place.commit) == 40 and line == f"{loopback.url}/{place.repo} at {place.commit}"
    assert lines[-1] == f"{loopback.url}/collections/tests/coarse-to-crisp-0123"
    publish()
    assert [each.hub for each in registry.checkpoints()] == pinned


def test_without_its_own_file_a_published_checkpoint_comes_from_the_hub(zoo_of_two):
    publish()
    first = registry.checkpoints()[0]
    (first.folder / WEIGHTS_FILE).unlink()
    assert weights.locate(first).parent.name == first.hub.commit
    lines = publish()
    assert lines[0].startswith("deeplab_v1-animals: passed over") and len(lines) == 3


def test_a_file_that_is_gone_here_goes_there(zoo_of_two, loopback):
    publish()
    loopback.put("tests/deeplab_v1-camvid", "seg_models/renamed.py", b"old")
    publish()
    from huggingface_hub import HfApi

    there = set(HfApi(endpoint=loopback.url).list_repo_files("tests/deeplab_v1-camvid"))
    assert there == set(checkpoints.contents(registry.find("deeplab_v1-camvid"), "tests"))


def test_a_dry_run_sends_and_writes_nothing(zoo_of_two, hub, monkeypatch):
    monkeypatch.delenv("HF_TOKEN")
    before = [(each.folder / "config.json").read_bytes() for each in zoo_of_two]
    lines = publish("somebody", dry_run=True)
    assert lines[0].startswith("somebody/deeplab_v1-animals: ")
    for name in ("README.md", "config.json", "handler.py", "LICENSE", "seg_models/pipeline.py"):
        assert any(line.endswith(f"  {name}") for line in lines)
    assert not any("training/" in line or "__pycache__" in line for line in lines)
    assert [(each.folder / "config.json").read_bytes() for each in zoo_of_two] == before
    with pytest.raises(ValueError, match="hf auth login"):
        publish("somebody")


def test_refusals_are_one_sentence(zoo_of_two, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "reader")
    with pytest.raises(WeightsError, match=r"publishing tests/\S+ failed .*may this token write"):
        publish()
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(WeightsError, match=r"the log-in failed at http://127\.0\.0\.1:9"):
        publish()


def test_wrong_weights_are_not_published(zoo_of_two):
    path = zoo_of_two[1].folder / WEIGHTS_FILE
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(WeightsError, match="not the published file"):
        publish()


def test_the_handlers_requirements_are_among_the_pages():
    root = Path(checkpoints.__file__).parents[2]
    assert set(checkpoints.REQUIREMENTS) <= set(
        (root / "requirements.txt").read_text().splitlines()
    )


def test_the_plan_counts_bytes():
    lines = list(upload.plan("a/b", {"one": b"12", "two": b"3"}))
    assert lines[0] == "a/b: 2 files, 3 bytes" and len(lines) == 3
