"""The table of ablations: a line for each thing that can be switched off, figures as measured."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import tiny
from PIL import Image

from seg_models.checkpoints import registry

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("ablations", ROOT / "benchmarks/ablations.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def data(tmp_path):
    """Two labelled photos."""
    random = np.random.default_rng(1)
    for number in range(2):
        for name, shape, most in (("images", (48, 64, 3), 256), ("labels", (48, 64), 11)):
            folder = tmp_path / "val" / name
            folder.mkdir(parents=True, exist_ok=True)
            pixels = random.integers(0, most, shape, np.uint8)
            Image.fromarray(pixels).save(folder / f"{number}.png")
    return tmp_path / "val"


def test_every_idea_and_both_kernels_have_their_line(
    benchmark, data, tmp_path, monkeypatch, capsys
):
    tiny.pack(tmp_path / "weights", "deeplab_v1-camvid")
    tiny.pack(tmp_path / "weights", "segnet-camvid", "segnet", options={"width": 0.05})
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(tmp_path / "weights"))
    document = tmp_path / "tour.md"
    document.write_text(f"before\n{benchmark.BEGIN}\nold\n{benchmark.END}\nafter\n")
    monkeypatch.setattr(benchmark, "DOCUMENT", document)
    benchmark.main(["--data", str(data), "--write"])
    table = capsys.readouterr().out.strip()
    found = [tuple(line.split(" | ")[:2]) for line in table.splitlines()[4:]]
    assert found == [
        ("| deeplab_v1-camvid", "dilation"),
        ("| deeplab_v1-camvid", "CRF's appearance kernel"),
        ("| deeplab_v1-camvid", "CRF's smoothness kernel"),
        ("| segnet-camvid", "unpool-nearest"),
        ("| segnet-camvid", "unpool-bilinear"),
    ]
    assert document.read_text() == (f"before\n{benchmark.BEGIN}\n{table}\n{benchmark.END}\nafter\n")


def test_a_line_has_both_figures_and_their_difference_in_points(benchmark, tmp_path, monkeypatch):
    tiny.pack(tmp_path / "weights", "unet-camvid", "unet", options={"width": 0.05})
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(tmp_path / "weights"))
    asked = []

    def scored(checkpoint, names, crf, photos):
        asked.append(names)
        return {(): 0.6, ("skip1",): 0.45}.get(names, 0.6)

    monkeypatch.setattr(benchmark, "miou", scored)
    table = benchmark.measured(list(registry.checkpoints()), [])
    assert table.startswith("On 0 photos:\n\n| checkpoint |")
    assert table.splitlines()[4] == "| unet-camvid | skip1 | 45.0 | 60.0 | -15.0 |"
    assert asked == [(), ("skip1",), ("skip2",), ("skip3",), ("skip4",)]
