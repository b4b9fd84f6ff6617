"""A checkpoint folder of a stranger: it works, or one clear sentence says why it does not."""

import json
import random
from collections import Counter

import damaged_checkpoints as checkpoints
import damaged_pictures as pictures
import pytest
import tiny
from verdicts import read, used

from seg_models.checkpoints import loader

# A network of no channels at all is made, and answers alike everywhere.
pytestmark = pytest.mark.filterwarnings("ignore:Initializing zero-element")
CONFIGS, WEIGHTS = 500, 300  # how many spoilt ones are tried


@pytest.fixture
def folder(tmp_path):
    """A sound checkpoint, whose facts are all there to be spoilt."""
    checkpoint = tiny.pack(tmp_path, "deeplab_v1-camvid")
    yield checkpoint.folder
    loader.forget()


def test_spoilt_facts_are_refused_or_do_no_harm(folder):
    path = folder / "config.json"
    facts = json.loads(path.read_text())
    chance = random.Random(0)
    worked = Counter()
    for _ in range(CONFIGS):
        path.write_bytes(checkpoints.spoil(facts, chance))
        worked[used(folder)] += 1
    assert min(worked[True], worked[False]) > CONFIGS / 20  # both happen, so both are tried


@pytest.mark.parametrize("name", checkpoints.crafted_configs())
def test_what_describes_nothing_is_refused(folder, name):
    (folder / "config.json").write_bytes(checkpoints.crafted_configs()[name])
    assert not used(folder)


@pytest.mark.parametrize(
    "facts",
    [
        {"options": 5},
        {"options": {"fc_channels": -1}},
        {"options": {"width": {}}},
        {"preprocessing": {"long_side": 10**9}},
        {"preprocessing": {"long_side": True}},
        {"preprocessing": {"long_side": 64, "mean": [0, 0, "0"]}},
        {"preprocessing": {"long_side": 64, "std": [1, 1, 0]}},
        {"preprocessing": {"long_side": 64, "std": [1, 1, None]}},
        {"crf": {"iterations": 10**9}},
        {"crf": {"appearance_reach": "60"}},
        {"crf": {"normalisation": "x" * 9999}},
        {"name": ["deeplab_v1"]},
        {"name": "../../etc"},
        {"name": "<img src=x>"},
        {"training": 1.5},
        {"results": {"val_miou": "high"}},
        {"file_bytes": None},
        {"sha256": True},
        {"sha256": ["a"] * 64},
        {"hub": {"repo": 5}},
        {"hub": {"repo": "a/b", "file": "../../x"}},
        {"hub": {"repo": "a/b", "commit": "main"}},
        {"classes": [["a"]] * 11},
        {"classes": ["a" * 10_000] * 11},
        {"colours": [[0, 0, "0"]] * 11},
    ],
)
def test_a_fact_without_meaning_is_refused(folder, facts):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | facts))
    assert not used(folder)


def test_spoilt_weights_are_refused_or_read(folder):
    path = folder / "model.safetensors"
    header, body = checkpoints.parts(path.read_bytes())
    sound = path.read_bytes()[: 8 + len(header) + 64]  # where damage is noticed: mostly the header
    chance = random.Random(0)
    for number in range(WEIGHTS):
        whole = number % 2
        spoilt = pictures.spoil(sound, chance) + (body[64:] if whole else b"")
        path.write_bytes(spoilt)
        read(path)
        assert not used(folder)  # for its sha256 is not the one that is stated


def test_crafted_weights_are_refused(folder):
    path = folder / "model.safetensors"
    header, body = checkpoints.parts(path.read_bytes())
    for name, content in checkpoints.crafted_weights(header, body).items():
        path.write_bytes(content)
        assert not read(path), name
