"""The house rule: imports go one way, from the command line down to the plain facts.

The source is parsed, not imported, so that an import within a function counts like any other.
"""

import ast
import graphlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# From the bottom up. A part may import those of lower rows, and its own modules; `seg_models`
# itself, which names what the package offers, stands above them all.
ROWS = (
    {"specs", "version"},
    {"photos"},
    {"labels", "preprocess", "upsample", "device"},
    {"networks", "crf", "hub"},
    {"checkpoints"},
    {"visualize"},
    {"pipeline"},
    {"evaluation", "explain", "export"},
    {"publish", "annotations"},
    {"training"},
    {"cli"},
    {"seg_models", "__main__"},
)
# What runs a training; how a network begins is settled before and knows nothing of it.
RUNNING = {f"seg_models.training.{each}" for each in ("train", "loop", "state", "export")}
HEIGHT = {part: height for height, row in enumerate(ROWS) for part in row}
Imports = dict[str, set[str]]  # module: what it imports, modules of ours by their full name


def module_name(path: Path, root: Path) -> str:
    """Return the dotted name of the module in `path`, a folder's own for its `__init__`."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(root: Path, *packages: str) -> Imports:
    """Return what every module of `packages` in `root` imports, wherever in the file.

    Of `from x import y` it is the module x.y where there is one, else x.
    """
    paths = {
        module_name(path, root): path
        for package in packages
        for path in sorted((root / package).rglob("*.py"))
    }
    found: Imports = {name: set() for name in paths}
    for name, path in paths.items():
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found[name] |= {each.name for each in node.names}
            elif isinstance(node, ast.ImportFrom):
                home = package.split(".")[: len(package.split(".")) - node.level + 1]
                parts = [*(home if node.level else []), *(node.module or "").split(".")]
                source = ".".join(filter(None, parts))
                for each in node.names:
                    whole = f"{source}.{each.name}"
                    found[name].add(whole if whole in paths else source)
        found[name].discard(name)
    return found


def part(module: str) -> str:
    """Return the part of the engine that a module belongs to, such as "networks"."""
    return module.split(".")[1] if "." in module else module


def climbs(found: Imports) -> list[str]:
    """Return every import within the engine that does not lead down."""
    return [
        f"{module} imports {target}"
        for module, targets in found.items()
        for target in sorted(targets)
        if module.split(".")[0] == target.split(".")[0] == "seg_models"
        and (_is_above(target, module) or (_begins(module) and target in RUNNING))
    ]


def _is_above(target: str, module: str) -> bool:
    return part(module) != part(target) and HEIGHT[part(module)] <= HEIGHT[part(target)]


def _begins(module: str) -> bool:
    return module.startswith("seg_models.training.init")


def strangers(found: Imports) -> list[str]:
    """Return what the engine imports of the page, and the page of training."""
    wrong = []
    for module, targets in found.items():
        for target in sorted(targets):
            top = target.split(".")[0]
            if module.split(".")[0] == "seg_models":
                refused = top in {"gradio", "gradio_client", "page", "spaces"}
            else:  # the command line leads to training
                refused = top == "seg_models" and part(target) in {"training", "cli"}
            if refused:
                wrong.append(f"{module} imports {target}")
    return wrong


def circle(found: Imports) -> list[str]:
    """Return the modules of a circle, the first one also last, or nothing.

    A package counts as imported by its modules only where one of them says so: what else its
    `__init__` needs is loaded before them.
    """
    graph = {
        module: {each for each in targets if each in found} for module, targets in found.items()
    }
    try:
        tuple(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        return error.args[1][::-1]
    return []


@pytest.fixture(scope="module")
def ours():
    """What the modules of the engine and the page import."""
    return imports(ROOT, "seg_models", "page")


def test_imports_lead_down(ours):
    assert climbs(ours) == []


def test_gradio_stays_in_the_page_and_training_out_of_it(ours):
    assert strangers(ours) == []


def test_no_imports_go_in_circles(ours):
    assert circle(ours) == []


def test_every_part_has_its_row_and_few_are_single_modules():
    engine = ROOT / "seg_models"
    folders = {path.parent.name for path in engine.glob("*/__init__.py")}
    modules = {path.stem for path in engine.glob("*.py")}
    assert folders | (modules - {"__init__"}) | {"seg_models"} == HEIGHT.keys()
    assert len(modules) <= 9


@pytest.mark.parametrize(
    ("place", "line", "complaint"),
    [
        ("specs.py", "from . import pipeline", "seg_models.specs imports seg_models.pipeline"),
        (
            "networks/fcn.py",
            "def late():\n    from ..checkpoints import registry",
            "seg_models.networks.fcn imports seg_models.checkpoints.registry",
        ),
        (
            "crf/a.py",
            "from ..networks import create",
            "seg_models.crf.a imports seg_models.networks",
        ),
        ("labels.py", "import seg_models", "seg_models.labels imports seg_models"),
        ("hub/a.py", "import gradio as gr", "seg_models.hub.a imports gradio"),
        ("hub/a.py", "from page.look import Look", "seg_models.hub.a imports page.look"),
        (
            "training/init/a.py",
            "from .. import loop",
            "seg_models.training.init.a imports seg_models.training.loop",
        ),
        (
            "../page/a.py",
            "from seg_models.training import loop",
            "page.a imports seg_models.training.loop",
        ),
    ],
)
def test_a_wrong_import_is_seen(tmp_path, place, line, complaint):
    files = {
        "pipeline.py", "checkpoints/registry.py", "networks/__init__.py", "networks/fcn.py",
        "training/__init__.py", "training/loop.py", "../page/look.py",
    }  # fmt: skip
    for each in {*files, place}:
        path = tmp_path / "seg_models" / each
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(line if each == place else "", encoding="utf-8")
    (tmp_path / "seg_models" / "__init__.py").touch()
    found = imports(tmp_path, "seg_models", "page")
    assert climbs(found) + strangers(found) == [complaint]


def test_a_circle_is_seen(tmp_path):
    package = tmp_path / "seg_models"
    package.mkdir()
    (package / "a.py").write_text("from . import b")
    (package / "b.py").write_text("def late():\n    from .c import name")
    (package / "c.py").write_text("import seg_models.a")
    assert set(circle(imports(tmp_path, "seg_models"))) == {f"seg_models.{each}" for each in "abc"}
