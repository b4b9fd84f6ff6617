"""Stopping a comparison half-way."""

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from steps import opened, upload

# Keeps, for each change of the pictures, how many networks have answered.
WATCHED = """() => {
  const place = document.getElementById('comparison');
  window.answered = [];
  new MutationObserver(() => window.answered.push(place.querySelectorAll('figure').length))
    .observe(place, { childList: true, subtree: true });
}"""


@pytest.fixture
def slow_photo(tmp_path):
    """A photo of noise: with no two colours alike, a CRF takes its longest."""
    path = tmp_path / "noise.png"
    noise = np.random.default_rng(2).integers(0, 256, (480, 640, 3), np.uint8)
    Image.fromarray(noise).save(path)
    return path


def test_stop_keeps_what_is_there_and_another_comparison_can_begin(browser, server, slow_photo):
    with opened(browser, server) as page:
        upload(page, slow_photo)
        page.locator("#iterations input[type=number]").fill("20")
        page.get_by_role("button", name="Choose all").click()
        expect(page.locator("#compare-models input:checked")).to_have_count(2)
        page.evaluate(WATCHED)
        figures, status = page.locator("#comparison figure"), page.locator("#compare-status")
        start = page.get_by_role("button", name="Compare", exact=True)
        start.click()
        expect(status).to_contain_text("2 of 2:")
        expect(start).to_be_disabled()
        held = []
        page.route("**/gradio_api/cancel", lambda route: held.append(route))  # a slow network
        with page.expect_request("**/gradio_api/cancel"):
            page.get_by_role("button", name="Stop").click()
        expect(status).to_contain_text("CRF: iteration")  # so a step is told after Stop
        held.pop().continue_()
        expect(status).to_have_text("Stopped.")
        expect(figures).to_have_count(1)
        page.locator("#compare-models input").last.uncheck()
        start.click()  # and as this takes long too, the second network would have answered by then
        expect(status).to_have_text("1 network compared.")
        expect(figures).to_have_count(1)
        assert max(page.evaluate("window.answered")) == 1
