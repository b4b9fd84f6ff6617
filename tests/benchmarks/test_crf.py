"""The benchmark still runs; what it says of this machine is nobody's business here."""

from seg_models.cli import main


def test_benchmark_compares_the_engines(capsys):
    command = "benchmark crf --sizes 120x90 --classes 2 3/9 --threads 1 2 --rounds 1 --iterations 2"
    assert main([*command.split(), "--engines", "lattice"]) == 0
    title, _, head, _, *rows = capsys.readouterr().out.splitlines()
    assert title.startswith("2 iterations, 1 rounds") and "set-up, iteration, run" in head
    assert len(rows) == 8
    for row, engine in zip(rows, ("pydensecrf", "lattice") * 4, strict=True):
        assert row.startswith("| 120x90 | ") and f"| {engine} |" in row
    assert all("**1.00** (1.00–1.00)" in row for row in rows[::2])
