"""A download whose process is killed: half a file is never taken for the whole."""

import os
import signal
import subprocess
import sys

from seg_models.checkpoints import storage, weights
from seg_models.hub import download

# Hands over half of what the Hub sends, and dies in a way that nothing can catch.
SCRIPT = """
import os, signal, sys
from huggingface_hub import file_download, hf_hub_download

fetch = file_download.http_get

def half(url, temp_file, **more):
    fetch(url, temp_file, **more)
    temp_file.flush()
    size = os.fstat(temp_file.fileno()).st_size
    assert size > 100_000
    os.truncate(temp_file.fileno(), size // 2)
    os.kill(os.getpid(), signal.SIGKILL)

file_download.http_get = half
hf_hub_download(sys.argv[1], "model.safetensors")
"""


def test_a_download_that_was_killed_is_no_file_and_comes_whole_the_next_time(checkpoint, tmp_path):
    cache = {"HF_HUB_CACHE": str(tmp_path / "cache"), "HF_HUB_DISABLE_XET": "1"}
    place = weights.address(checkpoint)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, place.repo],
        env={**os.environ, **cache, "HF_HUB_OFFLINE": "0"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    left = list((tmp_path / "cache").rglob("*.incomplete"))
    assert [each.stat().st_size for each in left] == [checkpoint.file_bytes // 2]
    assert download.cached(place) is None
    path = weights.locate(checkpoint)
    assert storage.sha256(path) == checkpoint.sha256
