"""What `pip install` gives: what a Space is given, the whole package, usable from any folder."""

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import tiny
from packaging.requirements import Requirement

from seg_models.checkpoints import registry
from seg_models.version import __version__

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]


def stated(lines):
    """Return the requirements of `lines` in one spelling; comments and empty ones are left out."""
    return sorted(str(Requirement(line)) for each in lines if (line := each.split("#")[0].strip()))


def in_file(name):
    return stated((ROOT / name).read_text(encoding="utf-8").splitlines())


def test_a_space_is_given_the_package_and_its_page():
    everything = [*PROJECT["project"]["dependencies"], *EXTRAS["demo"]]
    assert in_file("requirements.txt") == stated(everything)


def test_make_test_installs_the_extra_test():
    assert in_file("requirements-dev.txt") == stated(EXTRAS["test"])


def test_every_package_is_listed_and_nothing_else():
    found = {path.parent for path in (ROOT / "seg_models").rglob("*.py")}
    names = {each.relative_to(ROOT).as_posix().replace("/", ".") for each in found}
    assert {*names, "seg_models.weights"} == set(PROJECT["tool"]["setuptools"]["packages"])


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with what the wheel installs, as pip unpacks it."""
    scratch = tmp_path_factory.mktemp("wheel")
    checkout = scratch / "checkout"
    for part in ("seg_models", "weights", "pyproject.toml", "README.md", "LICENSE"):
        for path in [ROOT / part, *(ROOT / part).rglob("*")]:
            if path.is_file() and path.suffix not in (".pyc", ".safetensors"):
                place = checkout / path.relative_to(ROOT)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(path.read_bytes())
    build = "from setuptools import build_meta; build_meta.build_wheel('..')"
    subprocess.run(
        [sys.executable, "-c", build], cwd=checkout, check=True, capture_output=True, timeout=300
    )
    (wheel,) = scratch.glob("coarse_to_crisp-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(scratch / "site")
    return scratch / "site"


def run(site, tmp_path, *arguments, **variables):
    """Run Python in an empty folder, with the wheel's files in place of the checkout's."""
    inherited = {name: each for name, each in os.environ.items() if "SEG_MODELS" not in name}
    environment = {**inherited, "PYTHONPATH": str(site), "HF_HUB_OFFLINE": "1", **variables}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip


@pytest.mark.slow
def test_the_wheel_holds_all_but_the_weights(site):
    inside = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / "seg_models").rglob("*.*")}
    sources = {each for each in sources if not each.endswith(".pyc")}
    assert sources <= inside and "seg_models/py.typed" in inside
    assert {each.split("/")[0] for each in inside} == {
        "seg_models", f"coarse_to_crisp-{__version__}.dist-info"
    }  # fmt: skip
    configs = {path.parent.name for path in (ROOT / "weights").glob("*/config.json")}
    assert {f"seg_models/weights/{name}/config.json" for name in configs} <= inside
    assert not [each for each in inside if each.endswith(".safetensors")]
    scripts = (site / f"coarse_to_crisp-{__version__}.dist-info/entry_points.txt").read_text()
    assert "seg-models = seg_models.cli:main" in scripts


@pytest.mark.slow
def test_an_installed_package_lists_what_there_is_and_says_what_it_lacks(site, tmp_path):
    listed = run(site, tmp_path, "-m", "seg_models", "list", "--json")
    assert listed.returncode == 0, listed.stderr
    rows = {row["name"]: row for row in json.loads(listed.stdout)}
    assert "deeplab_v1-camvid" in rows and not any(row["embedded"] for row in rows.values())
    refused = run(site, tmp_path, "-c", "import seg_models; seg_models.load('deeplab_v1-camvid')")
    assert "SEG_MODELS_WEIGHTS_DIR" in refused.stderr.splitlines()[-1]


@pytest.mark.slow
def test_weights_come_from_the_folder_that_is_named_or_from_the_checkout_it_was_installed_from(
    site, tmp_path
):
    tiny.pack(tmp_path / "checkout" / "weights", "tiny-animals")
    line = "import seg_models; print(repr(seg_models.load('tiny-animals', 'cpu')))"
    named = run(
        site, tmp_path, "-c", line, SEG_MODELS_WEIGHTS_DIR=str(tmp_path / "checkout" / "weights")
    )
    assert named.stdout.strip() == "Segmenter of tiny-animals on cpu", named.stderr
    noted = site / f"coarse_to_crisp-{__version__}.dist-info" / "direct_url.json"
    noted.write_text(json.dumps({"url": (tmp_path / "checkout").as_uri(), "dir_info": {}}))
    found = run(site, tmp_path, "-c", line)
    noted.unlink()
    assert found.stdout.strip() == "Segmenter of tiny-animals on cpu", found.stderr


def test_a_checkout_uses_its_own_weights(monkeypatch):
    monkeypatch.delenv("SEG_MODELS_WEIGHTS_DIR", raising=False)
    assert registry.folder() == ROOT / "weights"
