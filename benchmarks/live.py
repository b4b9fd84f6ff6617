"""How many frames per second the page's live stream makes, network by network.

    .venv/bin/python -m benchmarks.live [NAME ...] [--seconds 20]

The page, started for this, and chromium with its own moving test picture for a camera, both on this
machine: run it on one that does nothing else. A frame is filmed, sent as JPEG, segmented, sent back
and drawn before the next is taken.
"""

import argparse

from playwright.sync_api import Browser, Page

from scripts import running

CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
PATIENCE = 300_000  # milliseconds
NAMES = ("segnet_basic-camvid", "deeplab_v3-everyday", "deeplab_v3-camvid")
DRAWN = "() => Number(document.querySelector('#live-dialog canvas')?.dataset.frames ?? 0)"
# Resolves with the frames drawn, and the milliseconds until then, once so many have gone by.
WATCHED = f"""(least) => new Promise((resolve) => {{
  const drawn = {DRAWN};
  const [first, began] = [drawn(), performance.now()];
  (function look() {{
    const spent = performance.now() - began;
    if (spent >= least) resolve([drawn() - first, spent]);
    else requestAnimationFrame(look);
  }})();
}})"""


def main(arguments: list[str] | None = None) -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", default=NAMES, metavar="NAME")
    parser.add_argument("--seconds", type=float, default=20)
    chosen = parser.parse_args(arguments)
    print(f"{'network':26}{'frames per second':>18}")
    with running.page() as address, running.chromium(*CAMERA) as browser:
        for name in chosen.names:
            print(f"{name:26}{rate(browser, address, name, chosen.seconds):18.1f}")


def rate(browser: Browser, address: str, name: str, seconds: float) -> float:
    """Return the frames per second of the live stream of the network called `name`."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{address}/?model={name}")
    _start(page)
    frames, milliseconds = page.evaluate(WATCHED, 1000 * seconds)
    page.close()
    return 1000 * frames / milliseconds


def _start(page: Page) -> None:
    """Press Live, and wait until the network is loaded and draws."""
    settled = "document.querySelector('#page')?.dataset.state === 'settled'"
    page.wait_for_function(f"{settled} && document.querySelector('#page')?.dataset.run")
    page.locator("#live").click()
    page.wait_for_function(f"({DRAWN})() >= 3")


if __name__ == "__main__":
    main()
