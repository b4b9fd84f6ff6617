"""Label pictures as people have them: indices come out, or a sentence with the file's name."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from tiny import PRIMARY

from seg_models.evaluation.labelled_photos import LabelForm, pairs, read_ground_truth

LABELS = np.uint8([[0, 1, 2, 2], [1, 1, 255, 0]])


def saved(folder, picture, name="mask.png", kind="PNG", **options):
    """Return the path of a picture, or of an array as one, saved in `folder`."""
    picture = Image.fromarray(picture) if isinstance(picture, np.ndarray) else picture
    path = folder / name
    picture.save(path, kind, **options)
    return path


def chunk(kind, body):
    """Return a PNG chunk."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def few_bits(path, bits, rows):
    """Write a grey PNG of 1, 2 or 4 bits, as optimisers of PNGs do and Pillow does not."""
    height, width = np.shape(rows)
    header = struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0)
    packed = b""
    for row in rows:
        digits = "".join(f"{value:0{bits}b}" for value in row)
        digits += "0" * (-len(digits) % 8)
        packed += b"\0" + int(digits, 2).to_bytes(len(digits) // 8, "big")
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(packed)), chunk(b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    return path


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP"])
def test_indices_are_read_from_grey_and_indexed_pictures(tmp_path, kind):
    np.testing.assert_array_equal(read_ground_truth(saved(tmp_path, LABELS, kind=kind)), LABELS)
    indexed = Image.fromarray(LABELS)
    indexed.putpalette(np.random.default_rng(0).integers(0, 256, 768).tolist())
    np.testing.assert_array_equal(read_ground_truth(saved(tmp_path, indexed, kind=kind)), LABELS)


def test_sixteen_bits_hold_indices_too(tmp_path):
    deep = LABELS.astype(np.uint16)
    np.testing.assert_array_equal(read_ground_truth(saved(tmp_path, deep)), LABELS)
    deep[0, 0] = 65535
    with pytest.raises(ValueError, match=r"mask\.png holds 65535, .*if 65535 is void, say --void"):
        read_ground_truth(saved(tmp_path, deep))
    expected = LABELS.copy()
    expected[0, 0] = 255
    read = read_ground_truth(saved(tmp_path, deep), LabelForm(void=65535))
    np.testing.assert_array_equal(read, expected)


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_a_picture_of_few_bits_holds_indices_not_brightness(tmp_path, bits):
    rows = [[0, 1, 2**bits - 1, 1], [1, 0, 0, 1]]
    assert read_ground_truth(few_bits(tmp_path / "mask.png", bits, rows)).tolist() == rows


def test_another_void_becomes_255(tmp_path):
    tutorial = np.where(LABELS == 255, 11, LABELS).astype(np.uint8)
    read = read_ground_truth(saved(tmp_path, tutorial), LabelForm(void=11))
    np.testing.assert_array_equal(read, LABELS)
    with pytest.raises(ValueError, match="void is -1"):
        LabelForm(void=-1)


def test_colours_are_converted_where_they_are_the_classes(tmp_path):
    table = np.zeros((256, 3), np.uint8)
    table[:3] = PRIMARY.colours
    form = LabelForm(colours=PRIMARY)
    for void in ((224, 224, 192), (0, 0, 0)):  # VOC's, and CamVid's
        table[255] = void
        picture = Image.fromarray(table[LABELS])
        for each in (picture, picture.convert("RGBA"), picture.quantize(8)):
            np.testing.assert_array_equal(read_ground_truth(saved(tmp_path, each), form), LABELS)
    table[2] = 1, 2, 3
    with pytest.raises(ValueError, match=r"mask\.png holds the colour \(1, 2, 3\), which no class"):
        read_ground_truth(saved(tmp_path, table[LABELS]), form)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "CMYK"])
def test_colours_are_refused_where_nobody_says_what_they_are(tmp_path, mode):
    path = saved(tmp_path, Image.fromarray(LABELS).convert("RGB").convert(mode), kind="TIFF" if
                 mode == "CMYK" else "PNG")  # fmt: skip
    with pytest.raises(ValueError, match=rf"mask\.png is a {mode} picture; labels are indexed"):
        read_ground_truth(path)


def test_what_is_no_label_picture_is_refused_by_name(tmp_path):
    lossy = saved(tmp_path, LABELS, "a.png", "JPEG")
    cut = saved(tmp_path, np.random.default_rng(0).integers(0, 9, (90, 90), np.uint8), "b.png")
    cut.write_bytes(cut.read_bytes()[:900])
    (tmp_path / "c.png").write_text("nothing")
    for path, complaint in ((lossy, "a.png is not a picture"), (cut, "b.png is damaged"),
                            (tmp_path / "c.png", "c.png is not a picture")):  # fmt: skip
        with pytest.raises(ValueError, match=complaint) as caught:
            read_ground_truth(path)
        assert "\n" not in str(caught.value)


def folders(root, photos, labels):
    """Write empty files into images/ and labels/."""
    for kind, names in (("images", photos), ("labels", labels)):
        (root / kind).mkdir()
        for name in names:
            (root / kind / name).touch()
    return root


def test_photos_are_paired_whatever_else_lies_there(tmp_path):
    photos = ["a.jpg", "b.HEIC", "Thumbs.db", "desktop.ini", "._a.png", ".DS_Store"]
    root = folders(tmp_path, photos, ["a.png", "b.PNG", "._a.png", "Thumbs.db"])
    found = [(photo.name, labels.name) for photo, labels in pairs(root)]
    assert found == [("a.jpg", "a.png"), ("b.HEIC", "b.PNG")]


@pytest.mark.parametrize(
    ("photos", "labels", "complaint"),
    [
        (["a.jpg", "b.jpg"], ["a.png"], r"images/b\.jpg has no labels/b\.png$"),
        (["a.jpg"], ["a.png", "b.png"], r"labels/b\.png has no photo$"),
        (["a.jpg", "a.png"], ["a.png"], r"images/a\.jpg and images/a\.png would share"),
        ([f"{each}.jpg" for each in "abcdefg"], [], r"labels/e\.png; and 2 more such files$"),
        ([], [], "images holds no photos"),
    ],
)
def test_what_has_no_partner_is_named(tmp_path, photos, labels, complaint):
    with pytest.raises(ValueError, match=complaint):
        pairs(folders(tmp_path, photos, labels))
