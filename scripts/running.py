"""The page in a process of its own, and a browser to visit it: for tests, benchmarks, pictures."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserType, sync_playwright

ROOT = Path(__file__).parents[1]
STARTING = 300  # seconds; a busy machine needs ten times what an idle one does
# The browsers that Debian packages. The one without a window of its own takes a quarter less of the
# processor's time for the same visits.
BROWSERS = ("chromium-headless-shell", "chromium")


@contextmanager
def page(environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """Do as `process`, but yield the page's address alone."""
    with process(environment) as (address, _):
        yield address


@contextmanager
def process(
    environment: Mapping[str, str] | None = None,
    script: str | Path = "app.py",
    arguments: Sequence[str] = (),
) -> Iterator[tuple[str, subprocess.Popen]]:
    """Start `python app.py` on a free port; yield its address, once it answers, and itself.

    Args:
        environment: Variables beside those of this process.
        script: To be run instead of app.py.
        arguments: What the script is given.

    Raises:
        RuntimeError: If it never answers; the message has what it said.
    """
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="page-") as scratch:
        said = Path(scratch) / "log"
        variables = {
            **os.environ,
            "GRADIO_SERVER_NAME": "127.0.0.1",
            "GRADIO_SERVER_PORT": str(port),
            "GRADIO_TEMP_DIR": str(Path(scratch) / "cache"),
            "GRADIO_ANALYTICS_ENABLED": "False",
            "NO_PROXY": "127.0.0.1,localhost",
            **(environment or {}),
        }
        with said.open("w") as log:
            started = subprocess.Popen(
                [sys.executable, script, *arguments],
                cwd=ROOT,
                env=variables,
                stdout=log,
                stderr=log,
            )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_up(address, started, said)
            yield address, started
        finally:
            started.terminate()
            started.wait(30)


def free_port() -> int:
    """Return a port of this machine that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """Start the browser that Debian installs; it needs no download of playwright's own.

    Args:
        flags: Of its command line, beside those that it needs everywhere.

    Raises:
        RuntimeError: If neither of `BROWSERS` is installed.
    """
    with sync_playwright() as playwright, launched(playwright.chromium, *flags) as browser:
        yield browser


@contextmanager
def launched(kind: BrowserType, *flags: str) -> Iterator[Browser]:
    """Do as `chromium`, where playwright runs already."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise RuntimeError(f"there is no browser: apt-get install {BROWSERS[0]}")
    browser = kind.launch(
        executable_path=found, args=["--no-sandbox", "--disable-dev-shm-usage", *flags]
    )
    yield browser
    browser.close()


def _wait_until_up(address: str, process: subprocess.Popen, said: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + STARTING
    while time.monotonic() < end and process.poll() is None:
        try:
            with opener.open(address, timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the page did not start:\n{said.read_text()}")
