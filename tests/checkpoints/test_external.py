"""Anyone's checkpoint can be opened, and none of it is believed before it is checked."""

import json
from dataclasses import replace

import pytest
import tiny
import torch

from seg_models import labels, networks, pipeline
from seg_models.checkpoints import external, registry, schema
from seg_models.hub import download
from seg_models.specs import DownloadPolicy, HubAddress, WeightsError

REPO = "someone/my-net"


@pytest.fixture
def folder(tmp_path):
    """A checkpoint in a folder that is not called like it."""
    tiny.pack(tmp_path, "deeplab_v1-camvid")
    return (tmp_path / "deeplab_v1-camvid").rename(tmp_path / "mine")


@pytest.fixture
def upload(hub, folder):
    """A function that puts the folder, its facts changed, on the Hub; it returns the commit."""

    def put(**changes):
        change(folder, **changes)
        for path in folder.iterdir():
            commit = hub.put(REPO, path.name, path.read_bytes())
        return commit

    return put


def change(folder, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_folder_opens_whatever_it_is_called(folder, flag):
    checkpoint = external.open_checkpoint(folder)
    assert checkpoint.name == "deeplab_v1-camvid"
    probabilities = pipeline.load(checkpoint).segment(flag).probabilities
    assert probabilities.shape == (11, 24, 48)


def test_a_repo_opens_at_its_newest_commit(hub, upload, flag):
    first = upload()
    segmentation = pipeline.load(external.open_checkpoint(REPO)).segment(flag)
    assert segmentation.checkpoint.hub == HubAddress(REPO, first)
    second = upload(results={"val_miou": 0.9})
    assert external.open_checkpoint(REPO).results == {"val_miou": 0.9}
    assert external.open_checkpoint(REPO).hub.commit == second
    assert external.open_checkpoint(f"{REPO}@{first}").hub.commit == first


def test_a_repo_once_opened_opens_without_the_hub(hub, upload, monkeypatch):
    commit = upload()
    external.open_checkpoint(REPO)
    before = hub.log()
    assert external.open_checkpoint(f"{REPO}@{commit}").embedded
    assert hub.log() == before
    hub.fault("unavailable", REPO)
    assert external.open_checkpoint(REPO).embedded
    download.forget_failures()
    with pytest.raises(WeightsError, match="answers 503"):
        external.open_checkpoint(f"{REPO}@{'0' * 40}")
    hub.fault("", REPO)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"architecture": "os.system"}, r"unknown here; known are .*deeplab_v1"),
        ({"classes": []}, "colours"),
        ({"classes": ["a"] * 300, "colours": [[0, 0, 0]] * 300}, "300 classes"),
        ({"sha256": None}, "must state file_bytes and sha256"),
        ({"sha256": 7}, "64 hexadecimal digits"),
        ({"file_bytes": 1 << 40}, "1,073,741,824 may be"),
        ({"options": {"width": 1e9}}, "unlikely options"),
        ({"options": {"width": 64}}, "parameters"),
        ({"options": {"surprise": 1}}, "cannot be built"),
        ({"storage": "pickle"}, "no storage called 'pickle'"),
        ({"name": "../../etc/passwd"}, "letters, digits"),
        ({"domain": "a/b"}, "letters, digits"),
        ({"name": ["a", "list"]}, "letters, digits"),
        ({"classes": ["x" * 65] + ["a"] * 10}, "names of at most 64 characters"),
        ({"classes": ["new\nline"] + ["a"] * 10}, "names cannot be shown"),
        ({"classes": [7] * 11}, "classes must be names"),
        ({"preprocessing": {"long_side": 2049}}, "whole number from 1 to 2048"),
        ({"preprocessing": {"long_side": True}}, "whole number from 1 to 2048"),
        ({"preprocessing": {"long_side": 64, "std": [0, 1, 1]}}, "none that is 0"),
        ({"preprocessing": {"long_side": 64, "std": [1e-9, 1, 1]}}, "mean or std"),
        ({"preprocessing": {"long_side": 64, "mean": ["a", "b", "c"]}}, "three numbers"),
        ({"options": {"width": 2}, "preprocessing": {"long_side": 2048}}, "multiply-adds"),
        ({"crf": {"colour_reach": 0}}, "colour_reach must be above 0"),
        ({"crf": {"colour_reach": "wide"}}, "real number"),
        ({"results": {"val_miou": "100 %"}}, "from 0 to 1"),
        ({"results": {"val_miou": 7}}, "from 0 to 1"),
        ({"results": None}, "dictionary"),
    ],
)
def test_what_a_repo_says_is_checked_before_its_weights_are_fetched(hub, upload, changes, words):
    upload(**changes)
    before = hub.log()
    with pytest.raises(ValueError, match=words) as caught:
        external.open_checkpoint(REPO)
    assert "/models--" not in str(caught.value), "no folder of this machine"
    assert not [path for _, path, _ in hub.log()[len(before) :] if path.endswith("safetensors")]


def test_weights_of_another_size_or_content_are_refused(upload, folder, flag):
    upload(file_bytes=12)
    with pytest.raises(WeightsError, match=r"not the 12 that config\.json states"):
        external.open_checkpoint(REPO)
    upload(file_bytes=(folder / "model.safetensors").stat().st_size, sha256="0" * 64)
    with pytest.raises(WeightsError, match="is not the published file"):
        pipeline.load(external.open_checkpoint(REPO))


def test_weights_of_another_network_are_refused(folder):
    change(folder, options={"width": 0.1, "fc_channels": 16})
    with pytest.raises(WeightsError, match="do not fit"):
        pipeline.load(external.open_checkpoint(folder))


@pytest.mark.parametrize("place", ["../etc", "a/b/c", "me/net@main", "no such name", "a" * 500])
def test_what_is_neither_folder_nor_repo_is_named(place):
    with pytest.raises(ValueError, match="neither a folder nor a Hub repo"):
        external.open_checkpoint(place)


def test_a_page_opens_no_folders(folder, hub):
    with pytest.raises(ValueError, match="neither a folder nor a Hub repo"):
        external.from_hub(str(folder))


def test_a_folder_without_weights_says_so(folder):
    (folder / "model.safetensors").unlink()
    with pytest.raises(WeightsError, match=r"holds no model\.safetensors"):
        external.open_checkpoint(folder)


def test_the_command_line_takes_all_three(folder, upload, tmp_path, monkeypatch):
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(tmp_path / "zoo"))
    tiny.pack(tmp_path / "zoo", "deeplab_v1-animals")
    upload()
    monkeypatch.chdir(tmp_path)
    assert external.find("deeplab_v1-animals") == registry.find("deeplab_v1-animals")
    assert external.find("mine").name == external.find(REPO).name == "deeplab_v1-camvid"
    with pytest.raises(ValueError, match="did you mean deeplab_v1-animals"):
        external.find("deeplab_v1-animal")


def test_the_papers_own_networks_are_within_the_bounds():
    """The limits must not refuse an honest network at the paper's full width."""
    with torch.device("meta"):
        for name in networks.architectures():
            network = networks.create(name, len(labels.VOC.classes))
            assert sum(each.numel() for each in network.parameters()) < schema.LARGEST_NETWORK


def test_parameters_are_counted_not_believed(folder):
    known = registry.read(folder).parameters
    change(folder, parameters=7)
    assert external.open_checkpoint(folder).parameters == known


def test_a_stranger_gets_no_more_than_is_allowed_and_leaves_the_owners_cache_alone(
    hub, upload, tmp_path, monkeypatch
):
    monkeypatch.setenv("HF_TOKEN", "writer")
    size = json.loads((tmp_path / "mine" / "config.json").read_text())["file_bytes"]
    upload()
    policy = DownloadPolicy(cache=tmp_path / "visitors", token=False, largest=size)
    assert external.from_hub(REPO, policy=policy).folder.is_relative_to(tmp_path / "visitors")
    assert download.cached(HubAddress(REPO, None, "config.json")) is None
    assert hub.tokens(REPO) == {""}
    with pytest.raises(ValueError, match=f"has {size:,} bytes; {size - 1:,} may be"):
        external.from_hub(REPO, policy=replace(policy, largest=size - 1))


def test_a_config_as_large_as_weights_is_not_downloaded(hub):
    hub.put(REPO, "config.json", b"{" + b" " * external.LARGEST_CONFIG)
    with pytest.raises(WeightsError, match="not at most"):
        external.from_hub(REPO)
