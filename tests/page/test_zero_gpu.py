"""The network on ZeroGPU, by a stand-in for `spaces` that does what its documentation says."""

import importlib
import os
import pickle
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from page.segment import network
from seg_models import pipeline
from seg_models.specs import CrfSettings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def zero_gpu(monkeypatch, zoo_folder):
    """The network's module as it is on ZeroGPU, and the seconds of each reservation."""
    reserved = []

    def gpu(duration):
        def wrap(function):
            def run(*arguments):
                reserved.append(duration)
                for each in function(*arguments):  # in another process: all goes through pickle
                    yield pickle.loads(pickle.dumps(each))

            return run

        return wrap

    spaces = types.ModuleType("spaces")
    spaces.GPU = gpu
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(zoo_folder))
    monkeypatch.setitem(sys.modules, "spaces", spaces)
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    yield importlib.reload(network), reserved
    monkeypatch.undo()
    importlib.reload(network)


def test_the_gpu_is_reserved_once_for_the_network_and_not_for_the_crf(
    zero_gpu, photo_path, monkeypatch
):
    changed, reserved = zero_gpu
    segmentation = changed.segment("deeplab_v1-animals", photo_path, CrfSettings(iterations=2))
    assert reserved == [network.SECONDS]
    plain = pipeline.load("deeplab_v1-animals").segment(photo_path, CrfSettings(iterations=2))
    np.testing.assert_array_equal(segmentation.labels(), plain.labels())
    assert segmentation.device == "cpu" and not segmentation.probabilities.is_cuda


def test_every_network_is_there_before_the_first_visitor(zero_gpu):
    changed, _ = zero_gpu
    assert set(changed.resident()) == {"deeplab_v1-animals", "deeplab_v1-camvid"}


def test_elsewhere_nothing_is_kept_or_wrapped():
    assert not network.ZERO_GPU and network.resident() == {}


def test_spaces_is_imported_before_torch(tmp_path):
    (tmp_path / "spaces.py").write_text("import sys\nassert 'torch' not in sys.modules\n")
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    command = "import page.segment.network; print(page.segment.network.spaces.__file__)"
    done = subprocess.run(
        [sys.executable, "-c", command], env=environment, capture_output=True, text=True
    )
    assert done.stdout.strip() == str(tmp_path / "spaces.py"), done.stderr
    first = (ROOT / "app.py").read_text().split("\n\n")[1].splitlines()[0]
    assert first.startswith("from page.segment import network")
