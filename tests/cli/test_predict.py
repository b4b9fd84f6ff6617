"""`predict`: its files, what it does not do twice, and how it gets past a bad photo."""

import json

import numpy as np
import pytest
from PIL import Image

from seg_models import pipeline, preprocess
from seg_models.cli import main

FILES = {
    "score_map.png", "upsampled.png", "refined.png", "overlay.png", "labels.png", "result.json",
}  # fmt: skip


@pytest.fixture
def album(tmp_path, noise):
    """A folder of two photos, one that is none, and a note."""
    folder = tmp_path / "album"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(noise.read_bytes())
    (folder / "c.jpg").write_text("no photo")
    (folder / "notes.txt").write_text("not named like one")
    return folder


def predict(*more):
    """Run `predict` on the CPU."""
    return main(["predict", *map(str, more), "--model", "tiny-animals", "--device", "cpu"])


def test_predict_writes_the_stages_and_the_facts(weights, noise, tmp_path, capsys):
    out = tmp_path / "out"
    assert predict(noise, "--crf", 2, "--working-side", 40, "--out", out) == 0
    said = capsys.readouterr().out
    assert {each.name for each in out.iterdir()} == FILES
    segmenter = pipeline.load("tiny-animals", "cpu")
    segmentation = segmenter.segment(noise, 2, 40)
    expected = segmentation.labels()
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


def test_without_a_crf_refined_is_upsampled(weights, noise, tmp_path):
    assert predict(noise, "--out", tmp_path / "out") == 0
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


def test_what_is_there_is_not_done_again(weights, noise, tmp_path, monkeypatch):
    done = segmented(monkeypatch)
    out = tmp_path / "out"

    def runs(*more):
        before = len(done)
        assert predict(noise, "--out", out, *more) == 0
        return len(done) - before

    assert runs() == 1
    assert runs() == 0
    assert runs("--crf", "1") == 1
    assert runs("--crf", "1") == 0
    assert runs("--crf", "1", "--overwrite") == 1
    assert runs("--crf", "1", "--working-side", "20") == 1
    assert runs("--crf", "1", "--working-side", "20", "--safe-colours") == 1
    Image.new("RGB", (9, 9)).save(noise)
    assert runs("--crf", "1", "--working-side", "20", "--safe-colours") == 1


def test_an_interrupted_result_is_done_again(weights, noise, tmp_path, monkeypatch):
    """However far it came: while any picture is being written, no result.json says it is whole."""
    out = tmp_path / "out"
    assert predict(noise, "--out", out) == 0
    save, written = Image.Image.save, []

    def fail_at_the_third(self, path, **more):
        written.append(path)
        if len(written) == 3:
            raise KeyboardInterrupt
        save(self, path, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Image.Image, "save", fail_at_the_third)
        assert predict(noise, "--out", out, "--crf", "1") == 130
    assert not (out / "result.json").exists()
    done = segmented(monkeypatch)
    assert predict(noise, "--out", out, "--crf", "1") == 0
    assert len(done) == 1
    assert {each.name for each in out.iterdir()} == FILES


def test_photos_of_one_name_get_folders_of_their_own(weights, noise, tmp_path):
    for name in ("one/x.png", "one/x.webp", "two/x.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        Image.open(noise).save(tmp_path / name)
    out = tmp_path / "out"
    assert predict(tmp_path / "one", tmp_path / "two", "--out", out) == 0
    assert {each.name for each in out.iterdir()} == {"x", "x-webp", "x-png"}


def test_a_photo_is_not_overwritten_by_its_own_result(weights, noise, tmp_path, complaint):
    mine = noise.rename(tmp_path / "overlay.png")
    before = mine.read_bytes()
    assert predict(mine, "--out", tmp_path) == 2
    assert "choose another --out" in complaint()
    assert mine.read_bytes() == before
