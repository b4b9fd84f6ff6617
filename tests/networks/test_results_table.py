"""The README's tables must say what the checkpoints' own config.json says."""

import importlib.util
from pathlib import Path

import pytest

from seg_models import networks
from seg_models.checkpoints import registry

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def results():
    """The benchmark that writes the tables."""
    spec = importlib.util.spec_from_file_location("results", ROOT / "benchmarks" / "results.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "architecture, text",
    [
        ("fcn8s", "[Long 2015](https://arxiv.org/abs/1411.4038)"),
        ("dilatednet", "[Yu 2016](https://arxiv.org/abs/1511.07122)"),
        ("deeplab_v3", "[Chen 2017](https://arxiv.org/abs/1706.05587)"),
        ("fc_densenet103", "[Jégou 2017](https://arxiv.org/abs/1611.09326)"),
    ],
)
def test_a_paper_is_its_first_author_and_year(results, architecture, text):
    assert results.reference(architecture) == text


def test_every_network_has_a_paper(results):
    for architecture in networks.architectures():
        assert results.reference(architecture).startswith("[")


def test_the_readme_has_every_figure(results):
    readme = results.README.read_text(encoding="utf-8")
    _, found, rest = readme.partition(results.BEGIN)
    assert found
    tables, _, _ = rest.partition(results.END)
    rows = {
        line.split("]")[0].removeprefix("| ["): [cell.strip() for cell in line.split("|")[1:-1]]
        for line in tables.splitlines()
        if line.startswith("| [")
    }
    scored = [each for each in registry.checkpoints() if each.embedded and each.results]
    assert set(rows) == {each.name for each in scored}
    for each in scored:
        facts = each.results
        figures = (facts["val_miou"], facts.get("val_miou_crf"), each.published_miou)
        assert rows[each.name][6:9] == [results.percent(figure) for figure in figures], each.name
        assert rows[each.name][5] == f"{each.file_bytes / 1e6:.1f} MB"


def test_only_what_is_between_the_marks_is_replaced(results):
    readme = f"before\n{results.BEGIN}\nold\n{results.END}\nafter\n"
    wanted = f"before\n{results.BEGIN}\nnew\n{results.END}\nafter\n"
    assert results.with_tables(readme, "new") == wanted
