"""A server as a visitor meets it, and what it serves: small networks, a small photo."""

import json
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

import numpy as np
import pytest
import tiny
import torch
from PIL import Image

from scripts import running
from seg_models import networks, preprocess
from seg_models.checkpoints import registry, storage

DOMAINS = ("animals", "camvid")


@dataclass(frozen=True)
class Server:
    """A running page."""

    address: str
    process: Popen
    cache: Path  # where Gradio keeps what was handed in, and its results


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
    pack_zoo(folder, preprocess.open_photo(photo_path))
    return folder


def pack_zoo(folder, photo):
    """Write two small networks that give the pixels of `photo` different classes."""
    for domain in DOMAINS:
        _sharpen(tiny.pack(folder, f"deeplab_v1-{domain}"), photo)


def _sharpen(checkpoint, photo):
    """Rewrite the checkpoint so that each class's score varies alike over `photo`, about 0."""
    network = networks.create(
        checkpoint.architecture, len(checkpoint.labels.classes), **checkpoint.options
    )
    path = checkpoint.folder / "model.safetensors"
    state = storage.load(path)
    network.load_state_dict(state)
    with torch.inference_mode():
        images = preprocess.images(photo, checkpoint.preprocessing)
        scores = network.eval().score_map(images)[0].flatten(1)
    weight, bias = list(network.state_dict())[-2:]  # the classifier's
    gain = 1 / scores.std(1)
    state[weight] = state[weight] * gain[:, None, None, None]
    state[bias] = (state[bias] - scores.mean(1)) * gain
    sha256, size = storage.save(state, path, "float16")
    config = checkpoint.folder / "config.json"
    facts = registry.describe(registry.read(checkpoint.folder))
    config.write_text(json.dumps({**facts, "sha256": sha256, "file_bytes": size}))


@pytest.fixture(scope="session")
def served(zoo_folder, tmp_path_factory):
    """The page that most tests share, offline, with the small networks."""
    scratch = tmp_path_factory.mktemp("server")
    variables = {
        "SEG_MODELS_WEIGHTS_DIR": str(zoo_folder),
        "GRADIO_TEMP_DIR": str(scratch),
        "OMP_NUM_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
    }
    with running.process(variables) as (address, process):
        yield Server(address, process, scratch)


@pytest.fixture(scope="session")
def server(served):
    """The address of a running page."""
    return served.address
