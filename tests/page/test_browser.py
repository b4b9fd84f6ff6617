"""The first minute, in a browser, as a newcomer has it: no step knows more than what is seen."""

import re

from playwright.sync_api import expect
from steps import answered, caption, choose, drag, iterations, opened, upload

STAGES = ("score-map", "upsampled", "refined")


def test_a_finished_example_is_there_on_arrival(browser, site):
    with opened(browser, site.address) as page:
        answered(page)
        for stage in STAGES:
            assert "%" in page.locator(f"#{stage} img").get_attribute("alt")
        expect(caption(page, "score-map")).to_contain_text("cells, stride 8")
        expect(page.locator("#status")).to_contain_text("Done in")
        expect(page.locator("#legend li").first).to_contain_text("%")
        assert "example=example_0" in page.url


def test_a_photo_gets_its_answer_without_a_press(browser, site):
    with opened(browser, site.address) as page:
        first = answered(page)
        assert upload(page, site.photos[1].path) != first
        expect(page.locator("#photo .title")).to_have_text("greens.png")
        expect(caption(page, "upsampled")).to_contain_text("48×64 pixels")
        assert "example=" not in page.url and "greens" not in page.url


def test_a_photo_that_is_dropped_anywhere_is_taken(browser, site):
    with opened(browser, site.address) as page:
        answered(page)
        content = list(site.photos[2].path.read_bytes())
        carried = page.evaluate_handle(
            """(bytes) => {
              const carried = new DataTransfer();
              carried.items.add(new File([new Uint8Array(bytes)], 'blues', { type: '' }));
              return carried;
            }""",
            content,
        )
        for event in ("dragover", "drop"):
            page.dispatch_event("#facts", event, {"dataTransfer": carried})
        expect(page.locator("#photo .title")).to_have_text("blues")  # no extension, no type
        answered(page)
        expect(caption(page, "upsampled")).to_contain_text("90×30 pixels")


def test_an_example_brings_a_network_that_knows_it(browser, site):
    with opened(browser, site.address) as page:
        answered(page)
        expect(page.locator("#model input")).to_have_value("DeepLab v1 · animals · val mIoU 25 %")
        page.get_by_role("button", name="Example: Example 1").click()
        expect(page.locator("#model input")).to_have_value("DeepLab v1 · streets · val mIoU 25 %")
        answered(page)
        expect(page.locator("#knows")).to_contain_text("bicyclist")
        assert "model=deeplab_v1-camvid" in page.url


def test_another_network_answers_by_itself(browser, site):
    with opened(browser, site.address) as page:
        first = answered(page)
        choose(page, re.compile("DeepLab v1"))  # of animals, which is chosen already
        assert answered(page) == first
        page.locator("#model input").focus()
        for key in ("Enter", "ArrowDown", "Enter"):
            page.keyboard.press(key)
        assert answered(page) != first
        expect(page.locator("#details pre")).to_contain_text("deeplab_v1-camvid")


def test_the_iterations_are_dragged_and_only_the_refined_mask_changes(browser, site):
    with opened(browser, site.address) as page:
        run = answered(page)
        before = caption(page, "score-map").inner_text()
        drag(page, "#iterations input", 3 / 20, 1 / 20)
        expect(caption(page, "refined")).to_have_text(iterations(1))
        assert answered(page) == run  # nothing was computed for it
        drag(page, "#iterations input", 1 / 20, 6 / 20)
        expect(caption(page, "refined")).to_have_text(iterations(6))
        assert answered(page) != run
        assert caption(page, "score-map").inner_text().split(" · ")[0] == before.split(" · ")[0]
        page.locator("#crf input").click()
        expect(caption(page, "refined")).to_have_text("CRF off: the same as 2")


def test_every_slider_of_the_crf_can_be_moved_and_drives_the_result(browser, site):
    with opened(browser, site.address) as page:
        run = answered(page)
        page.locator("#crf-settings summary").click()
        for name, field in (
            ("w1", "appearance_weight"), ("theta-alpha", "appearance_reach"),
            ("theta-beta", "colour_reach"), ("w2", "smoothness_weight"),
            ("theta-gamma", "smoothness_reach"),
        ):  # fmt: skip
            drag(page, f"#{name} input", 0.5, 0.8)
            value = page.locator(f"#{name} input").input_value()
            expect(page.locator("#details pre")).to_contain_text(f'"{field}": {value},')
            after = answered(page)
            assert after != run
            run = after
        page.locator("#tuned").click()
        expect(page.locator("#details pre")).to_contain_text('"appearance_weight": 2,')
        expect(page.locator("#tuned")).to_be_disabled()


def test_what_is_no_photo_is_named_in_one_message_and_the_rest_stays(browser, site, tmp_path):
    letter = tmp_path / "letter.jpg"
    letter.write_text("Dear reader")
    with opened(browser, site.address) as page:
        run = answered(page)
        page.locator("#photo input[type=file]").set_input_files(letter)
        expect(page.locator("#photo .worse")).to_contain_text("letter.jpg is not a picture")
        assert page.get_by_text("letter.jpg").count() == 1
        assert answered(page) == run
        upload(page, site.photos[0].path)
        expect(page.locator("#photo .worse")).to_have_text("")


def test_the_photo_that_is_shown_is_the_one_that_was_decoded(browser, site, tmp_path):
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned when shown
    path = tmp_path / "scan.tif"
    Image.open(site.photos[0].path).resize((120, 80)).save(path, exif=exif)
    with opened(browser, site.address) as page:
        answered(page)
        upload(page, path)
        preview = page.locator("#photo img")
        expect(preview).to_have_js_property("naturalWidth", 80)
        expect(preview).to_have_js_property("naturalHeight", 120)
        expect(caption(page, "upsampled")).to_contain_text("80×120 pixels")
