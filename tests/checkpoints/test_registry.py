"""The checkpoints on offer: read, checked, and the project's own held to their config.json."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import tiny
import torch

from seg_models import labels, networks, pipeline
from seg_models.checkpoints import external, registry
from seg_models.specs import HubAddress, Preprocessing

ROOT = Path(__file__).resolve().parents[2]


def edited(folder, **facts):
    """Write `facts` over those in the folder's config.json; None removes a key."""
    path = folder / "config.json"
    known = {**json.loads(path.read_text(encoding="utf-8")), **facts}
    kept = {key: fact for key, fact in known.items() if fact is not None}
    path.write_text(json.dumps(kept), encoding="utf-8")


def test_what_is_described_is_read_back(weights):
    checkpoint = tiny.pack(weights, "tiny-camvid")
    hub = HubAddress("me/tiny", "a" * 40, "other.bin", HubAddress("you/tiny"))
    full = replace(checkpoint, hub=hub, training={"crops": 5}, results={"val_iou": {"sky": None}})
    (checkpoint.folder / "config.json").write_text(json.dumps(registry.describe(full)))
    assert registry.find("tiny-camvid") == full
    assert registry.find("tiny-camvid").embedded


def test_a_folder_without_config_is_no_checkpoint(weights):
    (weights / "unfinished").mkdir()
    assert [each.name for each in registry.checkpoints()] == ["tiny-animals"]


def test_without_weights_beside_it_a_checkpoint_is_not_embedded(weights):
    (weights / "tiny-animals" / "model.safetensors").unlink()
    assert not registry.find("tiny-animals").embedded


def test_an_old_name_is_answered_with_the_new_ones_checkpoint(weights, monkeypatch):
    monkeypatch.setattr(registry, "RENAMED", {"tiny-pets": "tiny-animals"})
    assert registry.find("tiny-pets").name == "tiny-animals"
    assert registry.find("tiny-animals").name == "tiny-animals"


def test_what_old_names_lead_to_is_there():
    known = {each.parent.name for each in (ROOT / "weights").glob("*/config.json")}
    assert registry.RENAMED and set(registry.RENAMED.values()) <= known
    assert not set(registry.RENAMED) & known


def test_an_unknown_name_is_answered_with_a_near_one(weights):
    with pytest.raises(ValueError, match=r"'tiny-animls'; did you mean tiny-animals\?"):
        registry.find("tiny-animls")
    with pytest.raises(ValueError, match=r"'xyz'; known are tiny-animals"):
        registry.find("xyz")


def test_an_empty_zoo_says_where_it_looked(tmp_path, monkeypatch):
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(tmp_path))
    with pytest.raises(ValueError, match="there are none in"):
        registry.find("any")


@pytest.mark.parametrize(
    "facts, fault",
    [
        ({"sha256": None}, "lacks the key 'sha256'"),
        ({"name": "other"}, "names it 'other', unlike its folder"),
        ({"colours": [[0, 0, 0]]}, "7 classes but 1 colours"),
        ({"colours": [[0, 0, 256]] * 7}, "triples of 0 to 255"),
        ({"classes": [], "colours": []}, "0 classes"),
        ({"storage": "float64"}, "no storage called 'float64'"),
        ({"preprocessing": {"long_side": 0}}, "preprocessing.long_side is 0"),
        ({"preprocessing": {"long_side": 64, "mean": [0.5]}}, "three numbers"),
        ({"preprocessing": {"long_side": 64, "size": 3}}, "unexpected keyword argument 'size'"),
        ({"preprocessing": [64]}, "does not describe a checkpoint"),
        ({"crf": {"iteration": 3}}, "unexpected keyword argument 'iteration'"),
    ],
)
def test_a_faulty_config_is_refused_with_file_and_fault(weights, facts, fault):
    edited(weights / "tiny-animals", **facts)
    with pytest.raises(ValueError, match=rf"tiny-animals.config\.json.*{fault}"):
        registry.find("tiny-animals")


@pytest.mark.parametrize("unknown", ["sha256", "file_bytes"])
def test_only_of_a_third_partys_file_size_and_sha256_may_be_unknown(weights, unknown):
    path = weights / "tiny-animals" / "config.json"
    facts = json.loads(path.read_text(encoding="utf-8")) | {unknown: None}
    path.write_text(json.dumps(facts))
    with pytest.raises(ValueError, match="only of other people's files"):
        registry.find("tiny-animals")
    path.write_text(json.dumps(facts | {"hub": {"repo": "them/net", "file": "net.bin"}}))
    assert registry.find("tiny-animals").third_party


def test_a_config_that_is_no_json_is_refused(weights):
    (weights / "tiny-animals" / "config.json").write_text("{")
    with pytest.raises(ValueError, match="does not describe a checkpoint"):
        registry.checkpoints()


def test_checkpoints_are_told_as_a_story(weights):
    """By domain, the oldest paper first: FC-DenseNet 56 before 103, whatever the alphabet says."""
    for name in ("fc_densenet103-camvid", "fc_densenet56-camvid", "fcn8s-camvid"):
        edited(tiny.pack(weights, name).folder, architecture=name.partition("-")[0])
    found = [each.name for each in registry.checkpoints()]
    assert found == [
        "tiny-animals",
        "fcn8s-camvid",
        "fc_densenet56-camvid",
        "fc_densenet103-camvid",
    ]


def test_the_projects_checkpoints_are_what_their_config_says(monkeypatch):
    """Names, classes, sizes and parameter counts, against the files and the networks themselves."""
    monkeypatch.delenv("SEG_MODELS_WEIGHTS_DIR", raising=False)
    assert registry.folder() == Path(__file__).resolve().parents[2] / "weights"
    for checkpoint in registry.checkpoints():
        family, _, domain = checkpoint.name.partition("-")
        assert domain == checkpoint.domain and checkpoint.architecture.startswith(family)
        assert checkpoint.labels == labels.DOMAINS[checkpoint.domain]
        with torch.device("meta"):
            network = networks.create(
                checkpoint.architecture, len(checkpoint.labels.classes), **checkpoint.options
            )
        count = sum(each.numel() for each in network.parameters())
        assert checkpoint.parameters == count, checkpoint.name
        if checkpoint.embedded:
            size = (checkpoint.folder / "model.safetensors").stat().st_size
            assert checkpoint.file_bytes == size <= 60_000_000, checkpoint.name


OLD = {  # as config.json was before it stated a version
    "recipe": {"long_side": 64, "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25]},
    "training": {
        "crops": 5,
        "trunk": "segnet-animals",
        "example": None,
        "score_offsets": {"cat": 0.5},
        "score_offsets_gain": 0.03,
        "score_offsets_gain_held_out": 0.02,
    },
}


@pytest.fixture
def old(weights):
    """A checkpoint's folder with a config.json of version 1."""
    folder = weights / "tiny-animals"
    edited(folder, **OLD, version=None, preprocessing=None)
    return folder


def test_a_config_of_version_1_is_read_in_todays_words(old):
    checkpoint = registry.find("tiny-animals")
    assert checkpoint.preprocessing == Preprocessing(64, (0.5,) * 3, (0.25,) * 3)
    assert checkpoint.training == {
        "crops": 5,
        "init_from": "segnet-animals",
        "fit_to": None,
        "logit_adjustment": {"cat": 0.5},
        "logit_adjustment_gain": 0.03,
        "logit_adjustment_gain_held_out": 0.02,
    }
    assert external.from_folder(old) == checkpoint
    assert pipeline.load(checkpoint, "cpu").checkpoint.embedded


def test_what_is_saved_is_of_today(old):
    before = registry.find("tiny-animals")
    registry.save(before)
    facts = json.loads((old / "config.json").read_text(encoding="utf-8"))
    assert facts["version"] == 2 and "recipe" not in facts and "trunk" not in facts["training"]
    assert registry.find("tiny-animals") == before


@pytest.mark.parametrize("version", [0, 3, "2", [2]])
def test_a_config_of_an_unknown_version_is_refused(weights, version):
    edited(weights / "tiny-animals", version=version)
    with pytest.raises(ValueError, match="this program knows 1 and 2"):
        registry.find("tiny-animals")
