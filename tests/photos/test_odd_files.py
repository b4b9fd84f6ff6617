"""Files that are good pictures with something odd about them: each shows its picture, upright."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from seg_models import preprocess

# Pillow warns of odd metadata; outside of the tests nobody is told.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


@pytest.fixture(scope="module")
def picture():
    """A smooth picture, 24 high and 40 wide, without symmetry: lossy formats hardly change it."""
    y, x = np.mgrid[:24, :40]
    pixels = np.stack([x * 6, y * 10, 255 - x * 3 - y * 5], axis=2)
    return Image.fromarray(pixels.astype(np.uint8))


def saved(picture, kind, **options):
    """Return the bytes of a file of this kind."""
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def shows(content, expected, tolerance=0):
    """Whether a file's bytes show `expected` to within so many levels on average."""
    photo = preprocess.open_photo(content)
    assert photo.shape == np.shape(expected)
    assert np.abs(photo - np.float32(expected)).mean() <= tolerance
    return True


def chunk(kind, body, checksum=None):
    """Return a PNG chunk, whose checksum is right if none is given."""
    right = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum or right)


def with_chunk(picture, *added):
    """Return a PNG with chunks put in behind its header."""
    plain = saved(picture, "PNG")
    return plain[:33] + b"".join(added) + plain[33:]


def exif(orientation):
    """Return EXIF that states an orientation."""
    block = Image.Exif()
    block[0x0112] = orientation
    return block


def xmp(orientation):
    """Return XMP that states an orientation."""
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description '
        f'tiff:Orientation="{orientation}"/></rdf:RDF></x:xmpmeta>'
    ).encode()


def jpeg_with(picture, *segments):
    """Return a JPEG with APP1 segments put in at its beginning."""
    plain = saved(picture, "JPEG", quality=95)
    parts = (b"\xff\xe1" + struct.pack(">H", len(each) + 2) + each for each in segments)
    return plain[:2] + b"".join(parts) + plain[2:]


def jpeg_exif(*entries, tail=b""):
    """Return an EXIF segment of the given 12-byte entries, and of what they point at."""
    head = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", len(entries))
    return head + b"".join(entries) + bytes(4) + tail


TURNED = struct.pack("<HHIHH", 0x0112, 3, 1, 6, 0)


@pytest.mark.parametrize(
    ("kind", "options"),
    [("HEIF", {"quality": 95}), ("AVIF", {"quality": 95}), ("TIFF", {}), ("TIFF", {
        "compression": "tiff_lzw"}), ("JPEG2000", {}), ("WEBP", {"lossless": True}), ("BMP", {})],
)  # fmt: skip
def test_every_common_format_is_read(picture, kind, options):
    assert shows(saved(picture, kind, **options), np.array(picture), 4)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF", "HEIF"])
@pytest.mark.parametrize("as_bytes", [False, True])
def test_exif_turns_a_picture_in_every_format(picture, kind, as_bytes):
    """Given as bytes, it makes pillow-heif write a box that turns; as an object only EXIF."""
    block = exif(6).tobytes() if as_bytes else exif(6)
    content = saved(picture, kind, exif=block, **({} if kind == "TIFF" else {"quality": 95}))
    assert shows(content, np.rot90(np.array(picture), -1), 4)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF"])
def test_xmp_turns_a_picture_where_exif_is_silent(picture, kind):
    upright, turned = np.array(picture), np.rot90(np.array(picture), -1)
    contents = {
        "PNG": with_chunk(picture, chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp(6))),
        "JPEG": jpeg_with(picture, b"http://ns.adobe.com/xap/1.0/\0" + xmp(6)),
        "WEBP": saved(picture, "WEBP", lossless=True, xmp=xmp(6)),
        "TIFF": saved(picture, "TIFF", tiffinfo={700: xmp(6)}),
    }
    assert shows(contents[kind], turned, 4)
    cut = jpeg_with(picture, b"http://ns.adobe.com/xap/1.0/\0" + xmp(6)[:60])
    assert shows(cut, upright, 4)


def test_a_png_with_2_mb_of_text_or_profile_is_read(picture):
    """What picture generators write, and printers."""
    text = PngImagePlugin.PngInfo()
    text.add_text("workflow", "x" * (2 << 20), zip=True)
    assert shows(saved(picture, "PNG", pnginfo=text), np.array(picture))
    profile = np.random.default_rng(0).integers(0, 4, 2 << 20, dtype=np.uint8).tobytes()
    assert shows(saved(picture, "PNG", icc_profile=profile), np.array(picture))


def test_a_png_behind_whose_pixels_is_nonsense_is_read(picture):
    plain = saved(picture, "PNG")
    assert plain[-12:-4] == chunk(b"IEND", b"")[:8]
    odd = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(2 << 20)))
    assert shows(plain[:-12] + odd + plain[-12:], np.array(picture))


@pytest.mark.parametrize("kind", [b"tEXt", b"iCCP", b"eXIf", b"pHYs", b"gAMA"])
def test_a_broken_checksum_beside_the_pixels_is_harmless(picture, kind):
    assert shows(with_chunk(picture, chunk(kind, b"a\0b", checksum=1)), np.array(picture))


def test_what_turns_and_clears_is_kept_of_a_png_that_is_cleaned(picture):
    broken = chunk(b"tEXt", b"a\0b", checksum=1)
    palette = picture.quantize(16)
    plain = saved(palette, "PNG", transparency=bytes([0] * 16), exif=exif(6))
    content = plain[:33] + broken + plain[33:]
    assert shows(content, np.full((40, 24, 3), 255))
    by_xmp = chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp(3))
    assert shows(with_chunk(picture, broken, by_xmp), np.rot90(np.array(picture), 2))


def test_a_broken_checksum_of_the_pixels_is_no_matter_of_taste(picture):
    plain = saved(picture, "PNG")
    place = plain.index(b"IDAT") + 10
    spoilt = plain[:place] + bytes([plain[place] ^ 1]) + plain[place + 1 :]
    with pytest.raises(ValueError, match="the photo is damaged"):
        preprocess.open_photo(spoilt)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (10, struct.pack("<ii", -1, 0)),
        (5, struct.pack("<II", 1, 0)),
        (12, struct.pack("<d", 1e300)),
    ],
)
def test_odd_numbers_in_exif_are_harmless(picture, kind, value):
    """10 is a signed rational; the tag, the resolution, is unsigned by the standard."""
    place = 8 + 2 + 2 * 12 + 4
    odd = struct.pack("<HHII", 0x011A, kind, 1, place)
    content = jpeg_with(picture, jpeg_exif(TURNED, odd, tail=value))
    assert shows(content, np.rot90(np.array(picture), -1), 4)


def test_exif_that_cannot_be_parsed_is_harmless(picture):
    assert shows(jpeg_with(picture, b"Exif\0\0XX*\0" + b"\xff" * 40), np.array(picture), 4)
    assert shows(saved(picture, "PNG", exif=b"Exif\0\0" + b"\xff" * 40), np.array(picture))


@pytest.mark.parametrize("name", ["photo", "photo.txt", "photo.png", "사진.jfif"])
def test_a_files_name_does_not_matter(picture, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(saved(picture, "JPEG", quality=95) + bytes(5000))
    assert shows(path.read_bytes(), preprocess.open_photo(path))
    assert shows(path.read_bytes(), np.array(picture), 4)


def test_deep_colour_keeps_its_levels(tmp_path):
    """48-bit PNG and TIFF, which Pillow does not write, made by hand."""
    levels = np.array([[[0, 32768, 65535], [65535, 257, 12850]]], np.uint16)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 16, 2, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress(b"\0" + levels.astype(">u2").tobytes()))
    content = b"\x89PNG\r\n\x1a\n" + header + rows + chunk(b"IEND", b"")
    assert preprocess.open_photo(content).tolist() == [[[0, 128, 255], [255, 1, 50]]]
    tags = [(256, 3, 1, 2), (257, 3, 1, 1), (258, 3, 3, 122), (259, 3, 1, 1), (262, 3, 1, 2),
            (273, 4, 1, 128), (277, 3, 1, 3), (278, 3, 1, 1), (279, 4, 1, 12)]  # fmt: skip
    entries = b"".join(struct.pack("<HHII", *each) for each in tags)
    content = b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + bytes(4)
    content += struct.pack("<HHH", 16, 16, 16) + levels.astype("<u2").tobytes()
    assert preprocess.open_photo(content).tolist() == [[[0, 128, 255], [255, 1, 50]]]


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_grey_of_fewer_bits_than_16_is_not_shown_black(bits):
    white = 2**bits - 1
    levels = np.array([[0, white // 5, white]], np.uint16)
    for kind in ("PNG", "TIFF"):
        grey = preprocess.open_photo(saved(Image.fromarray(levels), kind))[0, :, 1]
        assert grey.tolist() == [0, 51, 255]
    black = preprocess.open_photo(saved(Image.fromarray(np.zeros((2, 2), np.uint16)), "PNG"))
    assert not black.any()


def ink(mode="CMYK"):
    """Return red and half-black, as inks."""
    return Image.fromarray(np.uint8([[[0, 255, 255, 0]] * 8 + [[0, 0, 0, 128]] * 8] * 8), mode)


@pytest.mark.filterwarnings("ignore:'mode' parameter:DeprecationWarning")
@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_inks_become_colours(kind):
    """A JPEG's are stored the other way round, as Adobe began to."""
    content = saved(ink(), kind, **({"quality": 100} if kind == "JPEG" else {}))
    assert (b"Adobe" in content) == (kind == "JPEG")
    photo = preprocess.open_photo(content)
    assert np.abs(photo[4, 4] - np.float32([255, 0, 0])).max() <= 3
    assert np.abs(photo[4, 12] - np.float32([127, 127, 127])).max() <= 3


def four_ink_profile():
    """Return an ICC profile in which full magenta and yellow are a dull red, L 50 a 40 b 30.

    ICC.1:2001-04, 6.5.8: lut8Type with two grid points a channel, Lab as connection space.
    """
    grid = []
    for index in range(16):
        cyan, magenta, yellow, black = (index >> bit & 1 for bit in (3, 2, 1, 0))
        light = 255 - 64 * (magenta + yellow) - 100 * cyan - 255 * black
        grid += [max(light, 0), 128 + 20 * (magenta + yellow), 128 + 15 * (magenta + yellow)]
    ramp = bytes(range(256))
    unity = b"".join(struct.pack(">i", 65536 * (row == column)) for row in range(3)
                     for column in range(3))  # fmt: skip
    lut = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + unity + ramp * 4 + bytes(grid) + ramp * 3
    lut += bytes(-len(lut) % 4)
    text = b"text" + bytes(4) + b"none\0" + bytes(3)
    white = b"XYZ " + bytes(4) + struct.pack(">iii", 63190, 65536, 54061)
    tags, body, place = b"", b"", 128 + 4 + 3 * 12
    for name, value in ((b"A2B0", lut), (b"cprt", text), (b"wtpt", white)):
        tags += name + struct.pack(">II", place + len(body), len(value))
        body += value
    head = struct.pack(">I4s4s4s4s4s", place + len(body), b"none", b"\2\x40\0\0", b"prtr",
                       b"CMYK", b"Lab ")  # fmt: skip
    head += struct.pack(">6H", 2001, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    head += struct.pack(">iii", 63190, 65536, 54061) + bytes(48)
    assert len(head) == 128
    return head + struct.pack(">I", 3) + tags + body


@pytest.mark.filterwarnings("ignore:'mode' parameter:DeprecationWarning")
def test_inks_go_by_the_printers_profile():
    content = saved(ink(), "TIFF", icc_profile=four_ink_profile())
    dull = preprocess.open_photo(content)[4, 4].astype(int)
    # CIE L*a*b* 50 40 30 (D50) is sRGB 187, 88, 70; black points are matched on the way.
    assert np.abs(dull - [187, 88, 70]).max() <= 12
    odd = saved(ink(), "TIFF", icc_profile=b"no profile at all" * 20)
    assert np.abs(preprocess.open_photo(odd)[4, 4] - np.float32([255, 0, 0])).max() <= 3


def test_open_files_of_any_kind_are_read(picture, tmp_path):
    path = tmp_path / "photo.png"
    picture.save(path)
    with path.open("rb") as file:
        file.read(7)  # whoever looked into it before
        np.testing.assert_array_equal(preprocess.open_photo(file), np.array(picture))
        assert not file.closed

    class Pipe(io.RawIOBase):
        """What cannot be rewound, and hands out little at a time."""

        inner = io.BytesIO(path.read_bytes())

        def readinto(self, buffer):
            return self.inner.readinto(memoryview(buffer)[:100])

        def readable(self):
            return True

    np.testing.assert_array_equal(preprocess.open_photo(io.BufferedReader(Pipe())), picture)
    for held in (path.read_bytes(), bytearray(path.read_bytes()), memoryview(path.read_bytes())):
        np.testing.assert_array_equal(preprocess.open_photo(held), np.array(picture))
    np.testing.assert_array_equal(preprocess.open_photo(str(path)), np.array(picture))


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        (b"", "the photo is empty"),
        (b"Dear Sir or Madam", "the photo is not a picture"),
        (io.BytesIO(), "the photo is empty"),
        (io.StringIO("a text"), r'open as text; open it as bytes, by open\(path, "rb"\)'),
        ("https://example.org/cat.jpg", "is an address; download the photo"),
        (None, "a photo cannot be a NoneType; give a file's path"),
        ([[1, 2], [3, 4]], "a photo cannot be a list; give a file's path"),
    ],
)
def test_what_is_no_photo_is_told_what_one_is(source, complaint):
    with pytest.raises(ValueError, match=complaint) as caught:
        preprocess.open_photo(source)
    assert "\n" not in str(caught.value)


def test_one_photo_has_one_message(picture, tmp_path):
    """Whatever the format, a file that ends early is told about by its name, in one line."""
    for kind in ("JPEG", "PNG", "TIFF", "WEBP", "HEIF", "AVIF"):
        content = saved(picture, kind)
        path = Path(tmp_path, f"half.{kind.lower()}")
        path.write_bytes(content[: len(content) * 2 // 3])
        with pytest.raises(ValueError, match=rf"^half\.{kind.lower()} is ") as caught:
            preprocess.open_photo(path)
        assert len(str(caught.value)) < 200 and "\n" not in str(caught.value)
