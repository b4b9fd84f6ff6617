"""A server as a visitor meets it: `python app.py`, in a process of its own, on a free port."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import tiny
import torch
from PIL import Image
from playwright.sync_api import sync_playwright
from steps import opened

from seg_models import networks, preprocess, storage, zoo

ROOT = Path(__file__).parents[2]
STARTING = 300  # seconds; a busy machine needs ten times what an idle one does


@pytest.fixture(scope="session")
def photo_path(tmp_path_factory):
    """A file with a photo of 96 x 64 pixels: flat patches, so that a CRF finds edges."""
    path = tmp_path_factory.mktemp("photos") / "patches.png"
    random = np.random.default_rng(5)
    patches = random.integers(0, 256, (4, 6, 3), np.uint8).repeat(16, 0).repeat(16, 1)
    Image.fromarray(patches).save(path)
    return path


@pytest.fixture(scope="session")
def zoo_folder(tmp_path_factory, photo_path):
    """Two small networks, of two domains, that give a photo's pixels different classes."""
    folder = tmp_path_factory.mktemp("weights")
    photo = preprocess.open_photo(photo_path)
    for name in ("deeplab_v1-animals", "deeplab_v1-camvid"):
        _sharpen(tiny.pack(folder, name), photo)
    return folder


def _sharpen(checkpoint, photo):
    """Rewrite the checkpoint so that each class's score varies alike over `photo`, about 0."""
    network = networks.create(
        checkpoint.architecture, len(checkpoint.labels.classes), **checkpoint.options
    )
    path = checkpoint.folder / "model.safetensors"
    state = storage.load(path)
    network.load_state_dict(state)
    with torch.inference_mode():
        images = preprocess.images(photo, checkpoint.recipe)
        scores = network.eval().score_map(images)[0].flatten(1)
    weight, bias = list(network.state_dict())[-2:]  # the classifier's
    gain = 1 / scores.std(1)
    state[weight] = state[weight] * gain[:, None, None, None]
    state[bias] = (state[bias] - scores.mean(1)) * gain
    sha256, size = storage.save(state, path, "float16")
    config = checkpoint.folder / "config.json"
    facts = zoo.describe(zoo.read(checkpoint.folder))
    config.write_text(tiny.json.dumps({**facts, "sha256": sha256, "file_bytes": size}))


@pytest.fixture(scope="session")
def server(zoo_folder, tmp_path_factory):
    """The address of a running page, offline."""
    variables = {"SEG_MODELS_WEIGHTS_DIR": str(zoo_folder), "HF_HUB_OFFLINE": "1"}
    with running_page(tmp_path_factory.mktemp("server"), variables) as address:
        yield address


@contextmanager
def running_page(scratch, variables):
    """Start the page and give its address; what it says goes to a file that a failure shows."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "GRADIO_SERVER_NAME": "127.0.0.1",
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_TEMP_DIR": str(scratch / "cache"),
        "GRADIO_ANALYTICS_ENABLED": "False",
        "NO_PROXY": "127.0.0.1,localhost",
        "OMP_NUM_THREADS": "1",
        **variables,
    }
    with (scratch / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(address, process, scratch / "log")
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_up(address, process, log):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + STARTING
    while time.monotonic() < end and process.poll() is None:
        try:
            with opener.open(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the page did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser, server):
    """The open page; that it asked nobody but its server is checked when the test is over."""
    with opened(browser, server) as page:
        yield page
