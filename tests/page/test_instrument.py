"""Looking closely in a browser: the three panels are one instrument, and ask the server little."""

import re

import pytest
from playwright.sync_api import expect
from steps import finish, opened, upload


@pytest.fixture(scope="module")
def result(browser, server, photo_path):
    """One page for all tests here, with a result on it, drawn by the browser."""
    with opened(browser, server) as page:
        upload(page, photo_path)
        finish(page)
        expect(page.locator("#panels canvas")).to_have_count(3)
        yield page


def pixel(page, panel, x, y):
    """Return the RGB that a panel's canvas shows at the photo's pixel (x, y)."""
    script = "([id, x, y]) => [...document.querySelector(`#${id} canvas`)"
    script += ".getContext('2d').getImageData(x, y, 1, 1).data].slice(0, 3)"
    return page.evaluate(script, [panel, x, y])


def set_range(page, name, value):
    """Move a slider as a script can: at once, and telling the page so."""
    page.locator(f"#{name} input[type=range]").evaluate(
        "(slider, value) => { slider.value = value;"
        " slider.dispatchEvent(new Event('input', { bubbles: true })); }",
        value,
    )


@pytest.mark.parametrize("position", [(30, 30), (200, 40), (90, 170)])
def test_the_class_at_the_pointer_is_the_likeliest_by_the_server(result, position):
    x, y = position
    result.locator("#refined .image-frame").click(position={"x": x, "y": y})
    probe = result.locator("#probe")
    column, row = place(result, x, y)  # to the pixel: the pointer's own place is a whole number
    near = "|".join(
        f"Pixel {each}, {other}" for each in (column, column - 1) for other in (row, row - 1)
    )
    expect(probe.locator("h3")).to_have_text(re.compile(f"^({near})$"))
    expect(probe).to_contain_text("After 5 iterations")
    tip = result.locator("#inspect .tip")
    for stage, table in (("Upsampled", 0), ("Refined", 1)):
        likeliest = probe.locator("table").nth(table).locator("th").first.inner_text()
        expect(tip).to_contain_text(f"{stage}: {likeliest}")


def place(page, x, y):
    """Return column and row of the photo's pixel at (x, y) of the refined panel's frame."""
    box = page.locator("#refined .image-frame").bounding_box()
    scale = min(box["width"] / 96, box["height"] / 64)
    left, top = ((box[side] - scale * size) / 2 for side, size in (("width", 96), ("height", 64)))
    return int((x - left) / scale), int((y - top) / scale)


def test_the_keyboard_moves_the_cross_and_asks(result):
    panel = result.locator("#score-map button:has(.image-frame)")
    panel.focus()
    result.keyboard.press("ArrowRight")
    expect(result.locator("#inspect .said")).to_contain_text("Refined: ")
    result.keyboard.press("Enter")
    expect(result.locator("#probe")).to_contain_text("Pixel 50, 32")  # the middle, and one step
    result.keyboard.press("Escape")
    expect(result.locator("#inspect .tip")).to_be_hidden()


def test_pointing_at_one_panel_names_the_class_in_all_three(result):
    asked = []
    result.on("request", lambda request: asked.append(request.url))
    result.locator("#upsampled .image-frame").hover()
    tip = result.locator("#inspect .tip")
    expect(tip).to_be_visible()
    for stage in ("Score map", "Upsampled", "Refined"):
        expect(tip).to_contain_text(f"{stage}: ")
    expect(tip).not_to_contain_text("…")
    result.locator("#title").hover()
    expect(tip).to_be_hidden()
    assert not asked  # hovering is the browser's own business


def test_opacity_mixes_the_classes_with_the_photo(result):
    set_range(result, "opacity", 100)
    result.wait_for_timeout(100)
    colour = pixel(result, "upsampled", 40, 40)
    swatches = result.locator("#legend .swatch").evaluate_all(
        "all => all.map(each => each.style.backgroundColor.match(/\\d+/g).map(Number))"
    )
    assert colour in swatches
    set_range(result, "opacity", 0)
    result.wait_for_function(
        "before => String([...document.querySelector('#upsampled canvas').getContext('2d')"
        ".getImageData(40, 40, 1, 1).data].slice(0, 3)) !== String(before)",
        arg=colour,
    )
    assert pixel(result, "upsampled", 40, 40) == pixel(result, "score-map", 40, 40)


# What a panel's canvas shows, in short; and whether it is another than what was shown.
FRAME = "(id) => document.querySelector(`#${id} canvas`).toDataURL()"
OTHER = f"([id, before]) => ({FRAME})(id) !== before"


def frame_of(page):
    return page.evaluate(FRAME, "refined")


# Resolves once a panel's canvas shows exactly the PNG that lies under it.
SAME = """(id) => {
  const image = document.querySelector(`#${id} img`);
  const canvas = document.querySelector(`#${id} canvas`);
  if (!image.complete || !canvas) return false;
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
  copy.drawImage(image, 0, 0);
  const [drawn, saved] = [canvas.getContext('2d'), copy].map(
    (context) => context.getImageData(0, 0, canvas.width, canvas.height).data);
  return drawn.every((value, index) => value === saved[index]);
}"""


def test_at_full_opacity_a_panel_is_its_png_at_every_iteration(result):
    set_range(result, "opacity", 100)
    slider = result.locator("#iterations input[type=range]")
    for iterations in (5, 1):
        while int(slider.input_value()) > iterations:
            slider.press("ArrowLeft")
        expect(result.locator("#panels")).to_contain_text(f"{iterations} iteration")
        for panel in ("score-map", "upsampled", "refined"):
            result.wait_for_function(SAME, arg=panel)


def test_a_legend_entry_isolates_its_class(result):
    set_range(result, "opacity", 100)
    entry = result.locator("#legend button").first
    entry.click()
    expect(entry).to_have_attribute("aria-pressed", "true")
    colour = entry.locator(".swatch").evaluate(
        "each => each.style.backgroundColor.match(/\\d+/g).map(Number)"
    )
    seen = [pixel(result, "refined", x, y) for x in range(4, 96, 16) for y in range(4, 64, 16)]
    others = [each for each in seen if each != colour]
    assert colour in seen and others  # the class is there, and what is not of it is grey
    assert all(max(each) - min(each) <= 2 for each in others)
    entry.click()
    expect(entry).to_have_attribute("aria-pressed", "false")


def look_at(page, view):
    page.locator("#view input").click()
    page.get_by_role("option", name=view, exact=True).click()
    page.locator("#title").hover()  # so that no cross is drawn
    expect(page.locator("#refined img")).to_have_attribute("alt", re.compile(re.escape(view)))


def test_another_view_replaces_the_classes(result):
    set_range(result, "opacity", 100)
    look_at(result, "Doubt (entropy)")
    expect(result.locator("#legend .ramp")).to_be_visible()
    for panel in ("score-map", "upsampled", "refined"):
        result.wait_for_function(SAME, arg=panel)


def test_values_are_scrubbed_mixed_and_isolated_without_the_server(result):
    look_at(result, "Confidence")
    held = []
    asked = "**/gradio_api/queue/join*"
    result.route(asked, lambda route: held.append(route))  # and so waits for its answer
    set_range(result, "opacity", 100)
    later = frame_of(result)
    set_range(result, "iterations", 0)
    result.wait_for_function(OTHER, arg=["refined", later])
    entry = result.locator("#legend button").first
    before = frame_of(result)
    entry.click()
    result.wait_for_function(OTHER, arg=["refined", before])
    entry.click()
    result.wait_for_function(f"!({OTHER})(['refined', {before!r}])")
    set_range(result, "opacity", 0)
    result.wait_for_function(OTHER, arg=["refined", before])
    for each in held:
        each.continue_()
    result.unroute(asked)


PAUSED_AT_TWO = """(slider) => slider.addEventListener('input', function stop() {
  if (slider.value !== '2') return;
  slider.removeEventListener('input', stop);
  setTimeout(() => document.querySelector('#play button').click());
})"""


def test_the_iterations_are_played_from_none_to_the_last(browser, server, photo_path):
    with opened(browser, server) as page:
        upload(page, photo_path)
        finish(page)
        button = page.get_by_role("button", name="Play the iterations")
        slider = page.locator("#iterations input[type=range]")
        slider.evaluate(PAUSED_AT_TWO)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(button).to_have_attribute("aria-pressed", "false")
        expect(slider).to_have_value("2")
        button.click()
        expect(slider).to_have_value("5")
        expect(button).to_have_attribute("aria-pressed", "false")
        expect(page.locator("#panels")).to_contain_text("5 iterations")
