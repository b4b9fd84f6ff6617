"""What several tests begin with: a data set small enough to train on in a second, and a SegNet."""

import numpy as np
import pytest
import torch
from PIL import Image

from seg_models import networks
from seg_models.evaluation.labelled_photos import pairs
from seg_models.training import dataset
from seg_models.training.batches import Batches
from seg_models.training.config import TrainConfig
from seg_models.training.init.initialise import Start, initialise
from seg_models.training.state import Run, begin, build

CAT, DOG = 1, 3  # in the animals' label order


@pytest.fixture(scope="session")
def squares(tmp_path_factory):
    """A folder with train/ and val/, four photos each: bright squares are cats, dark ones dogs."""
    folder = tmp_path_factory.mktemp("squares")
    random = np.random.default_rng(0)
    for part in ("train", "val"):
        for kind in ("images", "labels"):
            (folder / part / kind).mkdir(parents=True)
        for index in range(4):
            photo = random.integers(90, 130, (40, 48, 3), dtype=np.uint8)
            labels = np.zeros((40, 48), np.uint8)
            top, left = random.integers(0, 16, 2)
            kind, level = ((CAT, 240), (DOG, 10))[index % 2]
            photo[top : top + 24, left : left + 24] = level
            labels[top : top + 24, left : left + 24] = kind
            labels[0] = 255
            Image.fromarray(photo).save(folder / part / "images" / f"{index}.png")
            Image.fromarray(labels).save(folder / part / "labels" / f"{index}.png")
    return folder


@pytest.fixture
def begun(squares):
    """A function that begins a run on the squares, on the CPU, as `train` does.

    Without `initialised`, the network keeps its random weights.
    """

    def start(config: TrainConfig, initialised: bool = False) -> Run:
        device = torch.device("cpu")
        batches = Batches(dataset.load(pairs(squares / "train"), device), config)
        network = build(config, device)
        found = initialise(network, config, batches) if initialised else Start()
        return begin(network, batches, found)

    return start


@pytest.fixture
def segnet():
    """A thin SegNet for five classes, without norms, whose random weights keep features' size."""
    torch.manual_seed(0)
    network = networks.create("segnet", 5, 0.1, norm=False).eval()
    for layer in network.modules():
        if isinstance(layer, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(layer.weight)
            torch.nn.init.normal_(layer.bias, std=0.1)
    return network
