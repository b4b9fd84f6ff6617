"""docs/browser/: the network in the browser alone, as in Python, and without any server later."""

import functools
import http.server
import shutil
import subprocess
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from scripts import browser as browser_build
from seg_models import pipeline

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "assets" / "examples" / "street_trier.jpg"
PATIENCE = 120_000  # milliseconds, on a busy machine
pytestmark = pytest.mark.slow


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The page as `make browser` leaves it, in a folder of its own."""
    site = tmp_path_factory.mktemp("browser") / "site"
    shutil.copytree(browser_build.SITE, site, ignore=shutil.ignore_patterns("built"))
    try:
        browser_build.build(site)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"npm cannot fetch onnxruntime-web here: {error.stderr[-300:]}")
    return site


@pytest.fixture
def server(built):
    """A server of files; `shutdown` ends it."""
    handler = functools.partial(Quiet, directory=str(built))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def visit(browser, server):
    """The open page, in a browser that has never seen it; nothing may go wrong unseen."""
    context = browser.new_context(locale="en-GB", viewport={"width": 900, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"http://127.0.0.1:{server.server_port}/")
    yield page
    context.close()
    assert wrong == []


def mask(page, folder):
    """Save the mask as a person does, and return its classes."""
    with page.expect_download() as saved:
        page.click("#save")
    path = folder / "mask.png"
    saved.value.save_as(path)
    colours = pipeline.load("segnet_basic-camvid", "cpu").checkpoint.labels.colours
    pixels = np.asarray(Image.open(path).convert("RGB"))
    distances = [np.abs(pixels.astype(int) - colour).sum(2) for colour in colours]
    assert np.min(distances, 0).max() == 0  # every pixel has a class's very colour
    return np.argmin(distances, 0)


@pytest.mark.parametrize("width", [700, 1500])
def test_the_browser_labels_a_photo_as_python_does(visit, tmp_path, monkeypatch, width):
    monkeypatch.setattr(pipeline, "inference_dtype", lambda device: torch.float32)
    photo = Image.open(EXAMPLE)
    photo = photo.resize((width, width * photo.height // photo.width))
    path = tmp_path / "street.png"
    photo.save(path)
    visit.set_input_files("#file", path)
    visit.wait_for_selector("#save", state="visible")
    found = mask(visit, tmp_path)
    segmentation = pipeline.load("segnet_basic-camvid", "cpu").segment(path)
    expected = segmentation.final.argmax(0).numpy()
    assert found.shape == expected.shape and max(found.shape) == min(width, 1024)
    share = float((found == expected).mean())
    print(f"{100 * share:.3f} % of {expected.size} pixels alike")
    assert share >= 0.999


def test_it_works_without_a_network_once_loaded(visit, server, tmp_path):
    visit.click("#example")
    visit.wait_for_selector("#save", state="visible")
    before = mask(visit, tmp_path)
    visit.wait_for_function("document.querySelector('#offline').textContent !== ''")
    server.shutdown()
    server.server_close()
    visit.reload()
    visit.click("#example")
    visit.wait_for_selector("#save", state="visible")
    assert (mask(visit, tmp_path) == before).all()


def test_what_is_no_picture_is_said_and_another_can_follow(visit, tmp_path):
    bad = tmp_path / "bad.jpg"
    bad.write_text("no photo")
    visit.set_input_files("#file", bad)
    visit.get_by_text("This file is no picture that the browser can read.").wait_for()
    visit.set_input_files("#file", EXAMPLE)
    visit.wait_for_selector("#save", state="visible")


def test_keys_reach_everything_and_both_languages_are_whole(visit):
    visit.keyboard.press("Tab")
    assert visit.evaluate("document.activeElement.id") == "language"
    visit.keyboard.press("Enter")
    assert visit.locator("h1").inner_text() == "브라우저만으로 하는 영상 분할"
    for expected in ("file", "example"):
        visit.keyboard.press("Tab")
        assert visit.evaluate("document.activeElement.id") == expected
    visit.keyboard.press("Enter")
    visit.wait_for_selector("#save", state="visible")
    assert "건물" in visit.locator("#legend").inner_text()
    keys = visit.evaluate(
        "import('./words.js').then(({WORDS}) => Object.values(WORDS).map(Object.keys))"
    )
    assert keys[0] == keys[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_breaks_no_rule_of_accessibility_and_fits_a_phone(visit, scheme):
    visit.emulate_media(color_scheme=scheme)
    visit.set_viewport_size({"width": 360, "height": 740})
    visit.click("#example")
    visit.wait_for_selector("#save", state="visible")
    found = Axe().run(visit)
    assert found.violations_count == 0, found.generate_report()
    assert visit.evaluate("document.documentElement.scrollWidth") <= 360
