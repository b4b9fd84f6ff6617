"""How long a visitor waits, in a real browser, and what it costs to serve many.

    .venv/bin/python -m benchmarks.page [--repeats 5] [--stored 50] [--memory]

Seconds of wall time, the median and the worst of the repeats; run it on a machine that does nothing
else. `start` is from `python app.py` until the page answers, `arrival` from the address, with an
empty cache, to the finished example. `example` is from a click on an example that nobody has chosen
before to its last panel, `scrub` from a step of the iterations to the repainted panel, `loupe` from
a move of the pointer to the named class. `/` is the frame that every visit fetches, with 0, 10 and
so many results stored as `--stored` says.

With `--memory`: the page's largest resident memory while a photo of 27 megapixels is handed in,
twelve networks are compared and the page is loaded twenty times.
"""

import argparse
import io
import json
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

import httpx
import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Page

from scripts import running

PATIENCE = 300_000  # milliseconds
# The answer to what is chosen is there and drawn.
ANSWERED = """() => {
  const page = document.querySelector('#page');
  return page?.dataset.state === 'settled' && page.dataset.run
    && !document.querySelector('#results').hasAttribute('data-stale')
    && [...document.querySelectorAll('#panels canvas')]
      .every((canvas) => canvas.dataset.run === page.dataset.run);
}"""
# Resolves with the milliseconds from a click until the answer of another run is drawn.
CLICKED = f"""(selector) => new Promise((resolve) => {{
  const before = document.querySelector('#page').dataset.run;
  const began = performance.now();
  document.querySelector(selector).click();
  (function look() {{
    const run = document.querySelector('#page').dataset.run;
    if (run !== before && ({ANSWERED})()) resolve(performance.now() - began);
    else requestAnimationFrame(look);
  }})();
}})"""
SCRUBBED = """(iteration) => new Promise((resolve) => {
  const canvas = document.querySelector('#refined canvas');
  const slider = document.querySelector('#iterations input');
  const began = performance.now();
  slider.value = iteration;
  slider.dispatchEvent(new Event('input', { bubbles: true }));
  requestAnimationFrame(() => requestAnimationFrame(() => {
    canvas.getContext('2d').getImageData(0, 0, 1, 1);
    resolve(performance.now() - began);
  }));
})"""
POINTED = """(share) => new Promise((resolve) => {
  const frame = document.querySelector('#refined .frame');
  const box = frame.getBoundingClientRect();
  const began = performance.now();
  frame.dispatchEvent(new PointerEvent('pointermove', {
    bubbles: true, pointerType: 'mouse',
    clientX: box.left + share * box.width, clientY: box.top + 0.5 * box.height,
  }));
  (function look() {
    if (!document.querySelector('.loupe').hidden) resolve(performance.now() - began);
    else requestAnimationFrame(look);
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
    with running.process() as (address, process):
        waits = [Wait("start", [time.perf_counter() - began], 8.0)]
        with running.chromium() as browser:
            waits.append(Wait("arrival", arrivals(browser, address, chosen.repeats), 3.0))
            waits += visited(browser, address, chosen.repeats)
        waits += fetched(address, process, chosen.stored)
        peak = memory(address, process) if chosen.memory else None
    print(f"{'seconds':24}{'median':>8}{'worst':>8}{'bar':>8}")
    for each in waits:
        bar = "" if each.bar is None else f"{each.bar:8.2f}"
        middle, worst = statistics.median(each.seconds), max(each.seconds)
        print(f"{each.name:24}{middle:8.3f}{worst:8.3f}{bar}")
    if peak is not None:
        print(f"largest resident memory: {peak / 2**30:.2f} GB (bar 4)")


def arrivals(browser: Browser, address: str, repeats: int) -> list[float]:
    """Open the page with an empty cache until its finished example is there."""
    seconds = []
    for _ in range(repeats):
        context = browser.new_context()
        page = context.new_page()
        began = time.perf_counter()
        page.goto(address, wait_until="commit")
        page.wait_for_function(ANSWERED, timeout=PATIENCE)
        seconds.append(time.perf_counter() - began)
        context.close()
    return seconds


def visited(browser: Browser, address: str, repeats: int) -> list[Wait]:
    """Use the page as a visitor does, by the clock inside the browser."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.wait_for_function(ANSWERED)
    waits = [Wait("example", examples(page, repeats), 1.2)]
    for view in ("classes", "entropy"):
        page.locator("#view select").select_option(view)
        page.wait_for_load_state("networkidle")
        steps = [page.evaluate(SCRUBBED, step) / 1000 for _ in range(repeats) for step in (0, 2)]
        waits.append(Wait(f"scrub, {view}", steps, 0.15))
    points = [page.evaluate(POINTED, 0.2 + 0.6 * turn / repeats) / 1000 for turn in range(repeats)]
    page.close()
    return [*waits, Wait("loupe", points, 0.1)]


def examples(page: Page, most: int) -> list[float]:
    """Choose examples of the first one's domain, that nobody has chosen before, one by one."""
    facts = page.request.get(page.url.split("?")[0] + "page/facts.json").json()["examples"]
    keys = [each["key"] for each in facts[1:] if each["domain"] == facts[0]["domain"]]
    return [page.evaluate(CLICKED, f'[data-example="{key}"]') / 1000 for key in keys[:most]]


def fetched(address: str, process: Popen, stored: int) -> list[Wait]:
    """Fetch `/` with more and more results stored, and tell how much memory that took."""
    waits, number = [], 0
    client = httpx.Client(timeout=300)
    model = client.get(f"{address}/page/facts.json").json()["model"]
    for wanted in (0, 10, stored):
        while number < wanted:
            photo = hand_in(client, address, noise(480, 640, number))
            asked = {"photo": photo, "model": model, "visitor": str(number), "crf": None}
            client.post(f"{address}/page/run", json=asked)
            number += 1
        before = resident(process)
        seconds = []
        for _ in range(10):
            began = time.perf_counter()
            client.get(address)
            seconds.append(time.perf_counter() - began)
        grown = max(0, resident(process) - before) / 2**20
        waits.append(Wait(f"/ with {wanted}, +{grown:.0f} MB", seconds, 0.3))
    return waits


def memory(address: str, process: Popen) -> int:
    """Return the largest resident memory, in bytes, of a page that is given much to do."""
    client = httpx.Client(timeout=1800)
    key = hand_in(client, address, noise(4500, 6000, 0))
    facts = client.get(f"{address}/page/facts.json").json()
    models = [each["key"] for each in facts["networks"] if each["embedded"]][:12]
    asked = {"photo": key, "model": facts["model"], "visitor": "memory"}
    client.post(f"{address}/page/run", json=asked)
    asked = {"photo": key, "models": models, "iterations": 5, "visitor": "memory"}
    last = client.post(f"{address}/page/compare", json=asked).text.splitlines()[-1]
    if json.loads(last).get("html", "").count("<img") < len(models):
        raise RuntimeError(f"not every network answered: {last[:300]}")
    for _ in range(20):
        client.get(address)
        client.get(f"{address}/page/facts.json")
    return figure(process, "VmHWM")


def hand_in(client: httpx.Client, address: str, photo: bytes) -> str:
    """Upload a photo; return the key that the page knows it by."""
    question = {"name": "noise.jpg", "language": "en"}
    return client.post(f"{address}/page/photos", params=question, content=photo).json()["key"]


def noise(height: int, width: int, seed: int) -> bytes:
    """Return a JPEG of soft noise."""
    small = np.random.default_rng(seed).integers(0, 256, (height // 8, width // 8, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC).save(buffer, "JPEG")
    return buffer.getvalue()


def resident(process: Popen) -> int:
    """Return the bytes of memory that the page's process has."""
    return figure(process, "VmRSS")


def figure(process: Popen, name: str) -> int:
    """Return what the kernel says of a process, in bytes."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--stored", type=int, default=50, help="results, for the cost of /")
    parser.add_argument("--memory", action="store_true", help="measure that, too: minutes")
    return parser


if __name__ == "__main__":
    main()
