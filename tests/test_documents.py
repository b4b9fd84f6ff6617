"""What the documents say: made from the sources where it can be, and true where it is written."""

import re
import shlex
from pathlib import Path

import pytest

import seg_models
from scripts import python_api
from seg_models.cli import build_parser

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def blocks(document: Path, language: str) -> list[str]:
    text = document.read_text(encoding="utf-8")
    return [content for found, content in FENCE.findall(text) if found == language]


def commands() -> list[tuple[str, str]]:
    """Return (document, line) for each command of a shell block, its comment left out."""
    return [
        (document.name, line.split("  #")[0].strip())
        for document in DOCUMENTS
        for block in blocks(document, "sh")
        for line in block.splitlines()
        if line.strip()
    ]


def test_the_readme_is_short():
    assert (ROOT / "README.md").stat().st_size <= 7000


def test_the_python_api_is_what_the_docstrings_say():
    assert python_api.DOCUMENT.read_text(encoding="utf-8") == python_api.document()


def test_every_public_name_is_described():
    assert set(seg_models.__all__) - {"__version__"} <= set(python_api.NAMES)


@pytest.mark.parametrize("document, line", commands())
def test_a_command_is_one_that_the_command_line_knows(document, line):
    words = shlex.split(line)
    if "seg_models" in words:
        build_parser().parse_args(words[words.index("seg_models") + 1 :])
    elif "-m" in words:
        module = words[words.index("-m") + 1]
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), line
    elif words[0] == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
        assert set(words[1:]) <= set(targets), line


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_lines_of_python_compile_and_name_what_there_is(document):
    for block in blocks(document, "python"):
        if "->" in block:  # a signature
            continue
        compile(block, document.name, "exec")
        for name in re.findall(r"\bseg_models\.(\w+)\(", block):
            assert name in seg_models.__all__, name


@pytest.mark.slow
def test_the_readmes_lines_of_python_run(monkeypatch, tmp_path, capsys):
    monkeypatch.delenv("SEG_MODELS_WEIGHTS_DIR", raising=False)
    first = blocks(ROOT / "README.md", "python")[0]
    (tmp_path / "assets").symlink_to(ROOT / "assets")
    monkeypatch.chdir(tmp_path)
    exec(compile(first, "README.md", "exec"), {})
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert (tmp_path / "overlay.png").is_file()
