"""How long a visitor waits, in a real browser, beside what the page promises.

    .venv/bin/python -m benchmarks.page [--model deeplab_v3-animals] [--repeats 5]

Seconds of wall time, the median and the worst of the repeats; run it on a machine that does nothing
else. `start` is from `python app.py` until the page answers, `first answer` until it has segmented
a photo for a program. `first load` is from the address to a page that can be used, with an empty
cache; `first panel` from the click on Segment to the score map's picture; `scrub` from a move of
the iterations to the repainted panel; `hover` from a move of the pointer to the named class.
"""

import argparse
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from gradio_client import Client, handle_file
from playwright.sync_api import Browser, Page

from scripts import running

PHOTO = Path(__file__).parents[1] / "assets" / "examples" / "dog_shepherd.jpg"  # 1024 x 768
PATIENCE = 300_000  # milliseconds
VIEWS = ("Classes", "Doubt (entropy)")

SHOWN = "(view) => document.querySelector('#refined img').alt.includes(view)"
# Equal results have equal addresses, so what tells the new picture is that the old one went.
FIRST_PANEL = """() => new Promise((resolve) => {
  const picture = () => document.querySelector('#score-map img');
  let gone = !picture();
  const seen = new MutationObserver(() => { gone ||= !picture(); });
  seen.observe(document.querySelector('#panels'), { childList: true, subtree: true });
  const began = performance.now();
  document.querySelector('#segment').click();
  (function look() {
    if (gone && picture()?.complete && picture().naturalWidth) {
      seen.disconnect();
      resolve(performance.now() - began);
    } else requestAnimationFrame(look);
  })();
})"""
SCRUB = """(iteration) => new Promise((resolve, reject) => {
  const small = new OffscreenCanvas(96, 96).getContext('2d', { willReadFrequently: true });
  const shown = () => {
    small.drawImage(document.querySelector('#refined canvas'), 0, 0, 96, 96);
    return String(small.getImageData(0, 0, 96, 96).data);
  };
  const before = shown();
  const slider = document.querySelector('#iterations input[type=range]');
  const began = performance.now();
  slider.value = iteration;
  slider.dispatchEvent(new Event('input', { bubbles: true }));
  (function look() {
    const spent = performance.now() - began;
    if (shown() !== before) resolve(spent);
    else if (spent < 60000) requestAnimationFrame(look);
    else reject(new Error('the CRF changes nothing here: take another photo'));
  })();
})"""
HOVER = """(share) => new Promise((resolve) => {
  const frame = document.querySelector('#refined .image-frame');
  const box = frame.getBoundingClientRect();
  const began = performance.now();
  frame.dispatchEvent(new PointerEvent('pointermove', {
    bubbles: true, pointerType: 'mouse',
    clientX: box.left + share * box.width, clientY: box.top + share * box.height,
  }));
  (function look() {
    if (!document.querySelector('#inspect .tip').hidden) {
      requestAnimationFrame(() => resolve(performance.now() - began));
    } else requestAnimationFrame(look);
  })();
})"""


@dataclass(frozen=True)
class Wait:
    """What a visitor waits for, how long it took each time, and what is promised, in seconds."""

    name: str
    seconds: list[float]
    bar: float | None = None


def main(arguments: list[str] | None = None) -> None:
    """Measure and print a table."""
    chosen = _parser().parse_args(arguments)
    began = time.perf_counter()
    with running.page() as address:
        up = time.perf_counter() - began
        answers = answered(address, chosen)
        waits = [Wait("start", [up], 8.0), Wait("first answer", [up + answers[0]])]
        waits.append(Wait("next answers", answers[1:]))
        with running.chromium() as browser:
            loads = [loaded(browser, address) for _ in range(chosen.repeats)]
            waits.append(Wait("first load", loads, 2.0))
            waits += visited(browser, address, PHOTO, chosen.repeats)
    print(f"{'seconds':24}{'median':>8}{'worst':>8}{'bar':>8}")
    for each in waits:
        bar = "" if each.bar is None else f"{each.bar:8.2f}"
        middle, worst = statistics.median(each.seconds), max(each.seconds)
        print(f"{each.name:24}{middle:8.3f}{worst:8.3f}{bar}")


def answered(address: str, chosen: argparse.Namespace) -> list[float]:
    """Ask `/segment` as a program does; the first answer is of a network just loaded."""
    client = Client(address, verbose=False, analytics_enabled=False)
    seconds = []
    for _ in range(chosen.repeats + 1):
        asked = time.perf_counter()
        client.predict(
            handle_file(str(PHOTO)), chosen.model, chosen.iterations, api_name="/segment"
        )
        seconds.append(time.perf_counter() - asked)
    client.close()
    return seconds


def loaded(browser: Browser, address: str) -> float:
    """Open the page with an empty cache until its button can be pressed."""
    context = browser.new_context()
    page = context.new_page()
    began = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.locator("#segment").wait_for(timeout=PATIENCE)
    seconds = time.perf_counter() - began
    context.close()
    return seconds


def visited(browser: Browser, address: str, photo: Path, repeats: int) -> list[Wait]:
    """Use the page as a visitor does, by the clock inside the browser."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.locator("#photo input[type=file]").set_input_files(photo)
    page.locator("#photo img").wait_for()
    panels = [_segment(page) for _ in range(repeats + 1)]  # the first warms the page up
    waits = [Wait("first panel", panels[1:], 1.0)]
    for view in VIEWS:
        page.locator("#view input").click()
        page.get_by_role("option", name=view, exact=True).click()
        page.wait_for_function(SHOWN, arg=view)
        scrubs = [page.evaluate(SCRUB, step) / 1000 for _ in range(repeats + 1) for step in (0, 5)]
        waits.append(Wait(f"scrub, {view.split()[0].lower()}", scrubs[2:], 0.15))
    hovers = [page.evaluate(HOVER, 0.2 + 0.6 * turn / repeats) / 1000 for turn in range(repeats)]
    return [*waits, Wait("hover", hovers, 0.1)]


def _segment(page: Page) -> float:
    seconds = page.evaluate(FIRST_PANEL) / 1000
    page.locator("#status").get_by_text("Done").wait_for()
    page.wait_for_function("document.querySelectorAll('#panels canvas').length === 3")
    return seconds


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="deeplab_v3-animals", help="whom programs ask")
    parser.add_argument("--iterations", type=int, default=5, help="of the CRF, for programs")
    parser.add_argument("--repeats", type=int, default=5)
    return parser


if __name__ == "__main__":
    main()
