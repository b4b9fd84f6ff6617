"""How long a visitor waits: from `python app.py` to the page, to the first answer, to the next.

    .venv/bin/python benchmarks/page.py [--model deeplab_v3-animals] [--repeats 5]

Prints seconds of wall time; run it on a machine that does nothing else.
"""

import argparse
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[1]
PHOTO = ROOT / "assets" / "examples" / "dog_shepherd.jpg"
GIVE_UP = 300  # seconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="deeplab_v3-animals")
    parser.add_argument("--iterations", type=int, default=5)
    parser.add_argument("--repeats", type=int, default=5)
    chosen = parser.parse_args()
    from gradio_client import Client, handle_file  # first, so that its import is not measured

    port = free_port()
    began = time.perf_counter()
    process = start(port)
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_up(address, process)
        up = time.perf_counter() - began
        client = Client(address, verbose=False, analytics_enabled=False)
        waits = []
        for _ in range(chosen.repeats + 1):
            asked = time.perf_counter()
            *_, details = client.predict(
                handle_file(str(PHOTO)), chosen.model, chosen.iterations, api_name="/segment"
            )
            waits.append(time.perf_counter() - asked)
            if len(waits) == 1:
                answered = time.perf_counter() - began
        client.close()
    finally:
        process.terminate()
        process.wait(30)
    print(f"page is up             {up:6.2f} s after the start")
    print(f"first photo answered   {answered:6.2f} s after the start")
    print(f"next photos, quickest  {min(waits[1:]):6.2f} s, of which in the engine:")
    for stage, milliseconds in details["milliseconds"].items():
        print(f"  {stage:20} {milliseconds / 1000:6.2f} s")


def free_port() -> int:
    """Return a port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(port: int) -> subprocess.Popen:
    """Start the page, quietly, in a process of its own."""
    environment = {
        **os.environ,
        "GRADIO_SERVER_NAME": "127.0.0.1",
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_ANALYTICS_ENABLED": "False",
        "NO_PROXY": "127.0.0.1,localhost",
    }
    return subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )


def wait_until_up(address: str, process: subprocess.Popen) -> None:
    """Return as soon as the page answers.

    Raises:
        RuntimeError: If it never does.
    """
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.perf_counter() + GIVE_UP
    while time.perf_counter() < end and process.poll() is None:
        try:
            with opener.open(address, timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{address} did not answer; start `python app.py` to see why")


if __name__ == "__main__":
    main()
