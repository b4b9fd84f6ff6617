"""The camera's stream: each frame's labels are the network's, and none lags behind."""

import base64
import io
import re
import zlib
from pathlib import Path

import axe_playwright_python
import httpx
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from steps import answered, opened

from benchmarks import live as benchmark
from scripts import running
from seg_models import pipeline

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
MODEL = "deeplab_v1-animals"


def send(address, content, kind="image/jpeg", **named):
    question = {"model": MODEL, "visitor": "a", "language": "en", **named}
    headers = {"content-type": kind}
    return httpx.post(
        f"{address}/page/live", params=question, content=content, headers=headers, timeout=60
    ).json()


@pytest.fixture
def jpeg(site):
    """A frame as a browser sends it."""
    with Image.open(site.photos[0].path) as photo:
        written = io.BytesIO()
        photo.convert("RGB").save(written, "JPEG", quality=90)
    return written.getvalue()


def test_a_frame_is_answered_by_its_labels(site, jpeg):
    said = send(site.address, jpeg)
    packed = said["map"]
    values = np.frombuffer(zlib.decompress(base64.b64decode(packed["content"])), np.uint8)
    found = values.reshape(packed["height"], packed["width"])
    expected = pipeline.load(MODEL, "cpu").segment(jpeg).labels()
    assert len(np.unique(expected)) > 1
    np.testing.assert_array_equal(found, expected)
    assert said["milliseconds"] > 0


def test_a_large_frame_comes_back_smaller(site):
    written = io.BytesIO()
    Image.new("RGB", (1280, 960), "red").save(written, "JPEG")
    packed = send(site.address, written.getvalue())["map"]
    assert (packed["width"], packed["height"]) == (640, 480)


def test_what_is_no_frame_is_refused(site, jpeg):
    assert "not a picture" in send(site.address, b"no photo")["refused"]
    assert "none" in send(site.address, jpeg, model="none")["refused"]
    assert "image/jpeg" in send(site.address, jpeg, kind="text/plain")["refused"]
    assert "2 MB" in send(site.address, bytes(2**21 + 1))["refused"]


@pytest.fixture(scope="module")
def filming(browser):
    """A browser with a camera: chromium's own, which films a moving test picture."""
    with running.launched(browser.browser_type, *benchmark.CAMERA) as started:
        yield started


class Frames:
    """How many frames are on their way, and how many were answered."""

    def __init__(self, page):
        self.on_their_way = self.most = self.answered = 0
        page.on("request", lambda request: self._count(request, 1))
        page.on("requestfinished", lambda request: self._count(request, -1))
        page.on("requestfailed", lambda request: self._count(request, -1))

    def _count(self, request, change):
        if "/page/live" not in request.url:
            return
        self.on_their_way += change
        self.most = max(self.most, self.on_their_way)
        self.answered += change < 0


def live(page):
    """Start the stream, and wait until a few frames were drawn."""
    answered(page)
    page.get_by_role("button", name="Live").click()
    expect(page.locator("#live-dialog canvas")).to_have_attribute(
        "data-frames", re.compile(r"^([4-9]|\d\d+)$")
    )


def test_the_stream_is_drawn_one_frame_at_a_time_and_ends(filming, site):
    with opened(filming, site.address) as page:
        frames = Frames(page)
        live(page)
        said = page.locator("#live-dialog .small")
        expect(said).to_have_text(
            re.compile(r"^\d+\.\d frames per second; .* takes \d+ ms for one$")
        )
        colours = page.locator("#live-dialog canvas").evaluate(
            "canvas => new Set(new Uint32Array("
            "canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.buffer"
            ")).size"
        )
        assert colours > 2
        assert frames.most == 1
        page.locator("#live-dialog").get_by_role("button", name="Stop").click()
        expect(page.locator("#live-dialog")).to_have_count(0)
        frames_then = frames.answered + frames.on_their_way
        page.locator("#examples button").last.click()
        answered(page)
        assert frames.answered <= frames_then
        assert frames.on_their_way == 0


def test_a_slow_answer_drops_frames_instead_of_lagging(filming, site):
    """Of all that is filmed while an answer is held back, only the newest frame is sent then."""
    with opened(filming, site.address) as page:
        held = []

        def hold(route):
            if held:
                route.continue_()
            else:
                held.append(route)

        page.route("**/page/live?*", hold)
        frames = Frames(page)
        answered(page)
        with page.expect_request("**/page/live?*"):
            page.get_by_role("button", name="Live").click()
        # The camera films on: a dozen of its frames go by.
        page.evaluate(
            "navigator.mediaDevices.getUserMedia({ video: true }).then(async (source) => {"
            "const video = document.createElement('video'); video.srcObject = source;"
            "await video.play();"
            "for (let at = 0; at < 12; at += 1) await new Promise((next) =>"
            "  video.requestVideoFrameCallback(next));"
            "source.getTracks().forEach((track) => track.stop()); })"
        )
        assert (frames.on_their_way, frames.answered) == (1, 0)
        held[0].continue_()
        expect(page.locator("#live-dialog canvas")).to_have_attribute(
            "data-frames", re.compile(r"^([3-9]|\d\d+)$")
        )
        assert frames.most == 1


def test_a_network_that_fails_is_said_and_the_camera_is_off(filming, site):
    with opened(filming, site.address) as page:
        page.route("**/page/live?*", lambda route: route.fulfill(json={"refused": "no such thing"}))
        answered(page)
        page.get_by_role("button", name="Live").click()
        expect(page.locator("#live-dialog .small")).to_have_text("no such thing")
        page.keyboard.press("Escape")
        expect(page.locator("#live-dialog")).to_have_count(0)


def test_the_benchmark_counts_the_frames_that_are_drawn(filming, site):
    assert 0 < benchmark.rate(filming, site.address, MODEL, seconds=1) < 60


def test_in_korean_and_with_the_keyboard_alone(filming, site):
    with opened(filming, site.address, path="?lang=ko") as page:
        answered(page)
        page.get_by_role("button", name="실시간").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#live-dialog .small")).to_have_text(re.compile("초당 .*프레임"))
        page.add_script_tag(path=AXE)
        assert page.evaluate("axe.run('#live-dialog')")["violations"] == []
        page.keyboard.press("Escape")
        expect(page.locator("#live-dialog")).to_have_count(0)
