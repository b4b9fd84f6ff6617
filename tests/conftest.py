"""What several test files need."""

import os
from pathlib import Path

import numpy as np
import pytest
import tiny
from hub_fixtures import checkpoint, hub, loopback, state
from PIL import Image
from serving import photo_path, served, server, zoo_folder

from seg_models.crf import native_build, native_engine
from seg_models.pipeline import Segmenter

__all__ = [  # fixtures of a running page, and of a Hub on this machine
    "checkpoint", "hub", "loopback", "photo_path", "served", "server", "state", "zoo_folder",
]  # fmt: skip


TESTS = Path(__file__).parent
# Files whose tests train, fuzz, build, or run networks at paper width; others mark single tests.
SLOW = (
    "benchmarks/", "checkpoints/test_bad_checkpoints.py", "checkpoints/test_external.py",
    "checkpoints/test_loader.py", "cli/test_bad_command_lines.py", "crf/test_crf_parity.py",
    "crf/test_crf_run.py", "explain/test_ablate.py", "explain/test_arithmetic.py", "export/",
    "hub/test_killed.py", "hub/test_public.py",
    "networks/test_every_network.py", "networks/test_precision.py", "page/test_expiry.py",
    "page/test_live.py", "page/test_own_classes.py", "page/test_server.py", "publish/",
    "robustness/",
    "training/init/test_feature_matching.py", "training/test_deep_supervision.py",
    "training/test_every_recipe.py", "training/test_own_classes.py", "training/test_stopping.py",
    "training/test_train.py",
)  # fmt: skip


# Begun first: whoever begins these last is still at them when all others are done.
LONGEST = (
    "page/test_one_run.py", "page/test_tour_browser.py", "page/test_accessibility.py",
    "export/test_onnx_model.py", "test_notebook.py",
)  # fmt: skip


@pytest.hookimpl(optionalhook=True)  # called by pytest-xdist
def pytest_xdist_auto_num_workers():
    """Half as many again as there are cores: a browser's tests wait more than they compute."""
    return max(1, 3 * (os.cpu_count() or 1) // 2)


def pytest_collection_modifyitems(items):
    """Mark the slow files, and what drives a browser or starts the page by its fixtures."""
    for item in items:
        if _file(item).startswith(SLOW):
            item.add_marker(pytest.mark.slow)
        if {"browser", "page", "served", "server"} & set(item.fixturenames):
            item.add_marker(pytest.mark.browser)
    first = {name: place - len(LONGEST) for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: first.get(_file(item), 0))


def _file(item):
    return item.path.relative_to(TESTS).as_posix()


@pytest.fixture(scope="session", autouse=True)
def native_engine_built():
    """The CRF's native engine, built before any test: which engine runs is no matter of chance."""
    if not native_build.unavailable():
        native_engine.check_installed()


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """A zoo of one untrained checkpoint, `tiny-animals`, in place of the project's own."""
    folder = tmp_path / "weights"
    tiny.pack(folder, "tiny-animals")
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(folder))
    return folder


@pytest.fixture
def primary():
    """A segmenter that labels red, green and blue, working at 48 pixels."""
    checkpoint = tiny.primary_checkpoint(48)
    return Segmenter(checkpoint, tiny.Primary(checkpoint.preprocessing), "cpu")


@pytest.fixture
def flag():
    """A photo (24, 48, 3): red left third, green top and blue bottom of the rest."""
    photo = np.zeros((24, 48, 3), np.uint8)
    photo[:, :16, 0] = 255
    photo[:12, 16:, 1] = 255
    photo[12:, 16:, 2] = 255
    return photo


@pytest.fixture
def flag_labels():
    """The classes of `flag`, (24, 48): 0 red, 1 green, 2 blue."""
    labels = np.zeros((24, 48), np.uint8)
    labels[:12, 16:] = 1
    labels[12:, 16:] = 2
    return labels


@pytest.fixture
def noise(tmp_path):
    """A photo file, (30, 45), of noise."""
    pixels = np.random.default_rng(0).integers(0, 255, (30, 45, 3), np.uint8)
    path = tmp_path / "photo.png"
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def complaint(capsys):
    """A function that returns the one line on stderr."""

    def read():
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == 1, lines
        return lines[0]

    return read
