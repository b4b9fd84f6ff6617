"""A phone: every step by a finger's own events, nothing by a mouse."""

import re

import pytest
from playwright.sync_api import expect
from steps import PHONE, answered, caption, iterations, opened

STEPS = 12  # of a drag


@pytest.fixture
def phone(browser, site):
    with opened(browser, site.address, **PHONE) as page:
        answered(page)
        yield page


def middle(locator):
    """Bring a place into view and return its middle, in pixels of the screen."""
    locator.scroll_into_view_if_needed()
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def fingers(page, *ways):
    """Draw a finger along each of `ways`, (start, end), all at once, in small steps."""
    session = page.context.new_cdp_session(page)

    def touch(kind, share):
        points = [
            {"x": a[0] + share * (b[0] - a[0]), "y": a[1] + share * (b[1] - a[1]), "id": number}
            for number, (a, b) in enumerate(ways)
        ]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", 0)
    for step in range(1, STEPS + 1):
        touch("touchMove", step / STEPS)
        page.wait_for_timeout(16)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    session.detach()


def pressed(page, number):
    return page.locator(".switch button").nth(number - 1)


def in_sight(page, panel):
    page.wait_for_function(
        """(panel) => Math.abs(document.querySelector(`#${panel}`).getBoundingClientRect().left
          - document.querySelector('#panels').getBoundingClientRect().left) < 3""",
        arg=panel,
    )


def test_the_buttons_bring_one_panel_after_another(phone):
    for number, panel in ((1, "score-map"), (2, "upsampled"), (3, "refined")):
        pressed(phone, number).tap()
        in_sight(phone, panel)
        expect(pressed(phone, number)).to_have_attribute("aria-pressed", "true")


def test_a_swipe_goes_to_the_next_panel(phone):
    pressed(phone, 1).tap()
    in_sight(phone, "score-map")
    x, y = middle(phone.locator("#score-map .frame"))
    fingers(phone, ((x + 150, y), (x - 170, y)))
    in_sight(phone, "upsampled")
    expect(pressed(phone, 2)).to_have_attribute("aria-pressed", "true")


def test_a_tap_lists_the_likeliest_classes(phone):
    pressed(phone, 3).tap()
    in_sight(phone, "refined")
    phone.touchscreen.tap(*middle(phone.locator("#refined .frame")))
    expect(phone.locator("#probe h3")).to_have_text(re.compile("^Pixel"))
    expect(phone.locator(".loupe")).to_be_visible()


def test_two_fingers_zoom_all_panels_and_one_then_moves_them(phone):
    pressed(phone, 3).tap()
    in_sight(phone, "refined")
    x, y = middle(phone.locator("#refined .frame"))
    fingers(phone, ((x - 20, y), (x - 120, y)), ((x + 20, y), (x + 120, y)))
    expect(phone.locator("#zoom .factor")).not_to_have_text("1.0×")
    before = phone.evaluate("document.querySelector('#refined canvas').toDataURL()")
    scrolled = phone.evaluate("document.querySelector('#panels').scrollLeft")
    fingers(phone, ((x, y), (x - 90, y - 40)))
    phone.wait_for_function(
        "(before) => document.querySelector('#refined canvas').toDataURL() !== before", arg=before
    )
    assert phone.evaluate("document.querySelector('#panels').scrollLeft") == scrolled


def test_a_finger_drawn_up_a_panel_scrolls_the_page(phone):
    x, y = middle(phone.locator("#panels"))
    before = phone.evaluate("scrollY")
    fingers(phone, ((x, y), (x, y - 200)))
    phone.wait_for_function("(before) => scrollY > before", arg=before)


def test_the_main_job_is_done_by_taps_and_drags(phone):
    first = phone.locator("#page").get_attribute("data-run")
    phone.locator("[data-example=example_1]").tap()
    assert answered(phone) != first
    expect(phone.locator("#model input")).to_have_value(re.compile("streets"))
    phone.locator("#model input").tap()
    phone.locator("#model [role=option]").first.tap()
    answered(phone)
    expect(phone.locator("#model input")).to_have_value(re.compile("animals"))
    slider = phone.locator("#iterations input")
    _, y = middle(slider)
    box = slider.bounding_box()
    at = [(box["x"] + 9 + (box["width"] - 18) * part / 20, y) for part in (3, 1)]
    fingers(phone, tuple(at))
    expect(caption(phone, "refined")).to_have_text(iterations(1))
    phone.get_by_role("tab", name="Look inside").tap()
    lens = phone.locator("#lens canvas")
    expect(lens).to_be_visible()
    x, y = middle(lens)
    before = phone.evaluate("document.querySelector('#lens canvas').toDataURL()")
    phone.touchscreen.tap(x + 40, y + 10)
    phone.wait_for_function(
        "(before) => document.querySelector('#lens canvas').toDataURL() !== before", arg=before
    )
