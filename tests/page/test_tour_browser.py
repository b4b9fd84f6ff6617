"""The tour as people take it: twelve steps by mouse, by keys and by touch, in both languages."""

import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from steps import PHONE, answered, opened
from test_accessibility import violations
from test_languages import english_left
from tour_site import KEYS, NETWORKS, at, settled, toured


def slide(page, label, part):
    """Drag a slider's thumb with the mouse to a part of its width."""
    thumb = page.get_by_role("slider", name=label, exact=True)
    thumb.scroll_into_view_if_needed()
    box = thumb.bounding_box()
    y = box["y"] + box["height"] / 2
    value = float(thumb.input_value())
    low, high = (float(thumb.get_attribute(each)) for each in ("min", "max"))
    start = (value - low) / (high - low)
    places = [box["x"] + 8 + (box["width"] - 16) * each for each in (start, part)]
    page.mouse.move(places[0], y)
    page.mouse.down()
    page.mouse.move(places[1], y, steps=5)
    page.mouse.up()


def rows(page):
    return page.locator("table.facts tbody tr")


def fcn(page):
    kept = rows(page).first.locator("td")
    expect(kept).to_have_text("100 %")
    slide(page, "Pixels to a cell", 0.5)
    expect(kept).to_have_text("0 %")
    expect(rows(page).first).to_contain_text("pole")
    page.get_by_label("skip 3").check()
    settled(page)
    expect(page.locator(".masks")).to_contain_text("Without: skip 3")
    page.get_by_role("button", name="Measure each").click()
    expect(page.locator(".switches tbody tr")).to_have_count(3)


def unpooling(page):
    page.get_by_label("The map: row 1, column 1").fill("9")
    kept = page.get_by_role("button", name="Unpooled: row 1, column 1 is 9")
    kept.click()
    said = page.locator(".grids .equation")
    expect(said).to_contain_text("9: the maximum of pooled row 1, column 1")
    page.get_by_role("button", name="Transposed convolution: row 1, column 1 is 9").click()
    expect(said).to_have_text("9 × 1 = 9")
    shares = page.locator("canvas[data-filled]")
    expect(shares).to_have_count(2)
    assert float(shares.first.get_attribute("data-filled")) <= 0.25


def deconvnet(page):
    caption = page.locator(".large figcaption")
    expect(caption).to_contain_text("fc7")
    slide(page, "Map", 1.0)
    expect(caption).to_contain_text("deconv1")
    before = caption.inner_text()
    page.get_by_label("Unit that goes with").select_option("tree")
    settled(page)
    expect(caption).to_contain_text("deconv1")
    assert re.search(r"unit \d+ of \d+", before)


def segnet(page):
    for name in ("fc6", "fc7", "fc6_deconv"):
        page.get_by_label(f"no {name}", exact=True).check()
    expect(page.locator("[data-kept]")).to_contain_text("29.5 M left, 88.3 % saved")
    page.get_by_label("nearest cells").check()
    settled(page)
    page.get_by_label("bilinear for unpooling").check()
    settled(page)
    expect(page.get_by_label("nearest cells")).not_to_be_checked()
    expect(page.locator(".masks")).to_contain_text("Without: bilinear for unpooling")


def unet(page):
    for number in (1, 4):
        page.get_by_label(f"skip {number}").check()
        settled(page)
    expect(page.locator(".masks")).to_contain_text("Without: skip 1, skip 4")
    expect(rows(page)).to_have_count(3)


def densenet(page):
    page.get_by_role("button", name="FC-DenseNet 56").click()
    expect(page.locator("[data-after]")).to_have_attribute("data-after", "96")
    slide(page, "Layers", 1.0)
    expect(page.locator("[data-after]")).to_have_attribute("data-after", str(48 + 15 * 12))


def field(page):
    said = page.locator("[data-width]")
    slide(page, "Rate of layer 3", 1.0)
    expect(said).to_have_attribute("data-width", str(1 + 2 + 2 + 24))
    page.get_by_label("2×2 pooling").check()
    expect(said).to_contain_text("stride 4")
    first = page.locator(".masks canvas").first
    before = page.locator(".masks figcaption").first.inner_text()
    assert re.search(r"theory \d+ px, practice \d+ px", before)
    first.click(position={"x": 5, "y": 5})
    settled(page)


def deeplab(page):
    page.get_by_label("Scores: row 1, column 1").fill("16")
    for label in ("Row", "Column"):
        slide(page, label, 0.25)
    expect(page.locator("[data-total]").first).to_have_attribute(
        "data-total", str((16 + 2 + 4 + 8) / 4)
    )
    page.get_by_text("From the whole network to one number").click()
    expect(page.locator("[data-stage=fc6]")).to_contain_text("stride 8")


def crf(page):
    heard = page.locator("[data-appearance]")
    before = heard.inner_text()
    page.locator("canvas[role=application]").click(position={"x": 20, "y": 20})
    expect(heard).not_to_have_text(before)
    settled(page)
    expect(page.locator(".message table")).to_contain_text("iteration 1")
    slide(page, "Iteration", 0.3)
    expect(page.locator("figcaption", has_text="after 3 iterations")).to_be_visible()
    settled(page)
    expect(page.locator(".message table")).to_contain_text("iteration 3")
    for line in page.locator(".message tbody tr").all():
        *_, mine, engines = line.locator("td").all_inner_texts()
        assert mine == engines
    page.get_by_label("without appearance").check()
    settled(page)
    expect(heard).to_have_attribute("data-appearance", re.compile(r"\d"))


def dilatednet(page):
    slide(page, "After layer", 1.0)
    expect(page.locator("[data-cells]")).to_have_attribute("data-cells", "67")
    page.get_by_role("checkbox", name="context module").check()
    settled(page)
    expect(page.locator(".masks")).to_contain_text("Without: context module")


def pyramid(page):
    slide(page, "Rate", 1.0)
    expect(page.locator("[data-one]")).to_have_attribute("data-one", str(65 * 65))
    page.locator("[data-stage=pyramid]").click()
    settled(page)
    page.locator(".units canvas").first.click(position={"x": 12, "y": 12})
    sum_is_the_networks_number(page)
    page.locator("[data-stage=upsample]").click()
    settled(page)
    page.locator(".units canvas").first.click(position={"x": 12, "y": 12})
    expect(page.locator(".sum")).to_contain_text("Softmax at this pixel")
    sum_is_the_networks_number(page)


def sum_is_the_networks_number(page):
    total = page.locator("[data-total]").last
    expect(total).to_be_visible()
    settled(page)
    number = float(page.locator("[data-number]").get_attribute("data-number"))
    assert float(total.get_attribute("data-total")) == pytest.approx(number, rel=1e-3, abs=1e-5)
    said, shown = page.locator(".sum .equation").inner_text(), total.inner_text()
    assert f"= {shown}" in said and said.endswith(f": {shown})")  # to the last digit shown


def together(page):
    expect(rows(page)).to_have_count(len(NETWORKS))
    expect(page.locator(".masks figure")).to_have_count(len(NETWORKS))
    page.get_by_label("Order").select_option("by size")
    shown = rows(page).locator("td:nth-child(4)").all_inner_texts()
    sizes = [
        float(each[:-2]) * 1e6 if each.endswith(" M") else float(each.replace(",", ""))
        for each in shown
    ]
    assert sizes == sorted(sizes)


ACTS = {
    each.__name__: each
    for each in (
        fcn, unpooling, deconvnet, segnet, unet, densenet, field, deeplab, crf, dilatednet,
        pyramid, together,
    )
}  # fmt: skip


def test_with_the_mouse_from_the_first_screen_to_the_last_step(browser, tour):
    with opened(browser, tour, "/?lang=en") as page:
        answered(page)
        page.locator("#to-tour").click()
        for number, key in enumerate(KEYS):
            at(page, key) if number else page.locator("main[data-step=fcn]").wait_for()
            assert page.locator(".source").inner_text()
            shown = page.locator(".show")
            assert shown.get_attribute("inert") is not None
            assert violations(page) == []
            page.locator("[data-answer='1']").click()
            assert shown.get_attribute("inert") is None
            expect(page.locator(".why")).not_to_be_empty()
            settled(page)
            ACTS[key](page)
            settled(page)
            assert violations(page) == []
            page.locator("footer .next").click() if key != "together" else None
        expect(page.locator("nav a[data-done]")).to_have_count(12)


def test_with_the_keyboard_in_korean(browser, tour):
    """A presenter's remote sends the page keys; all else is Tab, Enter, Space and arrows."""
    with toured(browser, tour, "/tour", locale="ko-KR", color_scheme="dark") as page:

        def tab_to(selector):
            for _ in range(60):
                page.keyboard.press("Tab")
                if page.evaluate("(place) => document.activeElement.matches(place)", selector):
                    return
            raise AssertionError(f"{selector} is not reached by Tab")

        for number, key in enumerate(KEYS):
            at(page, key) if number else page.locator("main[data-step=fcn]").wait_for()
            tab_to("[data-answer='0']")
            page.keyboard.press("Enter")
            settled(page)
            if page.locator(".show input[type=range]").count():
                tab_to(".show input[type=range]")
                before = page.locator(".show output").first.inner_text()
                page.keyboard.press("ArrowRight")
                expect(page.locator(".show output").first).not_to_have_text(before)
                at(page, key) if number else None
            if key in ("unet", "dilatednet"):
                tab_to("[data-switch]")
                page.keyboard.press("Space")
                settled(page)
                expect(page.locator(".masks")).to_contain_text("끈 것:")
            if key == "crf":
                heard = page.locator("[data-appearance]").inner_text()
                tab_to("canvas[role=application]")
                page.keyboard.press("ArrowRight")
                expect(page.locator("[data-appearance]")).not_to_have_text(heard)
                settled(page)
            assert english_left(page) == set(), key
            assert violations(page) == [], key
            page.locator("h1").focus()
            page.keyboard.press("PageDown")
        page.keyboard.press("PageUp")
        at(page, "pyramid")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_with_a_finger_on_a_phone(browser, tour, language):
    with toured(browser, tour, f"/tour?lang={language}", color_scheme="dark", **PHONE) as page:
        for number, key in enumerate(KEYS):
            at(page, key) if number else page.locator("main[data-step=fcn]").wait_for()
            page.locator("[data-answer='2']").tap()
            settled(page)
            if page.locator(".controls .check input:visible").count():
                page.locator(".controls .check input:visible").last.tap()
                settled(page)
            if page.locator(".units").count() == 0 and key == "pyramid":
                page.locator("[data-stage=pyramid]").tap()
                settled(page)
                page.locator(".units canvas").first.tap()
                sum_is_the_networks_number(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, key
            assert violations(page) == [], key
            page.locator("footer .next").tap() if key != "together" else None


def test_a_link_opens_its_step_with_photo_and_language(browser, tour):
    with toured(browser, tour, "/tour?step=crf&photo=animal&lang=ko") as page:
        at(page, "crf")
        expect(page.locator(".photo select")).to_have_value("animal")
        expect(page.locator("html")).to_have_attribute("lang", "ko")
        page.locator("nav a").nth(3).click()
        at(page, "segnet")
        assert "photo=animal" in page.url and "lang=ko" in page.url
        page.go_back()
        at(page, "crf")
        page.get_by_label("언어").select_option("en")
        expect(page.locator("h1")).to_contain_text("The dense CRF")
        page.reload()
        at(page, "crf")
        expect(page.locator("h1")).to_contain_text("The dense CRF")


def test_an_answer_is_told_right_or_wrong_and_may_be_left_out(browser, tour):
    with toured(browser, tour) as page:
        page.get_by_role("button", name="What is thin").click()
        expect(page.locator(".why b")).to_have_text("Right.")
        page.get_by_role("button", name="What is large").click()
        expect(page.locator(".why b")).to_have_text("Not so.")
        page.locator("nav a").nth(1).click()
        page.get_by_role("button", name="Show it without a guess").click()
        expect(page.locator(".why")).to_contain_text("One of each 2×2 window")
        expect(page.locator(".why b")).to_have_count(0)
        page.locator("nav a").first.click()
        expect(page.locator(".why b")).to_have_text("Not so.")  # remembered


def test_a_visitors_own_photo_goes_through_the_steps(browser, tour, tmp_path):
    path = tmp_path / "mine.png"
    noise = np.random.default_rng(0).integers(0, 256, (40, 90, 3), np.uint8)
    Image.fromarray(noise).save(path)
    with toured(browser, tour, "/tour?step=unet&lang=en") as page:
        page.locator(".photo input[type=file]").set_input_files(path)
        expect(page.locator(".photo select").first).to_contain_text("mine.png")
        assert "photo=" not in page.url  # a link must not hold it
        page.locator("[data-answer='0']").click()
        settled(page)
        size = page.locator(".masks canvas").first.evaluate("(each) => [each.width, each.height]")
        assert size == [90, 40]
        page.locator(".photo input[type=file]").set_input_files(
            {"name": "letter.jpg", "mimeType": "image/jpeg", "buffer": b"Dear reader"}
        )
        expect(page.locator(".photo [role=alert]")).to_contain_text("letter.jpg is not a picture")


def test_the_lecturers_page_leads_back_and_answers(browser, tour):
    with toured(browser, tour, "/tour?step=field&lang=en") as page:
        page.get_by_role("link", name="For lecturers").click()
        exercises = page.locator(".exercises li")
        expect(exercises).to_have_count(12)
        exercises.nth(6).locator("summary").click()
        expect(exercises.nth(6)).to_contain_text("27 cells")
        assert violations(page) == []
        page.get_by_label("Language").select_option("ko")
        expect(page.locator("h1")).to_have_text("강의하는 분께")
        exercises.nth(6).locator("a").click()
        at(page, "field")
        expect(page.locator("html")).to_have_attribute("lang", "ko")


def test_the_first_screen_loads_nothing_of_the_tour(browser, tour):
    asked = []
    context = browser.new_context()
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(tour)
    answered(page)
    context.close()
    assert [each for each in asked if "/tour" in each] == []
