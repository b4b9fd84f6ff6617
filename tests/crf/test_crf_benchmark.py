"""The benchmark still runs; what it says of this machine is nobody's business here."""

import pytest
import torch
from pictures import FOLDER

from seg_models.cli import main


@pytest.fixture
def threads():
    """The benchmark sets the number of threads for its whole process."""
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def test_benchmark_names_both_engines(capsys, threads):
    photo = str(FOLDER / "chelsea.jpg")
    assert main(["benchmark", "crf", "--photo", photo, "--classes", "2", "--repeats", "1"]) == 0
    title, *rows = capsys.readouterr().out.splitlines()
    assert title.startswith("161x121") and "pydensecrf" in title and "lattice" in title
    assert len(rows) == 4 and all(row.endswith("x") for row in rows)
