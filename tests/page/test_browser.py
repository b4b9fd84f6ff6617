"""The page in a browser, used as a newcomer would: no step here knows more than what is seen."""

from playwright.sync_api import expect
from steps import finish, shown, upload


def test_a_photo_and_one_button_give_three_different_pictures(page, photo_path):
    upload(page, photo_path)
    finish(page)
    assert len({shown(page, panel) for panel in ("score-map", "upsampled", "refined")}) == 3
    expect(page.locator("#panels")).to_contain_text("cells, stride 8")
    expect(page.locator("#legend li").first).to_contain_text("%")
    for panel in ("score-map", "upsampled", "refined"):
        assert "%" in page.locator(f"#{panel} img").get_attribute("alt")


def test_moving_the_iterations_changes_the_refined_mask_alone(page, photo_path):
    upload(page, photo_path)
    finish(page)
    before = {panel: shown(page, panel) for panel in ("score-map", "upsampled", "refined")}
    page.locator("#iterations input[type=range]").focus()
    for _ in range(4):  # from 5 to 1
        page.keyboard.press("ArrowLeft")
    expect(page.locator("#panels")).to_contain_text("1 iteration ")
    assert shown(page, "refined") != before["refined"]
    page.locator("#crf input").uncheck()
    expect(page.locator("#panels")).to_contain_text("CRF off")
    assert shown(page, "refined") == before["upsampled"] == shown(page, "upsampled")
    assert shown(page, "score-map") == before["score-map"]


def test_a_street_example_brings_a_street_network(page):
    expect(page.locator("#model input")).to_have_value("DeepLab v1 · animals · val mIoU 25 %")
    page.get_by_role("button", name="Example:").last.click()
    page.locator("#photo img").wait_for()
    expect(page.locator("#model input")).to_have_value("DeepLab v1 · streets · val mIoU 25 %")


def test_without_a_photo_the_page_says_what_is_missing(page):
    page.get_by_role("button", name="Segment", exact=True).click()
    expect(page.get_by_test_id("toast-body")).to_contain_text("no photo yet")


def test_a_file_that_is_no_photo_is_named_in_a_message(page, photo_path, tmp_path):
    letter = tmp_path / "letter.jpg"
    letter.write_text("Dear reader")
    page.locator("#photo input[type=file]").set_input_files(letter)
    expect(page.get_by_test_id("toast-body")).to_contain_text("letter.jpg is not a picture")
    expect(page.locator("#photo img")).to_have_count(0)
    upload(page, photo_path)
    finish(page)
