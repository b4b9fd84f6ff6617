"""What the repository promises beside its code: licences, sizes, versions, commands, links."""

import importlib.metadata
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from PIL import Image

from seg_models.checkpoints import registry
from seg_models.labels import DOMAINS

ROOT = Path(__file__).resolve().parents[1]
ASSETS = ROOT / "assets"
EXAMPLES = ASSETS / "examples"
PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".svg", ".ico"}
TEXTS = {".py", ".cpp", ".md", ".txt", ".toml", ".json", ".css", ".js", ".svg", ".yml", ".yaml", ""}
FRONT_MATTER_COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}


def files() -> list[Path]:
    """Return every file of the project: what .gitignore names, and git's own, left out."""
    ignored = {line.strip("/") for line in (ROOT / ".gitignore").read_text().split()} | {".git"}
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [each for each in folders if each not in ignored]
        found += [Path(folder, name) for name in names if name not in ignored]
    return found


def requirements(name: str) -> list[Requirement]:
    """Return what a requirements file asks for; comments and empty lines are left out."""
    lines = (line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines())
    return [Requirement(line) for line in lines if line]


def pins() -> dict[str, str]:
    """Return the version that constraints.txt holds each package to, by normalised name."""
    return {
        canonicalize_name(each.name): str(each.specifier).removeprefix("==")
        for each in requirements("constraints.txt")
    }


def test_every_picture_is_attributed_and_every_attribution_has_its_picture():
    table = (ASSETS / "ATTRIBUTION.md").read_text()
    named = {
        name
        for line in table.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`([^`]+)`", line.split("|")[1])
    }
    pictures = {
        each.relative_to(ASSETS).as_posix()
        for each in ASSETS.rglob("*")
        if each.suffix.lower() in PICTURES
    }
    assert named == pictures


def test_every_attribution_states_author_licence_source_and_changes():
    rows = [line for line in (ASSETS / "ATTRIBUTION.md").read_text().splitlines() if "| `" in line]
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) == 6 and all(cells), row
        assert re.search(r"CC0|CC BY 2\.0|public domain|MIT", cells[3]), row


def test_the_list_of_examples_is_the_folder():
    listed = json.loads((EXAMPLES / "examples.json").read_text())
    assert sorted(each["file"] for each in listed) == sorted(p.name for p in EXAMPLES.glob("*.jpg"))
    assert len({each["title"] for each in listed}) == len(listed)
    for each in listed:
        assert each.keys() - {"truth", "failure"} == {"file", "title", "domain", "alt"}
        assert each["domain"] in DOMAINS
        assert 10 <= len(each["alt"]) <= 125, f"alternative text of {each['file']}"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.jpg")), ids=lambda path: path.name)
def test_an_example_is_a_small_plain_photo(path):
    assert path.stat().st_size <= 250_000
    with Image.open(path) as photo:
        assert (photo.format, photo.mode) == ("JPEG", "RGB")
        assert max(photo.size) <= 1024
        assert not photo.getexif() and "icc_profile" not in photo.info


def test_stored_weights_stay_within_what_a_clone_can_bear():
    sizes = {each: each.stat().st_size for each in (ROOT / "weights").rglob("*") if each.is_file()}
    assert {each.name: size for each, size in sizes.items() if size > 60_000_000} == {}
    assert sum(sizes.values()) <= 400_000_000


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_the_tested_versions_satisfy_the_ranges(name):
    for each in requirements(name):
        assert each.specifier.contains(pins()[canonicalize_name(each.name)]), str(each)


def test_the_tested_versions_leave_no_dependency_open():
    installed = {canonicalize_name(each.name): each for each in importlib.metadata.distributions()}
    open_ended = set()
    # torch pins the CUDA parts of its own build itself; which ones there are depends on the build.
    for name in pins().keys() & installed.keys() - {"torch"}:
        for line in installed[name].requires or ():
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                open_ended |= {canonicalize_name(needed.name)} - pins().keys()
    assert open_ended == set()


def test_the_space_starts_what_was_tested():
    front = yaml.safe_load((ROOT / "README.md").read_text().split("---\n")[1])
    assert front["sdk"] == "gradio" and front["sdk_version"] == pins()["gradio"]
    assert (ROOT / front["app_file"]).is_file()
    assert isinstance(front["python_version"], str)  # unquoted, 3.10 would read as 3.1
    assert len(front["short_description"]) <= 60
    assert {front["colorFrom"], front["colorTo"]} <= FRONT_MATTER_COLOURS


def test_the_space_has_what_comes_from_the_hub_before_it_starts(monkeypatch):
    """Each line is a repo, its files and, where config.json pins one, the commit."""
    monkeypatch.delenv("SEG_MODELS_WEIGHTS_DIR", raising=False)
    front = yaml.safe_load((ROOT / "README.md").read_text().split("---\n")[1])
    places = [each.hub for each in registry.checkpoints() if not each.embedded and each.hub]
    lines = [" ".join(filter(None, (each.repo, each.file, each.commit))) for each in places]
    assert front["preload_from_hub"] == lines


def test_links_between_the_documents_lead_somewhere():
    for document in (each for each in files() if each.suffix == ".md"):
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_no_file_names_a_path_of_somebodys_machine():
    private = re.compile(r"(?<![\w.~/-])/(?:work|root|home|Users)/[\w.]|[A-Z]:\\Users")
    for each in (each for each in files() if each.suffix in TEXTS):
        found = private.search(each.read_text(errors="replace"))
        assert found is None, f"{each.relative_to(ROOT)} holds {found and found.group()}"


def test_the_continuous_integration_script_parses_and_may_be_run():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", script], check=True, stdin=subprocess.DEVNULL)
