"""The everyday data set: doubtful labels of things that are none of the classes."""

import numpy as np
from PIL import Image

from scripts import everyday_data
from seg_models.specs import VOID

ZEBRA, HORSE, REAL = "in2_n02391049_2847", "extra_horse", "2008_000001"
SIZE = 64


def picture(path, array):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path)


def given(data):
    """A photo of each kind: a zebra, which the network did not know, a horse, and a real one."""
    grey = np.full((SIZE, SIZE, 3), 128, np.uint8)
    doubtful = np.zeros((SIZE, SIZE), np.uint8)
    doubtful[20:40, 20:40] = VOID
    for name, images, labels in (
        (ZEBRA, data / "everyday/train/images", data / "everyday/train/labels"),
        (HORSE, data / "everyday/train/images", data / "everyday/train/labels"),
        (REAL, data / "animals/train/images", data / "everyday/animals_train_labels"),
    ):
        picture(images / f"{name}.webp", grey)
        picture(labels / f"{name}.png", doubtful)
    (data / "everyday/val").mkdir()


def test_what_a_named_photo_was_doubtful_about_is_background(tmp_path):
    given(tmp_path / "data")
    everyday_data.gather(tmp_path / "data", tmp_path / "out")
    labels = tmp_path / "out/train/labels"
    assert (np.array(Image.open(labels / f"{ZEBRA}.png")) == 0).all()
    for name in (HORSE, REAL):
        assert (np.array(Image.open(labels / f"{name}.png")) == VOID).sum() == 400
        assert (labels / f"{name}.png").is_symlink()
    pseudo = (tmp_path / "out/train/pseudo.txt").read_text().split()
    assert pseudo == [HORSE]  # a zebra is known to be none of the classes
    assert (tmp_path / "out/val").is_dir()


def test_gathering_again_leaves_the_sources_as_they_are(tmp_path):
    given(tmp_path / "data")
    for _ in range(2):
        everyday_data.gather(tmp_path / "data", tmp_path / "out")
    source = tmp_path / "data/everyday/train/labels" / f"{ZEBRA}.png"
    assert (np.array(Image.open(source)) == VOID).sum() == 400


def test_doubt_around_a_labelled_thing_stays():
    labels = np.full((SIZE, SIZE), VOID, np.uint8)
    labels[:, :10] = 15  # a person, whose edge is in doubt
    cleared = everyday_data.cleared(labels)
    assert (cleared[:, :10] == 15).all()
    assert (cleared[:, 10 : 10 + everyday_data.MARGIN] == VOID).all()
    assert (cleared[:, 10 + everyday_data.MARGIN :] == 0).all()


def test_photos_of_other_things_are_background_all_over(tmp_path, monkeypatch):
    given(tmp_path / "data")
    picture(tmp_path / "fishes/fish.webp", np.full((400, 800, 3), 90, np.uint8))
    (tmp_path / "nothing.txt").write_text("# fish\nfishes/fish.webp\n")
    monkeypatch.setattr(everyday_data, "NOTHING", tmp_path / "nothing.txt")
    everyday_data.gather(tmp_path / "data", tmp_path / "out", tmp_path)
    with Image.open(tmp_path / "out/train/images/none_fishes_fish.webp") as photo:
        assert photo.size == (384, 192)
    labels = np.array(Image.open(tmp_path / "out/train/labels/none_fishes_fish.png"))
    assert labels.shape == (192, 384) and not labels.any()
    assert "fish" not in (tmp_path / "out/train/pseudo.txt").read_text()
