"""What a visitor does in the browser, step by step, and what is seen then."""

import re
import urllib.parse
from contextlib import contextmanager

from playwright.sync_api import expect

PATIENCE = 60_000  # milliseconds; conditions are waited for, so a quick machine does not wait
expect.set_options(timeout=PATIENCE)
# The answer to what is chosen is there and drawn.
ANSWERED = """() => {
  const page = document.querySelector('#page');
  return page?.dataset.state === 'settled' && page.dataset.run
    && !document.querySelector('#results').hasAttribute('data-stale')
    && document.querySelector('#photo').getAttribute('aria-busy') !== 'true'
    && [...document.querySelectorAll('#panels canvas')]
      .every((canvas) => canvas.dataset.run === page.dataset.run);
}"""
PIXEL = """([panel, x, y]) => {
  const canvas = document.querySelector(`#${panel} canvas`);
  const at = [x * canvas.width, y * canvas.height].map(Math.round);
  return [...canvas.getContext('2d').getImageData(...at, 1, 1).data].slice(0, 3);
}"""
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


@contextmanager
def opened(browser, address, path="", ready="#segment", **options):
    """Open the page by itself; in the end check that it asked nobody else and met no error.

    `ready` says what is waited for.
    """
    context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    asked, wrong = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.goto(f"{address}{path}")
    page.locator(ready).first.wait_for()
    yield page
    context.close()
    hosts = {urllib.parse.urlsplit(each).hostname for each in asked} - {None}  # data: has none
    assert hosts == {"127.0.0.1"}
    assert wrong == []


def answered(page):
    """Wait for the answer to what is chosen, and return its run."""
    page.wait_for_function(ANSWERED)
    return page.locator("#page").get_attribute("data-run")


def upload(page, path, name=None):
    """Hand a file in by the photo's place, and wait for the answer."""
    before = page.locator("#photo").get_attribute("data-photo")
    file = path if name is None else {"name": name, "mimeType": "", "buffer": path.read_bytes()}
    page.locator("#photo input[type=file]").set_input_files(file)
    expect(page.locator("#photo")).not_to_have_attribute("data-photo", before or "-")
    return answered(page)


def choose(page, words):
    """Choose a network by what its line says."""
    page.locator("#model input").click()
    page.get_by_role("option", name=words).first.click()


def pixel(page, panel, x=0.5, y=0.5):
    """Return the RGB that a panel shows at a place, in parts of its width and height."""
    return page.evaluate(PIXEL, [panel, x, y])


def caption(page, panel):
    return page.locator(f"#{panel} .caption")


def iterations(number):
    return re.compile(f"^{number} iterations? ")


def drag(page, selector, start, end):
    """Move a slider's thumb with the mouse, from one part of its width to another."""
    slider = page.locator(selector)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    y = box["y"] + box["height"] / 2
    places = [box["x"] + 9 + (box["width"] - 18) * part for part in (start, end)]
    page.mouse.move(places[0], y)
    page.mouse.down()
    page.mouse.move(places[1], y, steps=6)
    page.mouse.up()
