"""What a visitor does in the browser, step by step."""

import hashlib
import urllib.parse
from contextlib import contextmanager

from playwright.sync_api import expect

PATIENCE = 120_000  # milliseconds; conditions are waited for, so a quick machine does not wait
expect.set_options(timeout=PATIENCE)


@contextmanager
def opened(browser, server, **options):
    """Open the page by itself; in the end check that it asked nobody else and met no error."""
    context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    asked, wrong = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.goto(server)
    page.locator("#segment").wait_for()
    yield page
    context.close()
    hosts = {urllib.parse.urlsplit(each).hostname for each in asked} - {None}  # data: has none
    assert hosts == {"127.0.0.1"}
    assert wrong == []


def upload(page, path):
    page.locator("#photo input[type=file]").set_input_files(path)
    page.locator("#photo img").wait_for()


def finish(page):
    page.get_by_role("button", name="Segment", exact=True).click()
    expect(page.locator("#status")).to_contain_text("Done")


def shown(page, panel):
    """Return a hash of the picture in a panel, once it is loaded."""
    image = page.locator(f"#{panel} img")
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("complete", True)
    content = page.request.get(image.get_attribute("src")).body()
    return hashlib.sha256(content).hexdigest()
