"""Comparing networks in a browser: stopped half-way, and begun again."""

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from steps import answered, drag, opened, upload

SAYS = "(text) => document.querySelector('#compare-status').textContent.includes(text)"


@pytest.fixture
def slow_photo(tmp_path):
    """A photo of noise: with no two colours alike, a CRF takes its longest."""
    path = tmp_path / "noise.png"
    noise = np.random.default_rng(2).integers(0, 256, (768, 1024, 3), np.uint8)
    Image.fromarray(noise).save(path)
    return path


def test_stop_keeps_what_is_there_and_another_comparison_can_begin(browser, site, slow_photo):
    with opened(browser, site.address) as page:
        upload(page, slow_photo)
        drag(page, "#iterations input", 0.3, 1)  # it lasts, however late a busy machine looks
        answered(page)
        page.get_by_role("button", name="Choose all").click()
        figures, status = page.locator("#comparison figure"), page.locator("#compare-status")
        start = page.get_by_role("button", name="Compare", exact=True)
        start.click()
        page.locator("#compare-stop").focus()
        page.wait_for_function(SAYS, arg="2 of 2:")  # looked at in each frame
        page.keyboard.press("Enter")
        expect(status).to_have_text("Stopped.")
        expect(figures).to_have_count(1)
        page.locator("#compare-models input").last.uncheck()
        start.click()
        expect(status).to_have_text("1 network compared.")
        expect(figures).to_have_count(1)


def test_another_photo_ends_the_comparison_of_the_last(browser, site, slow_photo):
    with opened(browser, site.address) as page:
        upload(page, slow_photo)
        drag(page, "#iterations input", 0.3, 1)  # it lasts, however late a busy machine looks
        page.get_by_role("button", name="Choose all").click()
        page.locator("#compare").click()
        page.wait_for_function(SAYS, arg=" of 2:")
        upload(page, site.photos[0].path)
        expect(page.locator("#compare-status")).to_have_text("Stopped.")
        expect(page.locator("#more-compare")).to_have_attribute("data-stale", "")


def test_the_networks_of_one_domain_are_ticked_at_first(browser, site):
    with opened(browser, site.address) as page:
        upload(page, site.photos[0].path)
        expect(page.locator("#compare-models input:checked")).to_have_count(1)
        page.locator("#compare").click()
        expect(page.locator("#comparison h3")).to_have_text("animals")
