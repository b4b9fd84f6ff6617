"""Finding a finished checkpoint's score offsets anew, without training it.

Run as `python -m seg_models.training.rebalance NAME --data DIR`, DIR holding images/ and labels/ of
training photos. Its figures are not those of before: `evaluate --record` finds the new ones.
"""

import argparse
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import torch

from .. import pipeline, storage, zoo
from ..specs import WEIGHTS_FILE
from . import balance, export


def rebalance(name: str, folder: Path, device: str = "auto") -> dict[str, float]:
    """Write the checkpoint called `name` with other offsets; return them by class.

    Args:
        name: A checkpoint of the zoo that was trained here.
        folder: Holds images/ and labels/, which the network may have learnt from.
        device: "auto", "cpu" or "cuda".

    Raises:
        ValueError: If the data are not laid out as needed.
        WeightsError: If its weights cannot be had.
    """
    segmenter = pipeline.load(name, device)
    checkpoint, network = segmenter.checkpoint, deepcopy(segmenter.network)
    before = torch.tensor(list(checkpoint.training["score_offsets"].values()))
    balance.shift(network, -before)
    found = balance.sample(network, checkpoint.recipe, folder, torch.device(segmenter.device))
    offsets = balance.fit(*found)
    balance.shift(network, offsets)
    sha256, size = storage.save(
        network.state_dict(), checkpoint.folder / WEIGHTS_FILE, checkpoint.storage
    )
    named = dict(zip(checkpoint.labels.classes, offsets.tolist(), strict=True))
    training = {**checkpoint.training, "score_offsets": named}
    renewed = replace(
        checkpoint, sha256=sha256, file_bytes=size, training=training, results={}, hub=None
    )
    export.save_facts(zoo.describe(renewed), checkpoint.folder)
    return named


def main() -> None:
    """Rebalance a checkpoint and print what each class's score now gets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", help="the checkpoint")
    parser.add_argument("--data", type=Path, required=True, help="train: images/ and labels/")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    chosen = parser.parse_args()
    for label, offset in rebalance(chosen.name, chosen.data, chosen.device).items():
        print(f"{label:16}{offset:+.3f}")


if __name__ == "__main__":
    main()
