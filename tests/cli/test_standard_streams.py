"""What goes in and out beside files: stdin, stdout for programs, stderr for people, Ctrl-C."""

import ast
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from seg_models import __version__
from seg_models.cli import main

ROOT = Path(__file__).parents[2]
MODEL = ("--model", "tiny-animals", "--device", "cpu")


class Piped:
    """A stdin that holds `content`, as `sys.stdin` is when something is piped in."""

    def __init__(self, content: bytes, terminal: bool = False):
        self.buffer, self.terminal = io.BytesIO(content), terminal

    def isatty(self) -> bool:
        return self.terminal


def run(*command, **more):
    """Run the command line as a process of its own, its stderr a pipe."""
    line = [sys.executable, "-m", "seg_models", *map(str, command)]
    return subprocess.run(line, capture_output=True, cwd=ROOT, **more)


def test_the_version_is_told_without_pytorch(capsys):
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out == f"seg_models {__version__}\n"


@pytest.mark.slow
def test_a_photo_is_read_from_stdin(weights, noise, tmp_path):
    named = run("predict", noise, *MODEL, "--out", tmp_path / "named")
    piped = run("predict", "-", *MODEL, "--out", tmp_path / "piped", input=noise.read_bytes())
    assert (named.returncode, piped.returncode) == (0, 0), piped.stderr
    labels = [(tmp_path / name / "labels.png").read_bytes() for name in ("named", "piped")]
    assert labels[0] == labels[1]
    assert json.loads((tmp_path / "piped" / "result.json").read_text())["photo"] == "stdin"


def test_stdin_can_stand_among_photos(weights, noise, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Piped(noise.read_bytes()))
    out = tmp_path / "out"
    assert main(["predict", str(noise), "-", *MODEL, "--out", str(out)]) == 0
    assert {each.name for each in out.iterdir()} == {"photo", "stdin"}


@pytest.mark.parametrize(
    ("photos", "stdin", "said"),
    [
        (["-"], Piped(b"no photo"), "stdin is not a picture"),
        (["-"], Piped(b""), "stdin"),
        (["-"], Piped(b"", terminal=True), "none is piped in"),
        (["-"], None, "none is piped in"),
        (["-", "-"], Piped(b""), "named twice"),
    ],
)
def test_a_bad_stdin_is_one_line_and_2(
    weights, tmp_path, monkeypatch, complaint, photos, stdin, said
):
    monkeypatch.setattr(sys, "stdin", stdin)
    assert main(["predict", *photos, *MODEL, "--out", str(tmp_path / "out")]) == 2
    assert said in complaint()
    assert not (tmp_path / "out").exists()


def test_a_programs_answer_is_a_line_of_json(weights, noise, tmp_path, capsys):
    out = tmp_path / "out"
    for new in (True, False):
        assert main(["predict", str(noise), *MODEL, "--out", str(out), "--json"]) == 0
        line = json.loads(capsys.readouterr().out)
        facts = json.loads((out / "result.json").read_text())
        assert line == {
            "photo": str(noise), "folder": str(out), "segmented": new, "result": facts,
        }  # fmt: skip


def test_each_of_several_photos_has_its_line_and_a_bad_one_too(weights, noise, tmp_path, capsys):
    bad = tmp_path / "bad.jpg"
    bad.write_text("no photo")
    out = tmp_path / "out"
    assert main(["predict", str(noise), str(bad), *MODEL, "--out", str(out), "--json"]) == 1
    good, failed = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert good["folder"] == str(out / "photo") and good["result"]["photo"] == "photo.png"
    assert failed["photo"] == str(bad) and "bad.jpg is not a picture" in failed["error"]


@pytest.fixture
def two(noise, tmp_path):
    """Two photo files."""
    other = tmp_path / "other.png"
    other.write_bytes(noise.read_bytes())
    return noise, other


@pytest.mark.slow
def test_what_is_no_terminal_gets_no_progress_bar(weights, two, tmp_path):
    done = run("predict", *two, *MODEL, "--out", tmp_path / "out")
    assert done.returncode == 0
    assert done.stderr.decode().splitlines() == []


@pytest.mark.slow
def test_a_terminal_gets_a_progress_bar(weights, two, tmp_path):
    termios = pytest.importorskip("termios", reason="only POSIX has pseudo-terminals")
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    line = [sys.executable, "-m", "seg_models", "predict", *map(str, two), *MODEL]
    subprocess.run([*line, "--out", str(tmp_path / "out")], stderr=theirs, cwd=ROOT, check=True)
    os.close(theirs)
    assert b"2/2" in os.read(ours, 1 << 16)
    os.close(ours)


def test_every_progress_bar_of_the_engine_leaves_itself_out():
    """`disable=None` is tqdm's word for: only on a terminal."""
    loud = []
    for path in (ROOT / "seg_models").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tqdm":
                said = {each.arg: ast.unparse(each.value) for each in node.keywords}
                if said.get("disable") != "None":
                    loud.append(f"{path.name}:{node.lineno}")
    assert loud == []


def test_ctrl_c_while_pytorch_is_imported_is_one_line_and_130(tmp_path):
    (tmp_path / "torch.py").write_text(
        "import time\nprint('importing', flush=True)\ntime.sleep(60)\n", encoding="utf-8"
    )
    paths = os.pathsep.join((str(tmp_path), str(ROOT)))
    # A shell's background job ignores Ctrl-C, and would hand that on.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [sys.executable, "-m", "seg_models", "list"],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    signal.signal(signal.SIGINT, before)
    assert process.stdout and process.stdout.readline() == "importing\n"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said == "seg_models list: stopped\n"
