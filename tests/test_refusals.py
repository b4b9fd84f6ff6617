"""What is no photo is refused by one kind of error, in words that help."""

import io
import random
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from seg_models import preprocess
from seg_models.photos import files

TINY = np.zeros((2, 3, 3), np.uint8)


def png_header(width, height):
    """Return a PNG of which only the header is sound: nothing may be decoded."""

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [10_001, 12_000, 20_000])
def test_more_than_100_megapixels_are_refused_by_the_header(tmp_path, side):
    path = tmp_path / "huge.png"
    path.write_bytes(png_header(side, side))
    with pytest.raises(ValueError, match=r"huge.png is too large.*at most 100 megapixels"):
        preprocess.open_photo(path)


@pytest.mark.parametrize("source", [Image.fromarray(TINY), TINY])
def test_pictures_and_arrays_are_measured_too(monkeypatch, source):
    monkeypatch.setattr(files, "MAX_PIXELS", 5)
    with pytest.raises(ValueError, match="too large, 3x2 pixels"):
        preprocess.open_photo(source)


def jpeg():
    """Return a JPEG of noise."""
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).save(stream, "JPEG")
    return stream.getvalue()


@pytest.mark.parametrize(
    "content, complaint",
    [
        (b"", "photo.jpg is empty"),
        (b"Dear Sir or Madam", "photo.jpg is not a picture"),
        (jpeg()[:2000], "photo.jpg is damaged"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "photo.jpg is not a picture"),
    ],
)
def test_what_is_no_photo_is_refused_by_name(tmp_path, content, complaint):
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=complaint):
        preprocess.open_photo(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none.jpg", tmp_path):
        with pytest.raises(ValueError, match="is not a file"):
            preprocess.open_photo(path)


def test_float_pixels_are_refused(tmp_path):
    path = tmp_path / "float.tiff"
    Image.fromarray(np.ones((2, 2), np.float32)).save(path)
    with pytest.raises(ValueError, match="floats"):
        preprocess.open_photo(path)


@pytest.mark.parametrize(
    "array",
    [
        np.full((2, 2, 3), 1.5), np.full((2, 2), np.nan), np.full((2, 2), -0.1),
        np.ones((2, 2, 2), np.uint8), np.ones((0, 2, 3), np.uint8), np.uint8(3).reshape(()),
        np.ones((1, 2, 2, 3), np.uint8), np.ones((2, 2), bool), np.ones((2, 2), np.int64),
    ],
)  # fmt: skip
def test_other_arrays_are_refused(array):
    with pytest.raises(ValueError, match="array"):
        preprocess.open_photo(array)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "TIFF"])
def test_damage_gives_a_photo_or_a_value_error(tmp_path, kind):
    """A decoder may raise anything; whoever called `open_photo` sees one kind of error."""
    stream = io.BytesIO()
    Image.open(io.BytesIO(jpeg())).resize((24, 24)).save(stream, kind)
    chance = random.Random(kind)
    path = tmp_path / "photo"
    for _ in range(60):
        content = bytearray(stream.getvalue())
        for _ in range(chance.randint(1, 8)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path.write_bytes(content[: chance.choice([None, chance.randrange(len(content))])])
        try:
            photo = preprocess.open_photo(path)
        except ValueError:
            continue
        assert photo.dtype == np.uint8
        assert photo.shape[2] == 3
