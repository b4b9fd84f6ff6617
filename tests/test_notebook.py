"""The lecture's notebook runs from top to bottom, and shows what it says."""

import ast
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from page.tour.english import TEXTS as ENGLISH

DOCS = Path(__file__).resolve().parents[1] / "docs"
NOTEBOOK = json.loads((DOCS / "lecture.ipynb").read_text(encoding="utf-8"))


def run(source, names):
    """Run a cell as Jupyter does; return the value of a last line that is an expression."""
    *before, last = ast.parse(source).body
    if not isinstance(last, ast.Expr):
        before, last = [*before, last], None
    exec(compile(ast.Module(before, []), "lecture.ipynb", "exec"), names)
    return (
        eval(compile(ast.Expression(last.value), "lecture.ipynb", "eval"), names) if last else None
    )


@pytest.mark.slow
def test_every_cell_runs_and_the_pictures_are_pictures(monkeypatch, capsys):
    monkeypatch.delenv("SEG_MODELS_WEIGHTS_DIR", raising=False)
    monkeypatch.chdir(DOCS)
    names = {}
    cells = ["".join(each["source"]) for each in NOTEBOOK["cells"] if each["cell_type"] == "code"]
    shown = [run(each, names) for each in cells]
    pictures = [each for each in shown if isinstance(each, Image.Image)]
    assert len(pictures) == 6
    assert all(len(np.unique(np.asarray(each))) > 1 for each in pictures)
    said = capsys.readouterr().out
    assert "iteration 5: " in said and "deeplab_v3 " in said
    # The setting matters, and the CRF cleans the guess up.
    changed = [
        float(line.split(":")[1].split()[0]) for line in said.splitlines() if "reach" in line
    ]
    assert len(set(changed)) == 3
    edges = [
        int((each[:, 1:] != each[:, :-1]).sum()) for each in (names["guessed"], names["cleaned"])
    ]
    assert edges[1] < edges[0] / 2


def test_its_chapters_are_the_steps_of_the_tour():
    said = [
        "".join(each["source"]) for each in NOTEBOOK["cells"] if each["cell_type"] == "markdown"
    ]
    chapters = [found.groups() for each in said if (found := re.match(r"## (\d+)\. (.+)", each))]
    document = (DOCS / "tour.md").read_text(encoding="utf-8")
    assert chapters == re.findall(r"^\| (\d+) (.+?) \|", document, re.MULTILINE)
    assert len(chapters) == 12 and {title for _, title in chapters} <= set(ENGLISH.values())


def test_no_results_are_stored():
    """They would age, and fill history with pictures."""
    assert all(not each.get("outputs") for each in NOTEBOOK["cells"])
