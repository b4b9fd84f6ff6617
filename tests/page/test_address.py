"""The address has what is chosen: it can be linked to, reloaded and gone back from."""

import re

from playwright.sync_api import expect
from steps import answered, caption, drag, iterations, opened, upload


def test_a_link_opens_just_that(browser, site):
    path = (
        "/?example=example_1&model=deeplab_v1-animals&crf=2&view=entropy&x=9&y=7&tab=take&lang=ko"
    )
    with opened(browser, site.address, path) as page:
        answered(page)
        expect(page.locator("#photo .title")).to_have_text("Example 1")
        expect(page.locator("#model input")).to_have_value(re.compile("동물"))
        expect(page.locator("#iterations output")).to_have_text("2")
        expect(page.locator("#view select")).to_have_value("entropy")
        expect(page.locator("#legend .ramp")).to_be_visible()
        expect(page.locator("#probe h3")).to_have_text("픽셀 9, 7")
        expect(page.get_by_role("tab", name="가져가기")).to_have_attribute("aria-selected", "true")
        expect(page.locator("html")).to_have_attribute("lang", "ko")


def test_a_link_with_a_networks_old_name_opens_what_it_is_called_now(browser, site):
    def amended(route):
        answer = route.fetch()
        renamed = {"deeplab_v0-streets": "deeplab_v1-camvid"}
        route.fulfill(response=answer, json={**answer.json(), "renamed": renamed})

    context = browser.new_context()
    page = context.new_page()
    page.route("**/page/facts.json", amended)
    page.goto(f"{site.address}/?model=deeplab_v0-streets")
    answered(page)
    expect(page.locator("#model input")).to_have_value(re.compile("streets"))
    context.close()


def test_the_settings_of_the_crf_are_in_the_link(browser, site):
    with opened(browser, site.address) as page:
        answered(page)
        page.locator("#crf-settings summary").click()
        drag(page, "#theta-beta input", 0.2, 0.6)
        value = page.locator("#theta-beta input").input_value()
        expect(page.locator("#details pre")).to_contain_text(f'"colour_reach": {value},')
        link = page.url
        with opened(browser, link) as other:
            answered(other)
            expect(other.locator("#theta-beta output")).to_have_text(value)
            expect(other.locator("#details pre")).to_contain_text(f'"colour_reach": {value},')


def test_back_and_forward_bring_the_choices_back(browser, site):
    with opened(browser, site.address) as page:
        answered(page)
        page.get_by_role("button", name="Example: Example 1").click()
        answered(page)
        upload(page, site.photos[0].path)
        page.go_back()
        expect(page.locator("#photo .title")).to_have_text("Example 1")
        answered(page)
        page.go_back()
        expect(page.locator("#photo .title")).to_have_text("Example 0")
        page.go_forward()
        page.go_forward()
        expect(page.locator("#photo .title")).to_have_text("reds.png")
        answered(page)
        expect(caption(page, "upsampled")).to_contain_text("60×40 pixels")


def test_reload_keeps_a_visitors_own_photo_which_no_link_has(browser, site):
    with opened(browser, site.address) as page:
        answered(page)
        upload(page, site.photos[1].path)
        drag(page, "#iterations input", 3 / 20, 1 / 20)
        expect(caption(page, "refined")).to_have_text(iterations(1))
        key = page.locator("#photo").get_attribute("data-photo")
        assert key not in page.url and "example=" not in page.url
        page.reload()
        answered(page)
        expect(page.locator("#photo .title")).to_have_text("greens.png")
        expect(caption(page, "refined")).to_have_text(iterations(1))
        with opened(browser, page.url) as other:  # another visitor with the same link
            answered(other)
            expect(other.locator("#photo .title")).to_have_text("Example 0")


def test_a_link_of_nonsense_opens_the_page_all_the_same(browser, site):
    path = "/?example=../../etc&model=%3Cb%3E&crf=1e9_x&view=class-99&x=-4&y=z&tab=<i>&lang=xx"
    with opened(browser, site.address, path) as page:
        answered(page)
        expect(page.locator("#photo .title")).to_have_text("Example 0")
        expect(page.locator("#view select")).to_have_value("classes")
