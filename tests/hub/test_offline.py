"""With HF_HUB_OFFLINE=1 everything embedded works, and no connection is even tried."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import tiny
from PIL import Image

import seg_models

PROGRAM = """
import socket, sys
def refuse(*_): raise AssertionError("a connection was tried")
socket.socket.connect = socket.socket.connect_ex = refuse
from seg_models.cli import main
predicted = main(["predict", "photo.png", "--model", "deeplab_v1-camvid", "--crf", "2"])
fetched = main(["fetch"])
sys.exit(10 * predicted + fetched)
"""


def test_offline_predicts_and_explains_what_is_missing(tmp_path, flag):
    tiny.pack(tmp_path / "weights", "deeplab_v1-camvid")
    absent = tiny.pack(tmp_path / "weights", "deeplab_v1-animals")
    (absent.folder / "model.safetensors").unlink()
    Image.fromarray(flag).save(tmp_path / "photo.png")
    variables = {
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(tmp_path / "home"),
        "SEG_MODELS_WEIGHTS_DIR": str(tmp_path / "weights"),
        "SEG_MODELS_NAMESPACE": "somebody",
        "PYTHONPATH": str(Path(seg_models.__file__).parents[1]),
        "OMP_NUM_THREADS": "1",
        "PATH": os.environ["PATH"],
    }
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=variables, cwd=tmp_path, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert run.returncode == 2, run.stderr
    sentence = "seg_models fetch: the weights of deeplab_v1-animals cannot be had: HF_HUB_OFFLINE"
    assert sentence in run.stderr and "Traceback" not in run.stderr
    with Image.open(tmp_path / "results" / "labels.png") as labels:
        assert np.array(labels).shape == flag.shape[:2]
