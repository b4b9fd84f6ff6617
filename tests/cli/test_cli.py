"""The command line: its answers, its files, its exit status and its one line of complaint."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from seg_models.cli import build_parser, commands, main
from seg_models.crf import native_engine

ROOT = Path(__file__).parents[1]


def test_help_and_usage_mistakes_need_no_pytorch():
    script = (
        "import sys; from seg_models.cli import build_parser; build_parser();"
        "print('torch' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert answer.stdout.strip() == "False", answer.stderr


def test_the_module_runs():
    command = [sys.executable, "-m", "seg_models", "predict", "cat.jpg"]
    answer = subprocess.run(command, capture_output=True, text=True)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert answer.stderr == ("seg_models predict: the following arguments are required: --model\n")


@pytest.mark.parametrize("command", commands.COMMANDS)
def test_every_command_has_help(command, capsys):
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    assert f"usage: seg_models {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "line, named",
    [
        ("", "COMMAND"),
        ("segment", "segment"),
        ("predict photo.jpg", "--model"),
        ("predict photo.jpg --model m --crf many", "many"),
        ("evaluate --model m", "--data"),
        ("predict photo.jpg --model m --device tpu", "tpu"),
    ],
)
def test_a_usage_mistake_is_one_line_and_2(line, named, complaint):
    with pytest.raises(SystemExit) as left:
        main(line.split())
    assert left.value.code == 2
    assert named in complaint()


def test_list_as_json(weights, capsys):
    assert main(["list", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    file = weights / "tiny-animals" / "model.safetensors"
    assert row["name"] == "tiny-animals"
    assert row["architecture"] == "deeplab_v1"
    assert row["domain"] == "animals"
    assert row["classes"][:2] == ["background", "cat"]
    assert row["parameters"] > 10_000
    assert row["file_bytes"] == file.stat().st_size
    assert row["embedded"] is True
    assert row["val_miou"] == 0.25
    assert row["published_miou"] == 0.5


def test_list_to_read(weights, capsys):
    assert main(["list"]) == 0
    head, row, engine = capsys.readouterr().out.splitlines()
    assert head.split()[0] == "name"
    assert row.split()[0] == "tiny-animals"
    assert "25.0" in row
    expected = "native" if native_engine.ready() else "lattice"
    assert engine.startswith(f"CRF engine on the processor: {expected} (native: ")


@pytest.mark.parametrize(
    "line, said",
    [
        ("predict {photo} --model tiny-animls", "did you mean tiny-animals"),
        ("predict {photo} --model tiny-animals --crf -1", "crf is -1"),
        ("predict {photo} --model tiny-animals --working-side 0", "working_side is 0"),
        ("predict {empty} --model tiny-animals", "holds no photos"),
        ("predict {empty}/none.jpg --model tiny-animals", "none.jpg is not a file"),
        ("evaluate --model tiny-animals --data {empty}", "needs images/ and labels/"),
        ("fetch tiny-animls", "did you mean tiny-animals"),
        ("train nonsense --data {empty}", "nonsense"),
        ("benchmark nonsense", "nonsense"),
    ],
)
def test_a_mistake_is_one_line_and_2(weights, noise, tmp_path, complaint, line, said):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert main([word.format(photo=noise, empty=empty) for word in line.split()]) == 2
    assert said in complaint()


def test_a_long_complaint_is_one_line_too(monkeypatch, complaint):
    def fail(chosen):
        raise ValueError("first\n  second")

    monkeypatch.setitem(commands.COMMANDS, "list", fail)
    assert main(["list"]) == 2
    assert complaint() == "seg_models list: first second"


def test_damaged_weights_are_one_line_and_2(weights, noise, complaint):
    with (weights / "tiny-animals" / "model.safetensors").open("r+b") as file:
        file.write(b"damage")
    assert main(["predict", str(noise), "--model", "tiny-animals"]) == 2
    assert "sha256" in complaint()


@pytest.mark.parametrize("name", ["load", "page"])
def test_what_needs_an_extra_names_it(name, monkeypatch, complaint):
    """After `make app` alone there is no playwright."""
    for module in [*sys.modules]:
        if module.partition(".")[0] in ("benchmarks", "scripts", "playwright"):
            monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "playwright", None)
    assert main(["benchmark", name]) == 2
    told = complaint()
    assert "playwright is not here" in told and "pip install -e '.[benchmark]'" in told


def test_the_parser_takes_the_contract_to_the_letter():
    parser = build_parser()

    def parse(line):
        return parser.parse_args(line.split())

    chosen = parse("predict a b --model m --crf 3 --out d --device cpu")
    assert [str(each) for each in chosen.photos] == ["a", "b"]
    assert (chosen.model, chosen.crf, str(chosen.out), chosen.device) == ("m", 3, "d", "cpu")
    chosen = parse("evaluate --model m --data d --crf 2 --limit 5 --json")
    assert (chosen.crf, chosen.limit, chosen.json) == (2, 5, True)
    chosen = parse("train r --data d --minutes 0.5 --device cuda --resume")
    assert (chosen.name, chosen.minutes, chosen.device, chosen.resume) == ("r", 0.5, "cuda", True)
    assert parse("fetch").names == []
    chosen = parse("publish --namespace me a b --dry-run")
    assert (chosen.namespace, chosen.names, chosen.dry_run) == ("me", ["a", "b"], True)
    chosen = parse("benchmark crf --size 10")
    assert (chosen.name, chosen.arguments) == ("crf", ["--size", "10"])


@pytest.mark.parametrize("module", ["seg_models", "page"])
@pytest.mark.parametrize(("given", "kept"), [({}, "20000"), ({"GOMP_SPINCOUNT": "7"}, "7")])
def test_pytorchs_threads_are_told_not_to_wait_long_before_it_loads(module, given, kept):
    """Whether this is used from the command line, as a library, or as a page."""
    program = (
        f"import os, sys, {module}; assert 'torch' not in sys.modules;"
        "print(os.environ['GOMP_SPINCOUNT'])"
    )
    kept_too = {key: value for key, value in os.environ.items() if key != "GOMP_SPINCOUNT"}
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],  # -S: no other package has a say
        env={**kept_too, "PYTHONPATH": str(ROOT), **given},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == kept


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_name_that_the_terminals_encoding_lacks_does_not_end_the_work(
    weights, noise, tmp_path, encoding
):
    command = [sys.executable, "-m", "seg_models", "predict", str(noise), "--model", "tiny-animals"]
    done = subprocess.run(
        [*command, "--out", str(tmp_path / "결과"), "--device", "cpu"],
        cwd=ROOT.parent, env={**os.environ, "PYTHONIOENCODING": encoding}, capture_output=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert rb"\uacb0\uacfc: " in done.stdout
    assert (tmp_path / "결과" / "result.json").is_file()
