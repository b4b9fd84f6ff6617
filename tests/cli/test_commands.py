"""The commands that hand on to other rooms: evaluate, train, fetch, publish, benchmark."""

import json

import numpy as np
import pytest
from PIL import Image

from seg_models import pipeline
from seg_models.checkpoints import registry
from seg_models.cli import commands, main, train
from seg_models.evaluation.labelled_photos import LabelForm
from seg_models.labels import CAMVID
from seg_models.publish import checkpoints
from seg_models.training import recipes


@pytest.fixture
def data(tmp_path, weights):
    """Three photos whose truth is what the network says, but for one that is all cat."""
    folder = tmp_path / "data"
    chance = np.random.default_rng(0)
    segmenter = pipeline.load("tiny-animals", "cpu")
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True)
    for number in range(3):
        photo = chance.integers(0, 255, (30, 40, 3), np.uint8)
        labels = segmenter.segment(photo).labels()
        Image.fromarray(photo).save(folder / "images" / f"{number}.png")
        truth = labels if number < 2 else np.full_like(labels, 1)
        Image.fromarray(truth).save(folder / "labels" / f"{number}.png")
    return folder


def evaluated(data, capsys, *more):
    """Return what `evaluate --json` prints."""
    line = ["evaluate", "--model", "tiny-animals", "--data", str(data), "--json", *more]
    assert main([*line, "--device", "cpu"]) == 0
    return json.loads(capsys.readouterr().out)


def test_evaluate_gives_the_contracts_figures(data, capsys):
    facts = evaluated(data, capsys)
    assert facts["images"] == 3
    assert facts["pixel_accuracy"] == pytest.approx(2 / 3, abs=1e-4)
    assert facts["iou"].keys() == set(registry.find("tiny-animals").labels.classes)
    known = [iou for iou in facts["iou"].values() if iou is not None]
    assert facts["miou"] == pytest.approx(np.mean(known), abs=1e-3)
    assert facts["seconds_per_image"] > 0


def test_evaluate_stops_at_the_limit(data, capsys):
    facts = evaluated(data, capsys, "--limit", "2")
    assert facts["images"] == 2
    assert facts["pixel_accuracy"] == 1


def test_evaluate_prints_a_table(data, capsys):
    assert main(["evaluate", "--model", "tiny-animals", "--data", str(data)]) == 0
    table = {line[:16].strip(): line[16:] for line in capsys.readouterr().out.splitlines()}
    assert table["pixel accuracy"].strip() == "66.7"


def test_evaluate_records_both_figures(data, weights, capsys, monkeypatch):
    saved = {}
    monkeypatch.setattr(registry, "save", lambda each: saved.update(registry.describe(each)))
    evaluated(data, capsys, "--record", "--crf", "1")
    results = json.loads(json.dumps(saved))["results"]
    assert results["val_pixel_accuracy"] == pytest.approx(2 / 3, abs=1e-4)
    assert results["val_images"] == 3
    assert results["crf_iterations"] == 1
    assert {"val_miou", "val_iou", "val_miou_crf", "val_iou_crf"} <= results.keys()
    assert saved["name"] == "tiny-animals"


def test_a_part_of_the_photos_is_not_recorded(data, capsys):
    line = ["evaluate", "--model", "tiny-animals", "--data", str(data), "--record", "--limit", "2"]
    assert main(line) == 2
    assert "leave out --limit" in capsys.readouterr().err


def test_train_is_handed_what_was_asked(monkeypatch, tmp_path):
    asked = {}
    monkeypatch.setattr(
        train, "train_config", lambda config, **more: asked.update(more, config=config)
    )
    line = ["train", "unet-camvid", "--data", str(tmp_path), "--minutes", "2", "--resume"]
    line += ["--void", "11", "--colour-labels", "--leave-out", "0006R0", "--overwrite"]
    assert main(line) == 0
    assert asked == {
        "config": recipes.find("unet-camvid").leaving_out("0006R0"),
        "data": tmp_path,
        "minutes": 2.0,
        "device": "auto",
        "resume": True,
        "form": LabelForm(11, CAMVID),
        "out": None,
        "overwrite": True,
    }
    assert main(["train", "unet-camvid", "--data", str(tmp_path), "--finetune"]) == 0
    assert asked["config"].init_from == "unet-camvid" and asked["minutes"] is None


def test_fetch_names_where_the_weights_are(weights, capsys):
    assert main(["fetch"]) == 0
    path = weights / "tiny-animals" / "model.safetensors"
    assert capsys.readouterr().out == f"tiny-animals: {path}\n"


def test_fetch_goes_on_after_weights_that_cannot_be_had(weights, capsys, monkeypatch):
    monkeypatch.delenv("SEG_MODELS_NAMESPACE", raising=False)
    folder = weights / "absent-animals"
    folder.mkdir()
    config = (weights / "tiny-animals" / "config.json").read_text(encoding="utf-8")
    (folder / "config.json").write_text(config.replace("tiny-animals", "absent-animals"))
    assert main(["fetch", "absent-animals", "tiny-animals"]) == 2
    said = capsys.readouterr()
    assert "the weights of absent-animals" in said.err
    assert said.out.startswith("tiny-animals: ")


def test_publish_is_handed_the_checkpoints(weights, capsys, monkeypatch):
    def publish(namespace, checkpoints, dry_run):
        for each in checkpoints:
            yield f"{namespace}/{each.name} {dry_run}"

    monkeypatch.setattr(checkpoints, "publish", publish)
    assert main(["publish", "--namespace", "me", "--dry-run"]) == 0
    assert capsys.readouterr().out == "me/tiny-animals True\n"


def test_benchmarks_are_listed_and_run(tmp_path, capsys, monkeypatch):
    (tmp_path / "speed.py").write_text(
        '"""How fast it is.\n\nMore."""\n\n\ndef main(arguments):\n    print(arguments)\n'
    )
    monkeypatch.setattr(commands, "BENCHMARKS", tmp_path)
    assert main(["benchmark"]) == 0
    assert capsys.readouterr().out.split() == ["speed", "How", "fast", "it", "is."]
    assert main(["benchmark", "speed", "--size", "3"]) == 0
    assert capsys.readouterr().out == "['--size', '3']\n"
