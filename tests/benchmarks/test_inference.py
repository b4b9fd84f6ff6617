"""The benchmark of the whole way runs, and its two contestants do the same."""

import numpy as np
import pytest
import torch
from PIL import Image

from benchmarks import inference
from benchmarks.support import contestants, growth, memory, turns
from seg_models.crf.pydensecrf_engine import densecrf

pytestmark = pytest.mark.skipif(densecrf is None, reason="pydensecrf is not installed")
TINY = contestants.Task((24, 32), classes=3, iterations=2)


def test_the_table_has_a_row_for_each_network_and_size(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(growth, "AXES", {"megapixels": [(12, 16), (24, 32)], "classes": [2]})
    monkeypatch.setattr(growth, "BASE", TINY)
    plot = tmp_path / "growth.png"
    chosen = ["--architectures", "segnet_basic", "--sizes", "32x24", "48x32", "--rounds", "1"]
    more = ["--classes", "3", "--iterations", "2", "--threads", "1", "--plot", str(plot)]
    assert inference.main([*chosen, *more]) == 0
    rows = [line.split("|") for line in capsys.readouterr().out.splitlines() if "segnet" in line]
    assert [row[2].strip() for row in rows[:2]] == ["32x24", "48x32"]
    for row in rows[:2]:
        assert float(row[3].split("**")[1]) > 0
        assert sum(int(part.split()[-1]) for part in row[4].split(",")) == pytest.approx(100, abs=2)
    with Image.open(plot) as picture:
        assert picture.size == (2 * 290, 260)
        assert len(np.unique(np.array(picture.convert("L")))) > 4


def test_both_contestants_run_one_network():
    """With its batch norms in place or folded it scores the same: like is compared with like."""
    plain, segmenter = contestants.pair("segnet_basic", TINY)
    images = torch.randn(1, 3, 24, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(plain(images), segmenter.network(images), rtol=1e-3, atol=1e-4)
    assert any("norm" in name for name, _ in plain.named_parameters())
    assert not any("norm" in name for name, _ in segmenter.network.named_parameters())
    assert contestants.textbook(plain, TINY).keys() == contestants.ours(segmenter, TINY).keys()


def test_a_ratio_is_of_whole_times_round_by_round():
    theirs = [{"network": 6.0, "crf": 2.0}, {"network": 10.0, "crf": 2.0}, {"network": 1.0}]
    ours = [{"network": 1.0, "crf": 1.0}, {"network": 2.0, "crf": 2.0}, {"network": 2.0}]
    assert turns.ratio(theirs, ours) == (3.0, 0.5, 4.0)
    assert turns.shares(theirs[:2]) == {"network": 0.8, "crf": 0.2}


def test_contestants_take_turns_forwards_and_backwards():
    order = []
    runs = {name: lambda name=name: order.append(name) or {"whole": 1.0} for name in "ab"}
    assert len(turns.in_turns(runs, 2)["a"]) == 2
    assert "".join(order) == "ab" + "ab" + "ba"


def test_memory_is_what_a_process_of_its_own_needs():
    assert memory.peak("ours", "segnet_basic", (24, 32), 1) > 2**20
