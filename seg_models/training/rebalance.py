"""Finding a finished checkpoint's score offsets anew, without training it.

Run as `python -m seg_models.training.rebalance NAME --data DIR`, DIR holding images/ and labels/ of
val. Its figures are not those of before: `evaluate --record` finds the new ones.
"""

import argparse
import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from .. import pipeline, storage, zoo
from ..specs import WEIGHTS_FILE
from . import balance


def rebalance(name: str, folder: Path, device: str = "auto") -> dict[str, Any]:
    """Write the checkpoint called `name` with other offsets; return them and their gain.

    Args:
        name: A checkpoint of the zoo that was trained here.
        folder: Holds images/ and labels/, which the network has not learnt from.
        device: "auto", "cpu" or "cuda".

    Raises:
        ValueError: If the data are not laid out as needed.
        WeightsError: If its weights cannot be had.
    """
    segmenter = pipeline.load(name, device)
    checkpoint, network = segmenter.checkpoint, deepcopy(segmenter.network)
    before = torch.tensor(list(checkpoint.training["score_offsets"].values()))
    balance.shift(network, -before)
    pixels = balance.sample(network, checkpoint.recipe, folder, torch.device(segmenter.device))
    balanced = balance.find(pixels)
    balance.shift(network, balanced.offsets)
    sha256, size = storage.amend(network.state_dict(), checkpoint.folder / WEIGHTS_FILE)
    found = balance.facts(balanced, checkpoint.labels.classes)
    training = {**checkpoint.training, **found}
    renewed = replace(
        checkpoint, sha256=sha256, file_bytes=size, training=training, results={}, hub=None
    )
    zoo.save_facts(zoo.describe(renewed), checkpoint.folder)
    return found


def main() -> None:
    """Rebalance a checkpoint and print what its scores now get."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="the checkpoint")
    parser.add_argument("--data", type=Path, required=True, help="val: images/ and labels/")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    chosen = parser.parse_args()
    print(json.dumps(rebalance(chosen.name, chosen.data, chosen.device), indent=2))


if __name__ == "__main__":
    main()
