"""The command line: its answers, its files, its exit status and its one line of complaint."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from seg_models import arguments, commands, pipeline, preprocess
from seg_models.cli import main

FILES = {
    "score_map.png", "upsampled.png", "refined.png", "overlay.png", "labels.png", "result.json",
}  # fmt: skip


@pytest.fixture
def photo(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (30, 45, 3), np.uint8)
    path = tmp_path / "photo.png"
    Image.fromarray(noise).save(path)
    return path


@pytest.fixture
def album(tmp_path, photo):
    """A folder of two photos, one that is none, and a note."""
    folder = tmp_path / "album"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(photo.read_bytes())
    (folder / "c.jpg").write_text("no photo")
    (folder / "notes.txt").write_text("not named like one")
    return folder


def predict(*more):
    """Run `predict` on the CPU."""
    return main(["predict", *map(str, more), "--model", "tiny-animals", "--device", "cpu"])


def complaint(capsys):
    """Return the one line on stderr."""
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def test_help_and_usage_mistakes_need_no_pytorch():
    script = (
        "import sys; from seg_models.cli import parser; parser(); print('torch' in sys.modules)"
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
def test_a_usage_mistake_is_one_line_and_2(line, named, capsys):
    with pytest.raises(SystemExit) as left:
        main(line.split())
    assert left.value.code == 2
    assert named in complaint(capsys)


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
    head, row = capsys.readouterr().out.splitlines()
    assert head.split()[0] == "name"
    assert row.split()[0] == "tiny-animals"
    assert "25.0" in row


def test_predict_writes_the_stages_and_the_facts(weights, photo, tmp_path, capsys):
    out = tmp_path / "out"
    assert predict(photo, "--crf", 2, "--working-side", 40, "--out", out) == 0
    said = capsys.readouterr().out
    assert {each.name for each in out.iterdir()} == FILES
    segmenter = pipeline.load("tiny-animals", "cpu")
    crf = commands.replace(segmenter.checkpoint.crf, iterations=2)
    segmentation = segmenter.segment(photo, crf, 40)
    expected = pipeline.labels(segmentation)
    with Image.open(out / "labels.png") as picture:
        assert picture.mode == "P"
        assert picture.size == (45, 30)
        np.testing.assert_array_equal(np.array(picture), expected)
    facts = json.loads((out / "result.json").read_text())
    assert facts["photo_size"] == {"height": 30, "width": 45}
    assert facts["crf"]["iterations"] == 2
    assert facts["crf"]["appearance_weight"] == 2.0  # the checkpoint's own, not the default
    assert facts["checkpoint"]["sha256"] == segmenter.checkpoint.sha256
    for each in facts["classes"]:
        assert each["share"] == pytest.approx((expected == each["index"]).mean())
        assert f"{each['class']} {100 * each['share']:.1f} %" in said
    for name in ("score_map.png", "upsampled.png", "refined.png", "overlay.png"):
        with Image.open(out / name) as picture:
            assert picture.size == (40, 27), name


def test_without_a_crf_refined_is_upsampled(weights, photo, tmp_path):
    assert predict(photo, "--out", tmp_path / "out") == 0
    upsampled, refined = (
        preprocess.open_photo(tmp_path / "out" / name) for name in ("upsampled.png", "refined.png")
    )
    np.testing.assert_array_equal(upsampled, refined)
    assert json.loads((tmp_path / "out" / "result.json").read_text())["crf"] is None


def test_one_bad_photo_does_not_stop_the_others(weights, album, tmp_path, capsys):
    out = tmp_path / "out"
    assert predict(album, "--out", out) == 1
    assert {each.name for each in out.iterdir()} == {"a", "b"}
    assert all({file.name for file in each.iterdir()} == FILES for each in out.iterdir())
    said = capsys.readouterr()
    assert "seg_models predict: c.jpg is not a picture" in said.err.splitlines()[-1]
    assert "2 photos segmented, 0 already there, 1 failed" in said.out


def test_where_all_photos_are_bad_nothing_is_done(weights, album, tmp_path):
    assert predict(album / "c.jpg", album / "none.jpg", "--out", tmp_path / "out") == 2
    assert predict(album / "c.jpg", "--out", tmp_path / "out") == 2
    assert not (tmp_path / "out").exists()


def segmented(monkeypatch):
    """Return a list that grows by one with each photo that really is segmented."""
    done = []
    segment = pipeline.Segmenter.segment

    def counted(self, *arguments):
        done.append(arguments[0])
        return segment(self, *arguments)

    monkeypatch.setattr(pipeline.Segmenter, "segment", counted)
    return done


def test_what_is_there_is_not_done_again(weights, photo, tmp_path, monkeypatch):
    done = segmented(monkeypatch)
    out = tmp_path / "out"

    def runs(*more):
        before = len(done)
        assert predict(photo, "--out", out, *more) == 0
        return len(done) - before

    assert runs() == 1
    assert runs() == 0
    assert runs("--crf", "1") == 1
    assert runs("--crf", "1") == 0
    assert runs("--crf", "1", "--overwrite") == 1
    assert runs("--crf", "1", "--working-side", "20") == 1
    assert runs("--crf", "1", "--working-side", "20", "--safe-colours") == 1
    Image.new("RGB", (9, 9)).save(photo)
    assert runs("--crf", "1", "--working-side", "20", "--safe-colours") == 1


def test_an_interrupted_result_is_done_again(weights, photo, tmp_path, monkeypatch):
    """However far it came: while any picture is being written, no result.json says it is whole."""
    out = tmp_path / "out"
    assert predict(photo, "--out", out) == 0
    save, written = Image.Image.save, []

    def fail_at_the_third(self, path, *more):
        written.append(path)
        if len(written) == 3:
            raise KeyboardInterrupt
        save(self, path, *more)

    with monkeypatch.context() as patch:
        patch.setattr(Image.Image, "save", fail_at_the_third)
        assert predict(photo, "--out", out, "--crf", "1") == 130
    assert not (out / "result.json").exists()
    done = segmented(monkeypatch)
    assert predict(photo, "--out", out, "--crf", "1") == 0
    assert len(done) == 1
    assert {each.name for each in out.iterdir()} == FILES


def test_photos_of_one_name_get_folders_of_their_own(weights, photo, tmp_path):
    for name in ("one/x.png", "one/x.webp", "two/x.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.open(photo).save(tmp_path / name)
    out = tmp_path / "out"
    assert predict(tmp_path / "one", tmp_path / "two", "--out", out) == 0
    assert {each.name for each in out.iterdir()} == {"x", "x-webp", "x-png"}


def test_a_photo_is_not_overwritten_by_its_own_result(weights, photo, tmp_path, capsys):
    mine = photo.rename(tmp_path / "overlay.png")
    before = mine.read_bytes()
    assert predict(mine, "--out", tmp_path) == 2
    assert "choose another --out" in complaint(capsys)
    assert mine.read_bytes() == before


@pytest.mark.parametrize(
    "line, said",
    [
        ("predict {photo} --model tiny-animls", "did you mean tiny-animals"),
        ("predict {photo} --model tiny-animals --crf -1", "--crf is -1"),
        ("predict {photo} --model tiny-animals --working-side 0", "working_side is 0"),
        ("predict {empty} --model tiny-animals", "holds no photos"),
        ("predict {empty}/none.jpg --model tiny-animals", "none.jpg is not a file"),
        ("evaluate --model tiny-animals --data {empty}", "needs images/ and labels/"),
        ("fetch tiny-animls", "did you mean tiny-animals"),
        ("train nonsense --data {empty}", "nonsense"),
        ("benchmark nonsense", "nonsense"),
    ],
)
def test_a_mistake_is_one_line_and_2(weights, photo, tmp_path, capsys, line, said):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert main([word.format(photo=photo, empty=empty) for word in line.split()]) == 2
    assert said in complaint(capsys)


def test_a_long_complaint_is_one_line_too(monkeypatch, capsys):
    def fail(chosen):
        raise ValueError("first\n  second")

    monkeypatch.setitem(commands.COMMANDS, "list", fail)
    assert main(["list"]) == 2
    assert complaint(capsys) == "seg_models list: first second"


def test_damaged_weights_are_one_line_and_2(weights, photo, capsys):
    with (weights / "tiny-animals" / "model.safetensors").open("r+b") as file:
        file.write(b"damage")
    assert predict(photo) == 2
    assert "sha256" in complaint(capsys)


def test_the_parser_takes_the_contract_to_the_letter():
    parser = arguments.parser()

    def parse(line):
        return parser.parse_args(line.split())

    chosen = parse("predict a b --model m --crf 3 --out d --device cpu")
    assert [str(each) for each in chosen.photos] == ["a", "b"]
    assert (chosen.model, chosen.crf, str(chosen.out), chosen.device) == ("m", 3, "d", "cpu")
    chosen = parse("evaluate --model m --data d --crf 2 --limit 5 --json")
    assert (chosen.crf, chosen.limit, chosen.json) == (2, 5, True)
    chosen = parse("train r --data d --minutes 0.5 --device cuda --resume")
    assert (chosen.recipe, chosen.minutes, chosen.device, chosen.resume) == ("r", 0.5, "cuda", True)
    assert parse("fetch").names == []
    chosen = parse("publish --namespace me a b --dry-run")
    assert (chosen.namespace, chosen.names, chosen.dry_run) == ("me", ["a", "b"], True)
    chosen = parse("benchmark crf --size 10")
    assert (chosen.name, chosen.arguments) == ("crf", ["--size", "10"])
