"""Care for every visitor: accessibility rules, keyboard alone, narrow and wide screens."""

import json
from pathlib import Path

import axe_playwright_python
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from steps import answered, caption, iterations, opened, upload

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def violations(page):
    """Return axe-core's findings as (rule, place)."""
    page.add_script_tag(path=AXE)
    found = page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(RULES)}}})")["violations"]
    return [(each["id"], node["html"][:200]) for each in found for node in each["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390], ids=["desktop", "phone"])
def test_no_flow_breaks_an_accessibility_rule(browser, site, tmp_path, width, scheme):
    mask = tmp_path / "mask.png"
    Image.fromarray(np.ones((40, 60), np.uint8)).save(mask)
    with opened(browser, site.address, color_scheme=scheme) as page:
        page.set_viewport_size({"width": width, "height": 844})
        answered(page)
        upload(page, site.photos[0].path)
        for place in ("#card summary", "#bring summary", "#crf-settings summary"):
            page.locator(place).click()
        page.locator("#refined .frame").click(position={"x": 20, "y": 20})
        expect(page.locator("#probe tr")).to_have_count(10)
        page.locator("#compare").click()
        expect(page.locator("#compare-status")).to_contain_text("compared")
        assert violations(page) == []
        page.get_by_role("tab", name="Look inside").click()
        expect(page.locator("#lens canvas")).to_be_visible()
        assert violations(page) == []
        page.get_by_role("tab", name="Take home").click()
        page.locator("#take").click()
        expect(page.locator("#calls")).to_contain_text("seg_models predict")
        assert violations(page) == []
        page.get_by_role("tab", name="Check").click()
        page.locator("#truth input[type=file]").set_input_files(mask)
        expect(page.locator("#truth-report")).to_contain_text("CRF")
        page.locator("#layout").click()
        page.locator("#model input").click()
        assert violations(page) == []
        page.keyboard.press("Escape")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_main_job_is_done_with_the_keyboard_alone(browser, site):
    with opened(browser, site.address) as page:
        first = answered(page)

        def tab_to(selector):
            for _ in range(60):
                page.keyboard.press("Tab")
                if page.evaluate("(place) => document.activeElement.matches(place)", selector):
                    return
            raise AssertionError(f"{selector} is not reached by Tab")

        tab_to("[data-example=example_2]")
        page.keyboard.press("Enter")
        second = answered(page)
        assert second != first
        tab_to("#model input")
        for key in ("Enter", "End", "Enter"):
            page.keyboard.press(key)
        assert answered(page) != second
        expect(page.locator("#details pre")).to_contain_text("deeplab_v1-camvid")
        tab_to("#iterations input")
        page.keyboard.press("ArrowLeft")
        expect(caption(page, "refined")).to_have_text(iterations(2))
        tab_to("#more-compare-tab")
        page.keyboard.press("ArrowRight")
        expect(page.locator("#more-inside-tab")).to_be_focused()
        expect(page.locator("#lens canvas")).to_be_visible()
        tab_to("#lens canvas")
        page.keyboard.press("ArrowRight")
        expect(page.locator("#lens .spoken")).to_contain_text("Pixel")


# All at one moment: the page may still be scrolling.
FRAMES = """() => ['score-map', 'upsampled', 'refined'].map((id) => {
  const { x, y, width, height } = document.querySelector(`#${id} .frame`).getBoundingClientRect();
  return { x, y, width, height };
})"""


@pytest.mark.parametrize("size", [(400, 4000), (4000, 400), (640, 480)], ids=str)
def test_the_panels_never_wrap_nor_outgrow_the_window(browser, site, tmp_path, size):
    photo = tmp_path / "photo.jpg"
    Image.new("RGB", size, "teal").save(photo)
    height = 800
    with opened(browser, site.address, viewport={"width": 1440, "height": height}) as page:
        answered(page)
        upload(page, photo)
        for width in (390, 768, 899, 900, 1024, 1440, 2560):
            page.set_viewport_size({"width": width, "height": height})
            boxes = page.evaluate(FRAMES)
            assert max(each["y"] for each in boxes) - min(each["y"] for each in boxes) < 1, width
            heights = [each["height"] for each in boxes]
            assert max(heights) - min(heights) < 1, width
            assert min(heights) > 100 and max(heights) <= 0.6 * height + 1, width
            if width >= 900:
                assert boxes[2]["x"] + boxes[2]["width"] <= width
                assert boxes[0]["x"] < boxes[1]["x"] < boxes[2]["x"]
            else:
                assert any(abs(each["x"] - 14) < 20 for each in boxes), width
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_phone_the_result_is_in_the_first_screen(browser, site):
    with opened(browser, site.address, viewport={"width": 390, "height": 844}) as page:
        answered(page)
        box = page.locator("#panels").bounding_box()
        assert box["y"] + box["height"] < 844
        slider = page.locator("#iterations").bounding_box()
        assert slider["y"] < 1.5 * 844
