"""Looking inside with pointer, finger and keys."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from steps import answered, drag, opened, upload

from seg_models import preprocess
from seg_models.explain.affinity import affinity, loudness
from seg_models.specs import CrfSettings

CROSS = "#lens canvas"


@pytest.fixture
def looking(browser, site):
    """A page with the tab open, and the first of the site's photos: 60 x 40 pixels."""
    with opened(browser, site.address) as page:
        upload(page, site.photos[0].path)
        page.get_by_role("tab", name="Look inside").click()
        expect(page.locator(CROSS)).to_be_visible()
        yield page


def hears(page, sums):
    """Wait until the tab says that a pixel hears this much by colour and by nearness."""
    page.wait_for_function(
        """(sums) => ['colour', 'place'].every((each, index) => {
        const said = document.getElementById(`heard-${each}`)?.textContent.replaceAll(',', '');
        return Math.abs(Number(said) - sums[index]) < 0.11; })""",
        arg=sums,
    )


def expected(site, x, y, **changed):
    settings = CrfSettings(appearance_weight=2.0, **changed)  # as tiny.pack has it
    kernels = affinity(preprocess.open_photo(site.photos[0].path), (x, y), settings)
    return [float(each.sum(dtype=float)) for each in kernels]


def test_the_browsers_affinity_is_the_engines(looking, site):
    random = np.random.default_rng(8)
    photo = random.integers(100, 150, (17, 23, 3), np.uint8)
    settings = CrfSettings(1, 4.0, 6.0, 12.0, 2.0, 1.5)
    kernels = affinity(photo, (9, 12), settings)
    clear = np.full((17, 23, 1), 255, np.uint8)
    found = looking.evaluate(
        """async ([address, bytes]) => {
        const { affinity } = await import(`${address}/page/static/affinity.js`);
        const { loud, sums } = affinity(
          Uint8ClampedArray.from(bytes), { width: 23, height: 17 }, { x: 9, y: 12 },
          { appearanceWeight: 4, appearanceReach: 6, colourReach: 12,
             smoothnessWeight: 2, smoothnessReach: 1.5 });
        return [[...loud], sums.appearance, sums.smoothness]; }""",
        [site.address, np.concatenate([photo, clear], 2).ravel().tolist()],
    )
    np.testing.assert_allclose(
        np.reshape(found[0], (17, 23)), loudness(kernels, settings), rtol=1e-4, atol=1e-7
    )
    sums = [float(each.sum(dtype=float)) for each in kernels]
    np.testing.assert_allclose(found[1:], sums, rtol=1e-4)


def test_the_cross_says_what_a_pixel_hears_and_the_crfs_own_settings_rule(looking, site):
    canvas = looking.locator(CROSS)
    canvas.focus()
    hears(looking, expected(site, 30, 20))  # the middle
    before = canvas.evaluate("each => each.toDataURL()")
    for _ in range(3):
        looking.keyboard.press("ArrowRight")  # 2 of 60 pixels each
    looking.keyboard.press("Shift+ArrowUp")
    expect(looking.locator("#lens .spoken")).to_have_text("Pixel 36, 19")
    hears(looking, expected(site, 36, 19))
    assert canvas.evaluate("each => each.toDataURL()") != before
    looking.locator("#crf-settings summary").click()
    drag(looking, "#theta-beta input", 0.15, 0.5)
    levels = float(looking.locator("#theta-beta input").input_value())
    hears(looking, expected(site, 36, 19, colour_reach=levels))


def test_a_click_shows_what_the_score_under_it_saw(looking):
    looking.get_by_role("tab", name="Receptive field").click()
    expect(looking.locator("#fields-models input:checked")).to_have_count(1)  # of this domain
    looking.locator(CROSS).click(position={"x": 30, "y": 20})
    figure = looking.locator("#more-inside figure")
    expect(figure).to_have_count(1)
    expect(figure).to_contain_text("435×435 pixels")
    expect(looking.locator("#more-inside svg rect.theory")).to_have_count(1)
    status = looking.locator("#more-inside .status")
    expect(status).to_have_text(re.compile(r"Pixel \d+, \d+"))
    first = status.inner_text()
    looking.locator(CROSS).focus()
    looking.keyboard.press("ArrowDown")
    looking.keyboard.press("Enter")
    column, row = (int(each) for each in re.findall(r"\d+", first))
    expect(status).to_have_text(f"Pixel {column}, {row + 2}")


def test_without_a_decoder_the_button_rests(looking):
    looking.get_by_role("tab", name="Activations").click()
    expect(looking.locator("#growth-start")).to_be_disabled()


def test_another_photo_takes_the_place_of_the_last(looking, site):
    looking.get_by_role("tab", name="Receptive field").click()
    looking.locator(CROSS).click(position={"x": 30, "y": 20})
    expect(looking.locator("#more-inside figure")).to_have_count(1)
    upload(looking, site.photos[2].path)
    expect(looking.locator(CROSS)).to_have_js_property("width", 90)
    expect(looking.locator("#more-inside figure")).to_have_count(0)
    answered(looking)
