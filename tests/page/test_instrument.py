"""The three panels as one instrument: one zoom, a loupe, a line to draw, and the CRF to play."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from steps import answered, caption, drag, iterations, opened, pixel, upload

PANELS = ("score-map", "upsampled", "refined")
FRAMES = "() => [...document.querySelectorAll('#panels canvas')].map((each) => each.toDataURL())"
CHANGED = f"(before) => ({FRAMES})().every((frame, index) => frame !== before[index])"
MOVED = f"(before) => ({FRAMES})().some((frame, index) => frame !== before[index])"


@pytest.fixture
def page(browser, site):
    with opened(browser, site.address) as page:
        answered(page)
        yield page


def frames(page):
    return page.evaluate(FRAMES)


def factor(page):
    return float(page.locator("#zoom .factor").inner_text().removesuffix("×"))


def over(page, panel, x=0.5, y=0.5):
    """Put the pointer on a panel, at a place in parts of its size."""
    box = page.locator(f"#{panel} .frame").bounding_box()
    page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])


def test_the_wheel_over_one_panel_zooms_all(page):
    before = frames(page)
    over(page, "refined", 0.3, 0.3)
    page.mouse.wheel(0, -400)
    page.wait_for_function(CHANGED, arg=before)
    assert factor(page) > 1
    page.mouse.wheel(0, 4000)
    expect(page.locator("#zoom .factor")).to_have_text("1.0×")


def test_what_is_under_the_pointer_stays_there_while_zooming(page):
    page.locator("#opacity input").focus()
    page.keyboard.press("Home")  # the photo alone
    over(page, "upsampled", 0.4, 0.6)
    colour = pixel(page, "upsampled", 0.4, 0.6)
    before = frames(page)
    for _ in range(3):
        page.mouse.wheel(0, -120)
    page.wait_for_function(CHANGED, arg=before)
    page.mouse.move(0, 0)
    assert np.abs(np.subtract(pixel(page, "upsampled", 0.4, 0.6), colour)).max() < 30


def test_a_double_click_zooms_in_and_a_drag_moves_all(page):
    page.locator("#score-map .frame").dblclick()
    expect(page.locator("#zoom .factor")).to_have_text("2.5×")
    before = frames(page)
    over(page, "upsampled")
    page.mouse.down()
    over(page, "upsampled", 0.7, 0.7)
    page.mouse.up()
    page.wait_for_function(CHANGED, arg=before)


def test_keys_zoom_and_go_to_the_panels(page):
    page.keyboard.press("2")
    expect(page.locator("#upsampled .frame")).to_be_focused()
    page.keyboard.press("+")
    page.keyboard.press("+")
    assert factor(page) > 1.4
    page.locator("#zoom button").last.click()
    expect(page.locator("#zoom .factor")).to_have_text("1.0×")


def test_a_loupe_names_the_class_in_every_stage(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    over(page, "upsampled", 0.4, 0.4)
    loupe = page.locator(".loupe")
    expect(loupe).to_be_visible()
    for stage in ("Score map", "Upsampled", "Refined"):
        expect(loupe).to_contain_text(stage)
    names = page.locator("#knows").inner_text().split(": ")[1].split(", ")
    for found in loupe.locator("b").all_inner_texts():
        assert found in [*names, "background"]
    page.mouse.move(2, 2)
    expect(loupe).to_be_hidden()
    # Pointing is the browser's own business; it may draw its own blobs when it likes.
    assert not [url for url in asked if not url.startswith("blob:")]


def test_a_question_mark_says_what_each_stage_is(page):
    meanings = page.locator(".panel .meaning")
    expect(meanings.first).to_be_hidden()
    page.get_by_role("button", name="What is this: Refined").click()
    expect(meanings.last).to_contain_text("dense CRF")
    expect(meanings.first).to_be_visible()  # all of them, so that the panels stay level
    tops = [page.locator(f"#{each} .frame").bounding_box()["y"] for each in PANELS]
    assert max(tops) - min(tops) < 1
    page.keyboard.press("Enter")
    expect(meanings.last).to_be_hidden()


def test_a_click_lists_the_likeliest_classes_of_that_pixel(page):
    page.locator("#refined .frame").click(position={"x": 40, "y": 40})
    expect(page.locator("#probe h3")).to_have_text(re.compile(r"^Pixel \d+, \d+$"))
    expect(page.locator("#probe table")).to_have_count(2)
    after = page.locator("#probe table").last
    expect(after.locator("caption")).to_have_text("After 3 iterations")
    found = page.locator(".loupe b").last.inner_text()
    assert after.locator("th").first.inner_text() == found
    assert re.search(r"x=\d+&y=\d+", page.url)


def test_in_a_panel_the_arrows_move_the_cross(page):
    page.keyboard.press("3")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#probe h3")).to_be_visible()
    first = page.locator("#probe h3").inner_text()
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("#probe h3")).not_to_have_text(first)
    expect(page.locator("#page > .spoken")).to_contain_text("Refined: ")
    page.keyboard.press("Escape")
    expect(page.locator("#probe h3")).to_have_count(0)


def test_outside_the_panels_the_arrows_step_the_iterations(page):
    page.locator("h1").click()
    page.keyboard.press("ArrowLeft")
    expect(caption(page, "refined")).to_have_text(iterations(2))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(caption(page, "refined")).to_have_text(iterations(4))
    page.keyboard.press("c")
    expect(caption(page, "refined")).to_contain_text("CRF off")


def test_opacity_goes_from_the_photo_to_the_colours_alone(page):
    drag(page, "#opacity input", 0.55, 0)
    page.wait_for_function(f"() => new Set(({FRAMES})()).size === 1")  # the photo, three times
    before = frames(page)
    drag(page, "#opacity input", 0, 1)
    page.wait_for_function(CHANGED, arg=before)


def test_a_legend_entry_shows_its_class_alone(page):
    before = frames(page)
    entry = page.locator("#legend button").first
    entry.click()
    expect(entry).to_have_attribute("aria-pressed", "true")
    page.wait_for_function(CHANGED, arg=before)
    entry.click()
    expect(entry).to_have_attribute("aria-pressed", "false")


def test_another_view_shows_values_and_is_scrubbed_without_the_server(page):
    before = frames(page)
    page.locator("#view select").select_option("entropy")
    expect(page.locator("#legend .ramp")).to_be_visible()
    page.wait_for_function(CHANGED, arg=before)
    page.wait_for_load_state("networkidle")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    before = frames(page)
    drag(page, "#iterations input", 3 / 20, 1 / 20)
    page.wait_for_function(MOVED, arg=before)
    assert not [each for each in asked if not each.startswith("blob:")]


def test_the_changes_of_each_step_are_where_labels_differ(page):
    page.locator("#view select").select_option("changes")
    drag(page, "#opacity input", 0.55, 1)
    expect(page.locator("#refined .frame")).to_have_attribute("aria-label", re.compile("What each"))
    assert len(set(frames(page))) == 3


def test_one_large_picture_has_a_line_between_two_stages(page):
    page.locator("#layout").click()
    expect(page.locator("#panels")).to_be_hidden()
    line = page.locator("#large .line")
    expect(line).to_have_attribute("aria-valuenow", "50")
    box = page.locator("#large .frame").bounding_box()
    y = box["y"] + 60
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, y, steps=5)
    page.mouse.up()
    expect(line).to_have_attribute("aria-valuenow", "80")
    page.keyboard.press("ArrowLeft")
    expect(line).to_have_attribute("aria-valuenow", "75")
    page.get_by_label("Left").select_option("Photo")
    page.get_by_label("Right").select_option("Score map")
    page.keyboard.press("Tab")
    page.locator("h1").click()
    page.keyboard.press("l")
    expect(page.locator("#panels")).to_be_visible()


def test_the_iterations_are_played_on_and_back(page):
    shown = page.locator("#iterations output")
    page.get_by_role("button", name="Play the iterations backwards").click()
    expect(page.get_by_role("button", name="Pause")).to_have_attribute("aria-pressed", "true")
    expect(shown).to_have_text("0")
    expect(caption(page, "refined")).to_contain_text("CRF off")
    page.get_by_role("button", name="Play the iterations", exact=True).click()
    expect(shown).to_have_text("2")
    page.get_by_role("button", name="Pause").click()
    page.wait_for_timeout(900)
    expect(shown).to_have_text("2")


def test_the_pictures_below_are_the_masks_themselves(page, browser, site):
    upload(page, site.photos[0].path)
    for panel in PANELS:
        picture = page.locator(f"#{panel} img")
        expect(picture).to_have_attribute("src", re.compile("^blob:"))
        expect(picture).to_have_js_property("naturalWidth", 60)
        expect(picture).to_have_js_property("naturalHeight", 40)


def test_a_picture_to_share_and_a_film_are_taken_home(page, tmp_path):
    page.get_by_role("tab", name="Take home").click()
    with page.expect_download() as download:
        page.locator("#share").click()
    download.value.save_as(tmp_path / "share.png")
    with Image.open(tmp_path / "share.png") as picture:
        assert picture.format == "PNG" and picture.width > picture.height
        assert len(picture.convert("RGB").getcolors(1 << 24)) > 50
    film = page.request.get(page.locator("#film").get_attribute("href")).body()
    with Image.open(io.BytesIO(film)) as picture:
        assert picture.format == "GIF" and picture.n_frames == 6


def test_the_files_are_made_and_named(page):
    page.get_by_role("tab", name="Take home").click()
    page.locator("#take").click()
    expect(page.locator("#files a")).to_have_count(6)
    expect(page.locator("#calls")).to_contain_text("seg_models predict")
    with page.expect_download() as download:
        page.locator("#files a").first.click()
    assert download.value.suggested_filename == "labels.png"


def test_question_mark_lists_the_keys(page):
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
