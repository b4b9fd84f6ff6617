"""The power goes, the disk is full, the folder is read-only: nothing half-written passes for whole.

A process is killed by itself, at a chosen moment, in the way that nothing in it can catch: the
parent sees SIGKILL. What it was writing is left as far as it came.
"""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import damaged_pictures as pictures
import gradio as gr
import numpy as np
import pytest
import tiny
import torch
from PIL import Image
from verdicts import commanded

from page.server.errors import told
from scripts.running import ROOT
from seg_models.checkpoints import registry, storage
from seg_models.checkpoints import weights as weight_files
from seg_models.cli import predict
from seg_models.evaluation.labelled_photos import pairs
from seg_models.specs import Preprocessing
from seg_models.training import dataset
from seg_models.training import state as training_run
from seg_models.training.augmentation import Augmentation
from seg_models.training.batches import Batches
from seg_models.training.config import TrainConfig
from seg_models.training.init.initialise import Start
from seg_models.training.train import train_config

PHOTOS = 12
# Put before a script: `dying(function, n)` writes half of what its nth call is given, and dies.
DYING = """
import os, signal

def dying(function, nth):
    calls = []
    def call(content, path, *more, **named):
        calls.append(path)
        function(content, path, *more, **named)
        if len(calls) == nth:
            os.truncate(path, os.path.getsize(path) // 2)
            os.kill(os.getpid(), signal.SIGKILL)
    return call
"""


def killed(script, *arguments):
    """Run a script that dies by SIGKILL; return once it has."""
    done = subprocess.run(
        [sys.executable, "-c", DYING + script, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.fixture
def album(tmp_path):
    """A folder of photos, one of which is none."""
    folder = tmp_path / "album"
    folder.mkdir()
    chance = np.random.default_rng(0)
    for number in range(PHOTOS):
        pixels = chance.integers(0, 256, (20, 30, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:02}.png")
    (folder / "05.png").write_bytes(pictures.sound()["png"][:500])
    return folder


def whole(folder):
    """Return the results in `folder` that call themselves whole, and see that they are."""
    found = sorted(each.parent for each in folder.glob("*/result.json"))
    for each in found:
        for name in predict.PICTURES:
            with Image.open(each / name) as picture:
                picture.load()
    return found


@pytest.mark.parametrize("nth", [1, 13, 29], ids="killed at picture {}".format)
def test_a_predict_that_was_killed_goes_on_where_it_was(weights, album, tmp_path, nth):
    asked = ["predict", str(album), "--model", "tiny-animals", "--device", "cpu"]
    asked += ["--out", str(tmp_path / "out")]
    script = """
import sys
from PIL import Image
from seg_models.cli import main
Image.Image.save = dying(Image.Image.save, int(sys.argv[1]))
sys.exit(main(sys.argv[2:]))
"""
    killed(script, nth, *asked)
    done = whole(tmp_path / "out")
    assert len(done) == (nth - 1) // len(predict.PICTURES)  # as many as were finished before
    times = [each.stat().st_mtime_ns for each in done]
    assert commanded(asked) == 1  # for one of the photos is none
    assert len(whole(tmp_path / "out")) == PHOTOS - 1
    assert [each.stat().st_mtime_ns for each in done] == times
    assert not list((tmp_path / "out").rglob(".*"))  # nor is anything left of the first attempt


def test_the_bad_photo_of_a_folder_is_reported_at_the_end(weights, album, tmp_path):
    asked = ["predict", str(album), "--model", "tiny-animals", "--out", str(tmp_path / "out")]
    done = subprocess.run(
        [sys.executable, "-m", "seg_models", *asked], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert f"{PHOTOS - 1} photos segmented, 0 already there, 1 failed" in done.stdout
    assert "seg_models predict: 05.png is damaged" in done.stderr.splitlines()[-1]


RECIPE = TrainConfig(
    "deeplab_v1", "animals", Preprocessing(48), {"width": 0.06, "fc_channels": 16, "norm": True},
    crops=24, batch=4, augmentation=Augmentation(crop=32, smallest=0.8, largest=1.2), rate=2e-2,
    storage="float16",
)  # fmt: skip


@pytest.fixture
def squares(tmp_path):
    """A data set of two photos for training and two for validation."""
    chance = np.random.default_rng(0)
    for part in ("train", "val"):
        for kind, shape in (("images", (40, 48, 3)), ("labels", (40, 48))):
            (tmp_path / "data" / part / kind).mkdir(parents=True)
            for number in range(2):
                pixels = chance.integers(0, 3 if kind == "labels" else 256, shape, np.uint8)
                Image.fromarray(pixels).save(tmp_path / "data" / part / kind / f"{number}.png")
    return tmp_path / "data"


TRAIN = """
import sys, torch
from pathlib import Path
from seg_models.training import loop
from seg_models.training.train import train_config
sys.path[:0] = [str(Path("tests", folder).resolve()) for folder in ("robustness", "support")]
from test_faults import RECIPE
loop.SAVE_SECONDS = 0.0  # after every step
data, place, where = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
if where == "step":
    torch.save = dying(torch.save, 4)
else:
    write = Path.write_bytes
    Path.write_bytes = lambda path, content: (
        write(path, content[: len(content) // 2]),
        os.kill(os.getpid(), signal.SIGKILL),
    ) if ".safetensors" in path.name else write(path, content)
train_config(RECIPE, data, device="cpu", out=place / "net", runs=place / "runs")
"""


@pytest.mark.parametrize("where", ["step", "export"])
def test_a_training_that_was_killed_goes_on_from_a_whole_state(squares, tmp_path, where):

    killed(TRAIN, squares, tmp_path, where)
    state = tmp_path / "runs" / RECIPE.name / "state.pt"
    steps = torch.load(state, weights_only=True)["progress"][0]
    assert steps == (3 if where == "step" else 6)  # the state before the one that was cut
    assert not (tmp_path / "net" / "config.json").exists()  # so it is no checkpoint yet
    folder = train_config(
        RECIPE, squares, device="cpu", resume=True, out=tmp_path / "net", runs=tmp_path / "runs"
    )
    checkpoint = registry.read(folder)
    assert checkpoint.training["crops"] == RECIPE.crops
    assert weight_files.locate(checkpoint).stat().st_size == checkpoint.file_bytes
    names = {each.name for each in folder.iterdir()}  # and nothing of the one that was killed
    assert names == {"config.json", "README.md", "model.safetensors"}


def full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_stops_predict_in_one_sentence_and_leaves_nothing(
    weights, album, tmp_path, monkeypatch
):
    save = Image.Image.save

    def begun(picture, path, *more, **options):
        save(picture, path, *more, **options)
        full()

    asked = ["predict", str(album / "00.png"), "--model", "tiny-animals"]
    with monkeypatch.context() as patch:
        patch.setattr(Image.Image, "save", begun)
        assert commanded([*asked, "--out", str(tmp_path / "out")]) == 2
    assert not [each for each in (tmp_path / "out").rglob("*") if each.is_file()]
    assert commanded([*asked, "--out", str(tmp_path / "out")]) == 0


def test_a_full_disk_leaves_the_state_of_a_training_as_it_was(squares, tmp_path, monkeypatch):
    batches = Batches(dataset.load(pairs(squares / "train"), torch.device("cpu")), RECIPE)
    run = training_run.begin(training_run.build(RECIPE, batches.device), batches, Start())
    path = tmp_path / "state.pt"
    training_run.store(run, path)
    before = path.read_bytes()

    def begun(state, place):
        Path(place).write_bytes(b"half")
        full()

    monkeypatch.setattr(torch, "save", begun)
    with pytest.raises(OSError, match="No space left"):
        training_run.store(run, path)
    assert path.read_bytes() == before
    assert [each for each in tmp_path.iterdir() if each.is_file()] == [path]


def test_a_full_disk_leaves_the_old_weights(tmp_path, monkeypatch):
    path = tmp_path / "model.safetensors"
    storage.save({"a": torch.ones(3, 3)}, path, "float16")
    before = path.read_bytes()
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        storage.save({"a": torch.zeros(3, 3)}, path, "float16")
    monkeypatch.undo()
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_visitor_is_told_that_the_disk_is_full(language):
    with pytest.raises(gr.Error) as caught, told(language):
        full()
    assert ("disk" if language == "en" else "디스크") in caught.value.message


def test_neither_the_page_nor_the_command_line_writes_into_the_repository(server, weights, album):
    """So a read-only folder serves; bytecode, which Python writes if it may, does not count."""
    tiny.pack(weights, "other-animals")

    def files():
        names = subprocess.run(
            ["git", "status", "--porcelain", "--ignored"], cwd=ROOT, capture_output=True, text=True
        ).stdout.splitlines()
        return {each for each in names if "cache" not in each}

    before = files()
    out = album.parent / "out"
    asked = ["predict", str(album), "--model", "tiny-animals", "--out", str(out)]
    for arguments in (["list"], asked, ["train", "none", "--data", str(album)]):
        subprocess.run(
            [sys.executable, "-m", "seg_models", *arguments], cwd=ROOT, capture_output=True
        )
    assert len(whole(out)) == PHOTOS - 1
    assert files() == before
