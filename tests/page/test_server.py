"""The page's own routes, and that it starts and stays light wherever it is put."""

import http.server
import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image
from steps import answered, caption, opened, upload

from scripts import running


def hand_in(address, path, name="photo.png", kind="photos"):
    question = {"name": name, "language": "en"}
    return httpx.post(f"{address}/page/{kind}", params=question, content=path.read_bytes()).json()


def stream(address, kind, timeout=60, **asked):
    answer = httpx.post(f"{address}/page/{kind}", json=asked, timeout=timeout)
    return [json.loads(line) for line in answer.text.splitlines()]


def test_a_program_can_follow_a_run_line_by_line(site):
    photo = hand_in(site.address, site.photos[0].path)
    messages = stream(site.address, "run", photo=photo["key"], model="deeplab_v1-animals")
    assert messages[0]["kind"] == "begin" and messages[-1]["kind"] == "done"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"Dear reader", "letter.jpg is not a picture"),
        (b"", "letter.jpg is empty"),
        (b"x" * (30 * 2**20 + 1), "too large: at most 30 MB"),
    ],
    ids=["text", "empty", "large"],
)
def test_a_file_that_is_no_photo_is_refused_by_name(site, tmp_path, content, reason):
    (tmp_path / "letter").write_bytes(content)
    said = hand_in(site.address, tmp_path / "letter", "letter.jpg")
    assert reason in said["refused"] and "/" not in said["refused"]


@pytest.mark.parametrize(
    "asked", [b"", b"[]", b"{", b"\xff", b'{"photo": 3}', b'{"visitor": {"a": []}}', b"[" * 100_000]
)
def test_nonsense_gets_a_sentence_and_the_server_goes_on(site, asked):
    headers = {"content-type": "application/json"}
    for kind in ("run", "compare", "fields", "growth", "take", "check", "bring"):
        address = f"{site.address}/page/{kind}"
        answer = httpx.post(address, content=asked, headers=headers, timeout=60)
        (message,) = map(json.loads, answer.text.splitlines()[-1:])
        assert message["kind"] == "error" and message["sentence"]
        assert "Traceback" not in answer.text and "site-packages" not in answer.text
    for kind in ("levels", "probe"):
        answer = httpx.post(f"{site.address}/page/{kind}", content=asked, headers=headers)
        assert answer.json()["refused"]


def test_another_sites_page_cannot_ask_in_a_visitors_name(site):
    """A browser sends such text unasked; JSON only after asking whether it may."""
    photo = hand_in(site.address, site.photos[0].path)
    asked = json.dumps({"photo": photo["key"], "model": "deeplab_v1-animals"}).encode()
    headers = {"content-type": "text/plain", "origin": "http://evil.example"}
    answer = httpx.post(f"{site.address}/page/run", content=asked, headers=headers)
    assert json.loads(answer.text)["kind"] == "error"


@pytest.mark.parametrize(
    "place",
    [
        "static/../server/routes.py", "static/%2e%2e/__init__.py", "photos/../../app.py",
        "photos/unknown.jpg", "photos/example_0.py", "files/..%2f..%2fetc/passwd",
        "files/" + "0" * 32 + "/labels.png", "film/unknown.gif", "examples/unknown.webp", "x",
    ],
)  # fmt: skip
def test_nothing_else_can_be_read(site, place):
    answer = httpx.get(f"{site.address}/page/{place}")
    assert answer.status_code == 404 and "import" not in answer.text


def test_scripts_are_asked_for_anew_after_an_update(site):
    answer = httpx.get(f"{site.address}/page/static/main.js")
    assert answer.headers["cache-control"] == "no-cache" and answer.headers["etag"]
    assert "javascript" in answer.headers["content-type"]


ODD = """
from page import shell

def plain(value):
    if isinstance(value, dict):
        return all(isinstance(key, str) and plain(each) for key, each in value.items())
    if isinstance(value, list | tuple):
        return all(map(plain, value))
    return value is None or isinstance(value, str | int | float | bool)

demo = shell.build()
kinds = [type(each).__name__ for each in demo.blocks.values()]
odd = [each["type"] for each in demo.config["components"] if not plain(each["props"])]
print(len(kinds), odd, "State" in kinds)
"""


def test_no_component_holds_anything_but_plain_values():
    """Each visit copies what the components hold: with a result among it, gigabytes."""
    number, rest = started(ODD)[-1].split(" ", 1)
    assert int(number) > 5 and rest == "[] False"


def resident(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_visit_costs_the_same_with_ten_results_stored(served, tmp_path):
    photo = np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8).repeat(3, 0)
    Image.fromarray(photo.repeat(3, 1)).save(tmp_path / "large.png")
    before = httpx.get(served.address).content
    key = hand_in(served.address, tmp_path / "large.png")["key"]
    crf = {"iterations": 0, "appearance_weight": 5, "appearance_reach": 60, "colour_reach": 10,
           "smoothness_weight": 3, "smoothness_reach": 3}  # fmt: skip
    for number in range(10):
        asked = {"photo": key, "model": "deeplab_v1-camvid", "crf": crf, "visitor": str(number)}
        assert stream(served.address, "run", 300, **asked)[-1]["kind"] == "done"
    assert len(httpx.get(served.address).content) == len(before)
    full = resident(served.process.pid)
    for _ in range(30):
        httpx.get(served.address)
    assert resident(served.process.pid) - full < 60 * 2**20  # ten results are 240 MB


def started(script, **variables):
    """Run a script in a process of its own with these variables and no proxy settings."""
    environment = {
        name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")
    }
    environment.pop("GRADIO_TEMP_DIR", None)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=running.ROOT, env={**environment, **variables},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_each_process_has_a_folder_of_its_own_unless_told(tmp_path):
    script = "import page, os; print(os.environ['GRADIO_TEMP_DIR'])"
    folders = {started(script, TMPDIR=str(tmp_path))[0] for _ in range(2)}
    assert len(folders) == 2 and str(tmp_path / "gradio") not in folders
    assert started(script, GRADIO_TEMP_DIR="/somewhere") == ["/somewhere"]


def test_a_proxy_is_not_asked_for_this_machine():
    script = "import page, urllib.request as u; print(u.proxy_bypass('127.0.0.1'))"
    (bypassed,) = started(script, http_proxy="http://127.0.0.1:9", no_proxy="intern.example")
    assert bypassed in ("1", "True")


def test_without_a_home_caches_go_to_a_folder_that_can_be_written():
    script = "import page, os; print(os.environ['HF_HOME']); print(os.access('.', os.W_OK))"
    home, _ = started(script, HOME="/nonexistent")
    assert not home.startswith("/nonexistent")


def test_the_page_starts_behind_a_proxy_that_is_not_there(zoo_folder):
    variables = {
        "SEG_MODELS_WEIGHTS_DIR": str(zoo_folder), "http_proxy": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": "", "no_proxy": "",
        "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    with running.page(variables) as address:
        client = httpx.Client(trust_env=False)
        assert client.get(f"{address}/page/facts.json").json()["networks"]


@contextmanager
def proxied(address, prefix):
    """A proxy that serves a page below `prefix` alone."""

    class Proxy(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.answer("GET", None)

        def do_POST(self):
            self.answer("POST", self.rfile.read(int(self.headers.get("content-length", 0))))

        def answer(self, method, content):
            if not self.path.startswith(prefix):  # Gradio's manifest is asked for at the root
                self.send_response(204)
                self.end_headers()
                return
            headers = {
                "content-type": self.headers.get("content-type", ""),
                "x-forwarded-host": self.headers["host"],
                "x-forwarded-prefix": prefix,
            }
            url = address + self.path.removeprefix(prefix)
            found = httpx.request(method, url, content=content, headers=headers, timeout=120)
            self.send_response(found.status_code)
            for name in ("content-type", "cache-control"):
                if name in found.headers:
                    self.send_header(name, found.headers[name])
            self.send_header("content-length", str(len(found.content)))
            self.end_headers()
            self.wfile.write(found.content)

        def log_message(self, *_):
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}{prefix}"
    server.shutdown()
    server.server_close()


def test_below_a_path_of_another_server_all_works(browser, zoo_folder, photo_path):
    variables = {
        "SEG_MODELS_WEIGHTS_DIR": str(zoo_folder), "GRADIO_ROOT_PATH": "/lab/crisp",
        "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "SEG_MODELS_EXAMPLES_DIR": "/nowhere",
    }  # fmt: skip
    with (
        running.page(variables) as address,
        proxied(address, "/lab/crisp") as outside,
        opened(browser, outside, "/") as page,
    ):
        upload(page, photo_path)
        answered(page)
        assert "96×64 pixels" in caption(page, "upsampled").inner_text()
