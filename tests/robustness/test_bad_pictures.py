"""Whatever is handed in as a photo: a photo comes of it, or one clear sentence."""

import random
import subprocess
import sys

import damaged_pictures as pictures
import pytest
from verdicts import opened

from seg_models import preprocess
from seg_models.photos import files

# Pillow warns of odd metadata; outside of the tests nobody is told.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")
ROUNDS = 15  # spoilt files of each form; `make fuzz` tries thousands
MEMORY = 2 * 2**30  # bytes of address space beyond what the program itself takes
SECONDS = 120  # of processor time, many times what is needed


@pytest.mark.parametrize("form", pictures.sound())
def test_a_spoilt_picture_is_a_photo_or_a_sentence(tmp_path, form):
    path = tmp_path / "photo.jpg"
    path.write_bytes(pictures.sound()[form])
    assert sorted(opened(path).shape) == [3, 24, 32]
    chance = random.Random(form)
    for _ in range(ROUNDS):
        path.write_bytes(pictures.spoil(pictures.sound()[form], chance))
        opened(path)


PHOTOS = {
    "png rows bomb", "png text bomb", "png profile bomb", "jpeg and html", "png and zip",
    "jpeg with a profile of nonsense",
    "jpeg with a profile that ends early", "jpeg with an odd rotation",
    "jpeg with a rotation of 0", "jpeg with exif of nonsense",
}  # fmt: skip


@pytest.mark.parametrize("name", pictures.crafted())
def test_a_crafted_file_is_a_photo_only_if_it_is_one(tmp_path, name):
    path = tmp_path / "photo.png"
    path.write_bytes(pictures.crafted()[name])
    assert (opened(path) is not None) == (name in PHOTOS)


def test_crafted_files_cost_little_memory_and_time(tmp_path):
    """Held by the system: beyond its limits the process would be refused memory, or be stopped."""
    for number, content in enumerate(pictures.crafted().values()):
        (tmp_path / f"{number}.png").write_bytes(content)
    script = f"""
import resource, sys
from pathlib import Path
from seg_models import preprocess
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + {MEMORY},) * 2)
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS},) * 2)
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        preprocess.open_photo(path)
    except ValueError as error:
        assert not isinstance(error.__cause__, MemoryError), path
"""
    done = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr


@pytest.mark.parametrize(
    "name",
    ["<img src=x onerror=alert(1)>.jpg", "a;rm -rf ~.jpg", "..jpg", "é\n2.jpg", "%2e%2e.jpg"],
)
def test_a_files_name_is_only_a_name(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"no picture")
    with pytest.raises(ValueError, match="is not a picture"):
        preprocess.open_photo(path)


def test_a_file_that_may_not_be_read_is_named_without_its_place(tmp_path, monkeypatch):
    path = tmp_path / "photo.jpg"
    path.write_bytes(pictures.sound()["jpeg"])

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(files.Image, "open", refuse)
    with pytest.raises(ValueError, match=r"photo\.jpg.*Permission denied") as caught:
        preprocess.open_photo(path)
    assert str(tmp_path) not in str(caught.value)
