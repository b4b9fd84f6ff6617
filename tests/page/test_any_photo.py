"""Photos in every form that people have, handed in by a browser: what is previewed is the photo.

The browser itself shows none of HEIC and TIFF, and turns or colours others differently; so what it
shows must be what the server decoded, upright, in the preview and under the masks alike.
"""

import io
import zlib

import numpy as np
import pytest
from PIL import Image, PngImagePlugin
from playwright.sync_api import expect
from steps import answered, drag, opened, pixel, upload

QUARTERS = {  # where, in parts of width and height: what colour
    (0.25, 0.25): (200, 40, 40),
    (0.75, 0.25): (40, 160, 60),
    (0.25, 0.75): (50, 60, 190),
    (0.75, 0.75): (220, 210, 60),
}
TOLERANCE = 40  # levels: inks and lossy formats shift a colour, none as far as another quarter's
# The preview's size, and the colours that it shows at those places.
LOADED = "() => document.querySelector('#photo img').naturalWidth === 96"
SHOWN = """(places) => {
  const picture = document.querySelector('#photo img');
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
  const pen = canvas.getContext('2d');
  pen.drawImage(picture, 0, 0);
  const at = ([x, y]) => pen.getImageData(x * canvas.width, y * canvas.height, 1, 1).data;
  return [[canvas.width, canvas.height], ...places.map((place) => [...at(place)].slice(0, 3))];
}"""


@pytest.fixture(scope="module")
def page(browser, running_site):
    with opened(browser, running_site.address) as page:
        answered(page)
        drag(page, "#opacity input", 0.55, 0)
        yield page


def upright():
    """The photo as it is to be seen, 96 wide and 64 high."""
    pixels = np.zeros((64, 96, 3), np.uint8)
    for (x, y), colour in QUARTERS.items():
        top, left = int(y * 2) * 32, int(x * 2) * 48
        pixels[top : top + 32, left : left + 48] = colour
    return Image.fromarray(pixels)


def saved(picture, kind, **options):
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def lying():
    """The photo as a phone held sideways stores it, and the EXIF that says how to turn it."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by a quarter
    return upright().transpose(Image.Transpose.ROTATE_90), exif


def heic():
    picture, exif = lying()
    return saved(picture, "HEIF", quality=95, exif=exif)


def webp():
    picture, exif = lying()
    return saved(picture, "WEBP", lossless=True, exif=exif)


def turned_by_xmp():
    picture, _ = lying()
    xmp = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description tiff:Orientation="6"/>'
        b"</rdf:RDF></x:xmpmeta>"
    )
    return saved(picture, "JPEG", quality=95, subsampling=0, xmp=xmp)


def chunk(kind, body):
    return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)


def deep():
    """A PNG of 16 bits a channel, which Pillow does not write."""
    levels = np.asarray(upright()).astype(">u2") * 257
    lines = b"".join(b"\0" + each.tobytes() for each in levels)
    head = (96).to_bytes(4) + (64).to_bytes(4) + bytes([16, 2, 0, 0, 0])
    parts = (b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def talkative():
    """A PNG with two megabytes of text in it."""
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "a" * (2 << 20))
    return saved(upright(), "PNG", pnginfo=text)


def broken_comment():
    """A PNG with a text whose checksum is wrong."""
    whole = saved(upright(), "PNG")
    return whole[:33] + chunk(b"tEXt", b"Comment\0hello")[:-4] + b"oops" + whole[33:]


FILES = {
    "phone.HEIC": heic,
    "photo.avif": lambda: saved(upright(), "AVIF", quality=95),
    "scan.tiff": lambda: saved(upright(), "TIFF"),
    "turned.webp": webp,
    "turned by xmp.jpg": turned_by_xmp,
    "inks.jpg": lambda: saved(upright().convert("CMYK"), "JPEG", quality=95, subsampling=0),
    "deep.png": deep,
    "talkative.png": talkative,
    "broken comment.png": broken_comment,
    "without an ending": lambda: saved(upright(), "PNG"),
}


@pytest.mark.parametrize("name", FILES)
def test_what_is_previewed_and_segmented_is_the_photo(page, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(FILES[name]())
    upload(page, path)
    expect(page.locator("#photo")).to_contain_text(name)
    page.wait_for_function(LOADED)
    size, *colours = page.evaluate(SHOWN, list(QUARTERS))
    assert size == [96, 64]
    assert alike(colours), colours
    # Under a mask of no opacity lies what the network was given.
    colours = [pixel(page, "upsampled", *place) for place in QUARTERS]
    assert alike(colours), colours


def alike(colours):
    return np.abs(np.array(colours) - list(QUARTERS.values())).max() <= TOLERANCE


def test_a_file_that_is_no_photo_gets_one_sentence_and_the_last_result_stays(page, tmp_path):
    good, bad = tmp_path / "good.png", tmp_path / "broken.jpg"
    good.write_bytes(saved(upright(), "PNG"))
    bad.write_bytes(saved(upright(), "JPEG")[:300])
    run = upload(page, good)
    page.locator("#photo input[type=file]").set_input_files(bad)
    expect(page.get_by_role("alert")).to_contain_text("broken.jpg")
    assert page.get_by_role("alert").count() == 1
    assert page.locator("#page").get_attribute("data-run") == run
