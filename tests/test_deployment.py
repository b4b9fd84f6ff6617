"""The page elsewhere: as a container's user without rights, and as a Space from a fork."""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import yaml

from scripts import running
from seg_models.cli import build_parser
from seg_models.publish import space

ROOT = Path(__file__).resolve().parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
LINES = re.sub(r"\\\n\s*", "", DOCKERFILE).splitlines()
NOBODY = 65534


def instructions(name):
    """Return what follows each instruction of this name."""
    return [line.removeprefix(f"{name} ") for line in LINES if line.startswith(f"{name} ")]


def copied():
    """Return the files and folders that the image has of this repository."""
    return [name for line in instructions("COPY") for name in line.split()[:-1]]


def variables():
    return dict(pair.split("=", 1) for line in instructions("ENV") for pair in line.split())


def test_the_image_has_what_a_space_has_and_no_more():
    of_a_space = {name.partition("/")[0] for name in space.contents()}
    # Debian's packages it installs by itself, and the very versions that were tested.
    assert set(copied()) == (of_a_space - {"packages.txt"}) | {"constraints.txt"}
    assert (ROOT / "packages.txt").read_text().split() == ["g++"]
    assert re.search(r"apt-get install .* g\+\+ ", DOCKERFILE)


def test_what_is_not_copied_is_not_even_sent():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert lines[0] == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == set(copied())


def test_the_page_is_run_by_a_user_without_rights():
    (user,) = instructions("USER")
    assert user == "page"
    assert re.search(r"useradd --uid [1-9]\d+ .* page", DOCKERFILE)
    last = [line.split()[0] for line in LINES if line and line[0].isupper()]
    assert "COPY" not in last[last.index("USER") :]  # nothing of the page is the user's own
    assert instructions("CMD") == ['["python", "app.py"]']


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.skipif(
    shutil.which("setpriv") is None or os.geteuid() != 0,
    reason="only root can become another user, by util-linux's setpriv",
)
def test_it_starts_where_only_its_cache_can_be_written(tmp_path_factory):
    """As in the image: nobody's user, the image's variables, files that are root's."""
    scratch = tmp_path_factory.mktemp("image")
    app, cache = scratch / "app", scratch / "cache"
    app.mkdir()
    for name in copied():
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, app / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, app / name)
    cache.mkdir()
    os.chown(cache, NOBODY, NOBODY)
    # Reading is allowed, wherever this Python lies; writing and all else is not.
    reading = "-all,+dac_read_search"
    nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    nobody += [f"--inh-caps={reading}", f"--ambient-caps={reading}", "--no-new-privs"]
    environment = {
        **os.environ, **variables(), "HOME": "/nonexistent", "SEG_MODELS_CACHE": str(cache),
        "GRADIO_TEMP_DIR": str(cache / "gradio"), "HF_HOME": str(cache / "hub"),
        "GRADIO_SERVER_NAME": "127.0.0.1", "GRADIO_SERVER_PORT": str(running.free_port()),
        "HF_HUB_OFFLINE": "1",
    }  # fmt: skip
    environment.pop("SEG_MODELS_WEIGHTS_DIR", None)  # the page's tests have their own
    with (scratch / "log").open("w") as log:
        page = subprocess.Popen(
            [*nobody, sys.executable, "app.py"], cwd=app, env=environment, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{environment['GRADIO_SERVER_PORT']}/page/facts.json"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        end = time.monotonic() + running.STARTING
        while True:
            try:
                with opener.open(address, timeout=5) as answer:
                    assert b"deeplab_v3-everyday" in answer.read()
                break
            except OSError:
                assert page.poll() is None, (scratch / "log").read_text()
                assert time.monotonic() < end
                time.sleep(0.1)
    finally:
        page.terminate()
        page.wait(30)
    owned = {each.name for each in app.rglob("*") if each.stat().st_uid == NOBODY}
    assert owned == set()


def test_a_fork_publishes_a_space_of_its_own():
    told = yaml.safe_load((ROOT / ".github" / "workflows" / "space.yml").read_text())
    steps = told["jobs"]["publish"]["steps"]
    (last,) = [each for each in steps if "publish" in each.get("run", "")]
    words = last["run"].replace('"$SPACE"', "me/page").replace("$DRY_RUN", "--dry-run").split()
    chosen = build_parser().parse_args(words[words.index("seg_models") + 1 :])
    assert (chosen.command, chosen.space, chosen.dry_run) == ("publish", "me/page", True)
    # What a person types reaches the shell as a variable, never as a part of its script.
    assert all("${{" not in each.get("run", "") for each in steps)
