"""The tour with a small network for every paper, and an example whose truth is at hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import tiny
from PIL import Image
from playwright.sync_api import expect
from steps import opened

from scripts import running

KEYS = (
    "fcn", "unpooling", "deconvnet", "segnet", "unet", "densenet", "field", "deeplab", "crf",
    "dilatednet", "pyramid", "together",
)  # fmt: skip
THIN = {"width": 0.05, "fc_channels": 8}
NETWORKS = {
    "fcn8s": THIN, "deconvnet": THIN, "segnet": {"width": 0.05}, "unet": {"width": 0.05},
    "fc_densenet56": {"width": 0.2}, "deeplab_v1": THIN, "dilatednet": THIN,
    "deeplab_v3": {"width": 0.1, "output_stride": 16},
}  # fmt: skip
READY = "main[data-step]"
# Nothing is computed any more: no figure is busy, and no line says so.
SETTLED = """() => !document.querySelector('main [aria-busy]')
  && [...document.querySelectorAll('main .status')].every((line) => !line.textContent)"""


def pack(folder: Path) -> None:
    """Write a checkpoint of every network of the tour."""
    for architecture, options in NETWORKS.items():
        tiny.pack(folder, f"{architecture}-camvid", architecture, options=options)


def examples(folder: Path) -> None:
    """Write two photos of flat patches: a street whose labels are the patches, and an animal."""
    random = np.random.default_rng(3)
    patches = random.choice(np.uint8([0, 1, 3, 4, 5]), (6, 8))
    labels = patches.repeat(12, 0).repeat(12, 1)
    labels[:, 40:42] = 2  # a pole, and no other
    colours = random.integers(0, 256, (6, 3), np.uint8)
    Image.fromarray(colours[labels]).save(folder / "street.png")
    Image.fromarray(labels).save(folder / "street_truth.png")
    Image.fromarray(colours[labels[::-1]]).save(folder / "animal.png")
    listing = [
        {"file": "animal.png", "title": "Sheep", "domain": "animals", "alt": "An animal"},
        {
            "file": "street.png", "title": "Parked cars in Trier", "domain": "camvid",
            "alt": "A street", "truth": "street_truth.png",
        },
    ]  # fmt: skip
    (folder / "examples.json").write_text(json.dumps(listing))


@contextmanager
def served(scratch: Path) -> Iterator[str]:
    """Serve it and yield its address."""
    for name in ("weights", "examples", "cache"):
        (scratch / name).mkdir()
    pack(scratch / "weights")
    examples(scratch / "examples")
    variables = {
        "SEG_MODELS_WEIGHTS_DIR": str(scratch / "weights"),
        "SEG_MODELS_EXAMPLES_DIR": str(scratch / "examples"),
        "GRADIO_TEMP_DIR": str(scratch / "cache"),
        "OMP_NUM_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
    }
    with running.page(variables) as address:
        yield address


def toured(browser, address, path="/tour?lang=en", **options):
    """Open the tour; in the end check that it asked nobody else and met no error."""
    return opened(browser, address, path, READY, **options)


def settled(page) -> None:
    """Wait until all that was asked for is drawn."""
    page.wait_for_function(SETTLED)


def at(page, key: str) -> None:
    """Wait until a step is there, and its address says so."""
    expect(page.locator(READY)).to_have_attribute("data-step", key)
    page.wait_for_function(
        "(key) => new URLSearchParams(location.search).get('step') === key", arg=key
    )
