"""Looking inside with pointer, finger and keys."""

import re
import shutil

import numpy as np
import pytest
import tiny
from page.photos import ASSETS
from playwright.sync_api import expect
from steps import opened, upload
from test_page_care import violations

from seg_models import preprocess
from seg_models.explain.affinity import affinity, loudness
from seg_models.specs import CrfSettings

CROSS = "#lens canvas"


def look_inside(page, photo_path):
    """Bring a photo and open the tab."""
    upload(page, photo_path)
    page.get_by_role("tab", name="Look inside").click()
    expect(page.locator(CROSS)).to_be_visible()


@pytest.fixture(scope="module")
def looking(browser, server, photo_path):
    """One page for all tests here, with the tab open."""
    with opened(browser, server) as page:
        look_inside(page, photo_path)
        yield page


def hears(page, sums):
    """Wait until the tab says that a pixel hears this much by colour and by nearness."""
    page.wait_for_function(
        """(sums) => ['colour', 'place'].every((each, index) => {
        const said = document.getElementById(`heard-${each}`).textContent.replaceAll(',', '');
        return Math.abs(Number(said) - sums[index]) < 0.11; })""",
        arg=sums,
    )


def expected(photo_path, x, y, **changed):
    settings = CrfSettings(appearance_weight=2.0, **changed)  # as tiny.pack has it
    kernels = affinity(preprocess.open_photo(photo_path), (x, y), settings)
    return [float(each.sum(dtype=float)) for each in kernels]


def test_the_browsers_affinity_is_the_engines(looking):
    random = np.random.default_rng(8)
    photo = random.integers(100, 150, (17, 23, 3), np.uint8)
    settings = CrfSettings(1, 4.0, 6.0, 12.0, 2.0, 1.5)
    kernels = affinity(photo, (9, 12), settings)
    clear = np.full((17, 23, 1), 255, np.uint8)
    source = (ASSETS / "affinity.js").read_text(encoding="utf-8")
    found = looking.evaluate(
        f"""(bytes) => {{ {source}
        const {{ loud, sums }} = affinity(
          Uint8ClampedArray.from(bytes), {{ width: 23, height: 17 }}, {{ x: 9, y: 12 }},
          {{ appearanceWeight: 4, appearanceReach: 6, colourReach: 12,
             smoothnessWeight: 2, smoothnessReach: 1.5 }});
        return [[...loud], sums.appearance, sums.smoothness]; }}""",
        np.concatenate([photo, clear], 2).ravel().tolist(),
    )
    np.testing.assert_allclose(
        np.reshape(found[0], (17, 23)), loudness(kernels, settings), rtol=1e-4, atol=1e-7
    )
    sums = [float(each.sum(dtype=float)) for each in kernels]
    np.testing.assert_allclose(found[1:], sums, rtol=1e-4)


def test_the_cross_and_the_sliders_say_what_a_pixel_hears_and_ask_nobody(looking, photo_path):
    asked = []
    looking.on("request", lambda request: asked.append(request.url))
    canvas = looking.locator(CROSS)
    canvas.focus()
    hears(looking, expected(photo_path, 48, 32))  # the middle
    before = canvas.evaluate("each => each.toDataURL()")
    for _ in range(3):
        looking.keyboard.press("ArrowRight")  # 2 of 96 pixels each
    looking.keyboard.press("Shift+ArrowUp")
    expect(looking.locator("#lens .said")).to_have_text("Pixel 54, 31")
    hears(looking, expected(photo_path, 54, 31))
    assert canvas.evaluate("each => each.toDataURL()") != before
    looking.locator("#theta-beta input[type=range]").press("ArrowRight")  # 11 levels
    hears(looking, expected(photo_path, 54, 31, colour_reach=11.0))
    assert not [each for each in asked if "data:" not in each]


def test_a_click_shows_what_the_score_under_it_saw(looking):
    looking.get_by_role("tab", name="Receptive field").click()
    expect(looking.locator("#fields-models input:checked")).to_have_count(1)  # of this domain
    looking.locator(CROSS).click(position={"x": 30, "y": 20})
    figure = looking.locator("#fields figure")
    expect(figure).to_have_count(1)
    expect(figure).to_contain_text("435×435 pixels")
    expect(looking.locator("#fields svg rect.theory")).to_have_count(1)
    status = looking.locator("#fields-status [role=status]")
    expect(status).to_have_text(re.compile(r"Pixel 5, \d"))
    first = status.inner_text()
    looking.locator(CROSS).focus()
    looking.keyboard.press("ArrowDown")
    looking.keyboard.press("Enter")
    column, row = (int(each) for each in re.findall(r"\d+", first))
    expect(status).to_have_text(f"Pixel {column}, {row + 2}")
    expect(looking.locator("#fields-absent")).to_contain_text("FCN-8s, DilatedNet, DeepLab v3")


def test_a_decoder_that_came_later_is_offered_and_shown(browser, server, photo_path, zoo_folder):
    tiny.pack(zoo_folder, "segnet-animals", "segnet", options={"width": 0.05})
    try:
        with opened(browser, server) as page:
            look_inside(page, photo_path)
            page.get_by_role("tab", name="Activations").click()
            expect(page.locator("#growth-model input")).to_have_value(re.compile("SegNet"))
            page.locator("#growth-start").click()
            expect(page.locator("#growth figure")).to_have_count(12)
            expect(page.locator("#growth")).to_contain_text("unpool5")
            expect(page.locator("#growth img:not([alt])")).to_have_count(0)
            expect(page.locator("#fields")).to_be_hidden()
    finally:
        shutil.rmtree(zoo_folder / "segnet-animals")


def test_on_a_dark_phone_a_finger_is_enough_and_no_rule_is_broken(browser, server, photo_path):
    with opened(browser, server, color_scheme="dark", has_touch=True) as page:
        page.set_viewport_size({"width": 390, "height": 844})
        look_inside(page, photo_path)
        hears(page, expected(photo_path, 48, 32))
        page.locator(CROSS).tap(position={"x": 1, "y": 1})
        hears(page, expected(photo_path, 0, 0))
        page.locator("#segment").tap()  # the empty panels of Gradio's own break a rule
        expect(page.locator("#status")).to_contain_text("Done")
        assert violations(page) == []
        page.get_by_role("tab", name="Receptive field").click()
        page.locator(CROSS).tap(position={"x": 60, "y": 60})
        expect(page.locator("#fields figure")).to_have_count(1)
        assert page.locator("#fields figure").bounding_box()["width"] > 300
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
