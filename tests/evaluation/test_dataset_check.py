"""Data sets with one common fault each: told before any work, in one line, by the file."""

import re

import numpy as np
import pytest
import tiny
from PIL import Image

from seg_models import pipeline
from seg_models.cli import main
from seg_models.evaluation import dataset_check
from seg_models.evaluation.labelled_photos import LabelForm, pairs, read_ground_truth
from seg_models.preprocess import open_photo
from seg_models.specs import Preprocessing
from seg_models.training import dataset, loop
from seg_models.training.config import TrainConfig
from seg_models.training.train import train_config

SIDE = 24, 36  # height, width
TINY = TrainConfig(
    "deeplab_v1", "animals", Preprocessing(48), {"width": 0.06, "fc_channels": 16, "norm": True}
)


def make(root, photo=None, labels=None, save=None, extension="png"):
    """Write train/ and val/ of three photos: each has a cat on the left, upright by its metadata.

    Args:
        root: Where to.
        photo: What to do to each photo, a PIL picture.
        labels: What to do to each label array, given its number.
        save: How to save a photo to a path.
        extension: Of the photos' names.
    """
    for part in ("train", "val"):
        for kind in ("images", "labels"):
            (root / part / kind).mkdir(parents=True)
        for number in range(3):
            pixels = np.full((*SIDE, 3), 40 + number, np.uint8)
            pixels[:, :12] = 220
            truth = np.zeros(SIDE, np.uint8)
            truth[:, :12] = 1
            picture = Image.fromarray(pixels)
            picture = photo(picture) if photo else picture
            path = root / part / "images" / f"{number}.{extension}"
            (save or Image.Image.save)(picture, path)
            truth = labels(number, truth) if labels else truth
            Image.fromarray(truth).save(root / part / "labels" / f"{number}.png")
    return root


def first(change):
    """Return what does `change` to the labels of the first photo alone."""
    return lambda number, truth: truth if number else change(truth)


def with_eleven(number, truth):
    """Return labels whose first rows are the SegNet tutorial's void."""
    return np.where(np.arange(SIDE[0])[:, None] < 5, 11, truth).astype(np.uint8)


FAULTS = {
    "label_11": (
        with_eleven,
        r"labels/0\.png holds 11, but the classes are 0 to 6, and 255 is void; if 11 is void, say "
        r"--void 11 \(also 1\.png, 2\.png\)$",
    ),
    "half_size": (
        first(lambda truth: truth[::2, ::2]),
        r"labels/0\.png is 18x12 pixels, but its photo is 36x24$",
    ),
    "turned": (
        first(lambda truth: np.rot90(truth)),
        r"labels/0\.png is 24x36 pixels, but its photo, which EXIF may turn, is 36x24$",
    ),
    "all_void": (
        lambda number, truth: np.full_like(truth, 255),
        r"no pixel of the 3 label pictures has a class; all is void$",
    ),
    "colours": (
        lambda number, truth: np.stack([truth] * 3, 2),
        r"0\.png is a RGB picture; labels are indexed .*, say --colour-labels "
        r"\(also 1\.png, 2\.png\)$",
    ),
    "two": (
        lambda number, truth: truth + np.uint8([0, 50, 60])[number],
        r"holds 50, 51, but the classes .*; labels/2\.png holds 60, 61, but",
    ),
}


@pytest.fixture
def refused(weights, monkeypatch, capsys):
    """A function that has a data set refused by `evaluate` and `train`, and returns both lines."""

    def too_late(*arguments, **more):
        raise AssertionError("work began")

    def run(root, *more):
        monkeypatch.setattr(pipeline.Segmenter, "segment", too_late)
        monkeypatch.setattr(loop, "advance", too_late)
        options = [*more, "--device", "cpu"]
        lines = []
        for command in (
            ["evaluate", "--model", "tiny-animals", "--data", str(root / "val")],
            ["train", "unet-animals", "--data", str(root), "--out", str(root / "out")],
        ):
            assert main([*command, *options]) == 2
            said = capsys.readouterr().err.splitlines()  # behind the progress bar
            assert [each.startswith("seg_models ") for each in said].count(True) == 1
            lines.append(said[-1])
        return lines

    return run


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_before_work_begins(tmp_path, refused, name):
    change, complaint = FAULTS[name]
    for line in refused(make(tmp_path, labels=change)):
        assert line.isprintable()
        assert re.search(complaint, line), line


def test_a_damaged_photo_of_val_is_told_before_training(tmp_path, refused):
    root = make(tmp_path)
    Image.effect_noise((36, 24), 90).save(root / "val" / "images" / "1.png")
    content = (root / "val" / "images" / "1.png").read_bytes()
    (root / "val" / "images" / "1.png").write_bytes(content[: len(content) // 2])
    for line in refused(root):
        assert f"{root / 'val'} cannot be used: 1.png is damaged" in line


def test_a_photo_without_labels_is_told_before_training(tmp_path, refused):
    root = make(tmp_path)
    (root / "val" / "labels" / "2.png").unlink()
    for line in refused(root):
        assert line.endswith(f"{root / 'val'}: images/2.png has no labels/2.png")


def turned(orientation):
    """Return what saves a picture with an EXIF orientation."""

    def save(picture, path):
        exif = Image.Exif()
        exif[0x0112] = orientation
        picture.save(path, exif=exif, quality=100, subsampling=0)

    return save


ROTATE = Image.Transpose
SOUND = {
    "exif3": {"photo": lambda p: p.transpose(ROTATE.ROTATE_180), "save": turned(3)},
    "exif6": {"photo": lambda p: p.transpose(ROTATE.ROTATE_90), "save": turned(6)},
    "grey16": {
        "photo": lambda p: Image.fromarray(np.array(p.convert("L")).astype(np.uint16) * 257)
    },
    "uint16_labels": {"labels": lambda number, truth: truth.astype(np.uint16)},
}


@pytest.mark.parametrize("name", SOUND)
def test_what_is_only_unusual_is_learnt_as_it_looks(tmp_path, name):
    """In the tensors that training draws from, the cat's bright pixels are the cat's labels."""
    how = {"extension": "jpg" if name.startswith("exif") else "png", **SOUND[name]}
    root = make(tmp_path, **how)
    for system_file in ("Thumbs.db", "desktop.ini", "._0000.png"):
        (root / "train" / "images" / system_file).write_bytes(b"x")
    data = dataset.load(pairs(root / "train"), "cpu", classes=7)
    assert data.sizes.tolist() == [list(SIDE)] * 3
    for photo, labels in zip(data.photos, data.labels, strict=True):
        cat = labels == 1
        assert cat.sum() == SIDE[0] * 12
        assert (photo[:, cat].float() - 220).abs().mean() < 3
        assert photo[:, labels == 0].float().mean() < 45


def test_another_void_is_neither_scored_nor_learnt(tmp_path, weights, capsys, monkeypatch):
    root = make(tmp_path, labels=with_eleven)
    command = ["evaluate", "--model", "tiny-animals", "--data", str(root / "val"), "--json"]
    assert main([*command, "--void", "11", "--device", "cpu"]) == 0
    assert '"images": 3' in capsys.readouterr().out
    seen = []

    def advance(run, val, *rest):
        form = rest[-2]
        seen.append(run.batches.data.labels)
        seen.extend(read_ground_truth(labels, form) for _, labels in val)
        raise KeyboardInterrupt

    monkeypatch.setattr(loop, "advance", advance)
    with pytest.raises(KeyboardInterrupt):
        train_config(TINY, root, device="cpu", out=tmp_path / "out", form=LabelForm(void=11))
    for labels in seen:
        assert sorted(np.unique(np.asarray(labels))) == [0, 1, 255]


def test_labels_in_the_classes_colours_are_scored_on_request(tmp_path, weights, capsys, primary):
    checkpoint = tiny.pack(tmp_path / "other", "tiny-animals")
    table = np.uint8(checkpoint.labels.colours)
    plain, painted = (
        make(tmp_path / "plain"),
        make(tmp_path / "painted", labels=lambda number, truth: table[truth]),
    )
    said = []
    for root, more in ((plain, []), (painted, ["--colour-labels"])):
        command = ["evaluate", "--model", "tiny-animals", "--data", str(root / "val"), *more]
        assert main([*command, "--device", "cpu"]) == 0
        said.append(capsys.readouterr().out.splitlines()[:-1])  # the last has the time
    assert said[0] == said[1]


def test_what_is_read_is_what_the_readers_say(tmp_path):
    found = pairs(make(tmp_path) / "train")
    for (photo, labels), (photo_path, labels_path) in zip(
        dataset_check.read(found, 7), found, strict=True
    ):
        np.testing.assert_array_equal(photo, open_photo(photo_path))
        np.testing.assert_array_equal(labels, read_ground_truth(labels_path))
