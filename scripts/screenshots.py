"""Take the README's pictures of the page: each tab once, one on a phone, one in the dark.

    .venv/bin/python -m scripts.screenshots [NAME ...]

They go to assets/screenshots/ as PNGs of few colours. Every picture is of a real run: the page is
started, an example segmented, and the tab used as a visitor would use it.
"""

import argparse
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page

from scripts import running

FOLDER = running.ROOT / "assets" / "screenshots"
COLOURS = 256  # of a picture's palette: a third of the bytes
PATIENCE = 300_000  # milliseconds
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@dataclass(frozen=True)
class Shot:
    """A picture: what is done before it is taken, what of the page it shows, and on what screen."""

    act: Callable[[Page], None]
    place: str | None = None  # a selector; None is what the screen shows
    screen: dict[str, int] | None = None
    scheme: str = "light"


# The answer to what is chosen is there and drawn.
ANSWERED = """() => {
  const page = document.querySelector('#page');
  return page?.dataset.state === 'settled' && page.dataset.run
    && !document.querySelector('#results').hasAttribute('data-stale')
    && [...document.querySelectorAll('canvas[data-run]')]
      .every((canvas) => canvas.dataset.run === page.dataset.run);
}"""


def _arrive(page: Page) -> None:
    page.wait_for_function(ANSWERED)


def _sheep(page: Page) -> None:
    _arrive(page)
    page.locator("[data-example=sheep_pasture]").click()
    page.wait_for_function(ANSWERED)


def _look(page: Page) -> None:
    _sheep(page)
    page.locator("#view select").select_option("entropy")
    page.locator("#legend .ramp").wait_for()
    page.locator("#refined .frame").click(position={"x": 60, "y": 120})
    page.locator("#probe tr").nth(9).wait_for()
    page.wait_for_load_state("networkidle")


def _large(page: Page) -> None:
    _arrive(page)
    page.locator("#layout").click()


def _compare(page: Page) -> None:
    _sheep(page)
    page.locator("#compare").click()
    page.locator("#compare-status").get_by_text("compared").wait_for()


def _inside(page: Page) -> None:
    _sheep(page)
    page.get_by_role("tab", name="Look inside").click()
    canvas = page.locator("#lens canvas")
    canvas.wait_for()
    box = canvas.bounding_box()
    canvas.click(position={"x": 0.4 * box["width"], "y": 0.45 * box["height"]})
    page.locator("#heard-colour").wait_for()


def _take(page: Page) -> None:
    _sheep(page)
    page.get_by_role("tab", name="Take home").click()
    page.get_by_role("button", name="Make the files").click()
    page.locator("#files a").nth(5).wait_for()


def _check(page: Page) -> None:
    _sheep(page)
    page.get_by_role("tab", name="Check").click()
    page.locator("#truth-report table").wait_for()


SHOTS = {
    "segment": Shot(_arrive),
    "large": Shot(_large),
    "look": Shot(_look, "#results"),
    "compare": Shot(_compare, "#more"),
    "inside": Shot(_inside, "#more"),
    "take": Shot(_take, "#more"),
    "check": Shot(_check, "#more"),
    "phone": Shot(_arrive, None, PHONE),
    "dark": Shot(_arrive, scheme="dark"),
}


def main(arguments: list[str] | None = None) -> None:
    """Take the pictures that are named, or all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SHOTS)}")
    chosen = parser.parse_args(arguments).names or list(SHOTS)
    if unknown := set(chosen) - set(SHOTS):
        parser.error(
            f"no picture called {', '.join(sorted(unknown))}: there are {', '.join(SHOTS)}"
        )
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running.page() as address, running.chromium() as browser:
        for name in chosen:
            picture = taken(browser, address, SHOTS[name])
            picture.save(FOLDER / f"{name}.png", optimize=True)
            print(f"{name}.png: {(FOLDER / f'{name}.png').stat().st_size // 1024} kB")


def taken(browser: Browser, address: str, shot: Shot) -> Image.Image:
    """Return the picture of a page that is opened for it, in `COLOURS` colours."""
    options: dict[str, Any] = {"viewport": shot.screen or DESKTOP, "color_scheme": shot.scheme}
    context = browser.new_context(**options)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    shot.act(page)
    page.mouse.move(0, 0)
    page.evaluate("document.fonts.ready")
    picture = page.locator(shot.place).screenshot() if shot.place else page.screenshot()
    context.close()
    return Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS)


if __name__ == "__main__":
    main()
