"""Care for every visitor: accessibility rules, narrow and dark screens, languages."""

import json
from pathlib import Path

import axe_playwright_python
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from steps import finish, opened, upload

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What Gradio's own components break and no page can mend: rule, and what its place begins with.
ALLOWED = {
    # The link holds a button of 26 pixels that does the same; what is left of the link is small.
    ("target-size", '<a class="download-link'),
}


def violations(page):
    """Return axe-core's findings as (rule, place), without the allowed ones."""
    page.add_script_tag(path=AXE)
    found = page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(RULES)}}})")["violations"]
    places = [(each["id"], node["html"][:200]) for each in found for node in each["nodes"]]
    return [
        (rule, place)
        for rule, place in places
        if not any(rule == known and place.startswith(start) for known, start in ALLOWED)
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390], ids=["desktop", "phone"])
def test_no_flow_breaks_an_accessibility_rule(browser, server, photo_path, tmp_path, width, scheme):
    mask = tmp_path / "mask.png"
    Image.fromarray(np.ones((64, 96), np.uint8)).save(mask)
    with opened(browser, server, color_scheme=scheme) as page:
        page.set_viewport_size({"width": width, "height": 844})
        upload(page, photo_path)
        finish(page)
        page.locator("#refined .image-frame").click(position={"x": 20, "y": 20})
        expect(page.locator("#probe tr")).to_have_count(10)
        page.get_by_role("button", name="Compare", exact=True).click()
        expect(page.locator("#compare-status")).to_contain_text("compared")
        assert violations(page) == []
        page.get_by_role("tab", name="Take home").click()
        page.get_by_role("button", name="Make the files").click()
        expect(page.locator("#calls")).to_contain_text("seg_models predict")
        assert violations(page) == []
        page.get_by_role("tab", name="Check").click()
        page.locator("#truth input[type=file]").set_input_files(mask)
        expect(page.locator("#truth-report")).to_contain_text("The CRF")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_examples_truth_comes_and_goes_with_it(page, photo_path):
    page.get_by_role("button", name="Example: Sheep").click()
    page.get_by_role("tab", name="Check").click()
    expect(page.locator("#truth")).to_contain_text("sheep_pasture_truth")
    expect(page.locator("#truth-report")).to_contain_text("press Segment")
    page.get_by_role("button", name="Example:").first.click()
    expect(page.locator("#truth")).not_to_contain_text("sheep_pasture_truth")
    expect(page.locator("#truth-report")).not_to_contain_text("press Segment")


def test_the_tabs_compare_pack_and_judge(page, photo_path, tmp_path):
    upload(page, photo_path)
    finish(page)
    page.get_by_role("button", name="Choose all").click()
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator("#compare-status")).to_contain_text("2 networks compared")
    expect(page.locator("#comparison img")).to_have_count(2)
    page.get_by_role("tab", name="Take home").click()
    page.get_by_role("button", name="Make the files").click()
    expect(page.locator("#files a")).to_have_count(6)  # five files and the zip of them
    expect(page.locator("#calls")).to_contain_text("seg_models predict")
    with page.expect_download() as download:
        page.locator("#files a").first.click()
    mask = tmp_path / "mask.png"
    download.value.save_as(mask)
    page.get_by_role("tab", name="Check").click()
    page.locator("#truth input[type=file]").set_input_files(mask)
    expect(page.locator("#truth-report")).to_contain_text("The CRF helps here")
