"""A phone: every step by a finger's own events, nothing by a mouse."""

import re

import pytest
from playwright.sync_api import expect
from steps import opened, upload
from test_page_inspect import FRAME, OTHER, pixel

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
STEPS = 12  # of a drag
LENS = "() => document.querySelector('#lens canvas').toDataURL()"


@pytest.fixture(scope="module")
def phone(browser, server, photo_path):
    """A page on a phone, with a result on it."""
    with opened(browser, server, **PHONE) as page:
        upload(page, photo_path)
        page.locator("#segment").tap()
        expect(page.locator("#status")).to_contain_text("Done")
        expect(page.locator("#panels canvas")).to_have_count(3)
        yield page


def middle(locator):
    """Bring a place into view and return its middle, in pixels of the screen."""
    locator.scroll_into_view_if_needed()
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page, start, *stops):
    """Put a finger down at `start` and draw it over `stops`, in small steps, as a hand does."""
    session = page.context.new_cdp_session(page)

    def touch(kind, *places):
        points = [{"x": x, "y": y} for x, y in places]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", start)
    for end in stops:
        for step in range(1, STEPS + 1):
            share = step / STEPS
            touch("touchMove", [a + share * (b - a) for a, b in zip(start, end, strict=True)])
        start = end
    touch("touchEnd")
    session.detach()


def test_a_tap_on_a_panel_lists_the_likeliest_classes_of_that_pixel(phone):
    panel = phone.locator("#refined .image-frame")
    phone.touchscreen.tap(*middle(panel))
    expect(phone.locator("#probe h3")).to_have_text(re.compile("^Pixel 4[78], 3[12]$"))
    for table in phone.locator("#probe table").all():
        expect(table.locator("tr")).to_have_count(5)
    expect(phone.locator("#inspect .tip")).to_contain_text("Refined: ")


def test_a_finger_drawn_over_a_panel_is_followed_and_the_page_stays(phone):
    x, y = middle(phone.locator("#refined .image-frame"))
    scrolled = phone.evaluate("scrollY")
    before = phone.evaluate(FRAME, "refined")
    drag(phone, (x, y), (x + 100, y), (x + 100, y - 70))  # once it is followed, in any direction
    phone.wait_for_function(OTHER, arg=["refined", before])
    tip = phone.locator("#inspect .tip")
    expect(tip).to_be_visible()
    assert tip.bounding_box()["x"] + tip.bounding_box()["width"] <= 390
    there = phone.evaluate(FRAME, "refined")
    drag(phone, (x, y), (x + 100, y), (x + 100, y + 70))
    phone.wait_for_function(OTHER, arg=["refined", there])
    assert phone.evaluate("scrollY") == scrolled


def test_a_finger_drawn_up_a_panel_scrolls_the_page(phone):
    x, y = middle(phone.locator("#refined .image-frame"))
    scrolled = phone.evaluate("scrollY")
    drag(phone, (x, y), (x, y - 100))
    phone.wait_for_function("before => scrollY > before", arg=scrolled)
    expect(phone.locator("#inspect .tip")).to_be_hidden()


def test_a_tap_on_the_legend_isolates_a_class(phone):
    entry = phone.locator("#legend button").first
    entry.tap()
    expect(entry).to_have_attribute("aria-pressed", "true")
    found = [pixel(phone, "refined", x, y) for x in range(4, 96, 16) for y in range(4, 64, 16)]
    assert any(max(each) - min(each) <= 2 for each in found)  # what is not of it is grey
    entry.tap()
    expect(entry).to_have_attribute("aria-pressed", "false")


def test_the_iterations_are_scrubbed_by_a_finger(phone):
    slider = phone.locator("#iterations input[type=range]")
    _, y = middle(slider)
    box = slider.bounding_box()
    before = phone.evaluate(FRAME, "refined")
    drag(phone, (box["x"] + box["width"] / 4, y), (box["x"] + 10, y))
    expect(slider).to_have_value("0")
    phone.wait_for_function(OTHER, arg=["refined", before])
    expect(phone.locator("#panels")).to_contain_text("CRF off")
    slider.tap(position={"x": box["width"] / 4, "y": box["height"] / 2})
    expect(slider).to_have_value("5")
    expect(phone.locator("#panels")).to_contain_text("5 iterations")


def test_the_photo_that_is_looked_into_follows_a_finger(phone):
    phone.get_by_role("tab", name="Look inside").tap()
    x, y = middle(phone.locator("#lens canvas"))
    phone.touchscreen.tap(x, y)
    scrolled = phone.evaluate("scrollY")
    before = phone.evaluate(LENS)
    drag(phone, (x, y), (x + 100, y), (x + 100, y + 40))
    phone.wait_for_function(f"(before) => ({LENS})() !== before", arg=before)
    assert phone.evaluate("scrollY") == scrolled
