"""The tables of README and docs/checkpoints.md must say what each config.json says."""

import importlib.util
from pathlib import Path

import pytest

from scripts import readme_table
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


def test_the_document_has_every_figure(results):
    document = results.DOCUMENT.read_text(encoding="utf-8")
    _, found, rest = document.partition(results.BEGIN)
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
    document = f"before\n{results.BEGIN}\nold\n{results.END}\nafter\n"
    wanted = f"before\n{results.BEGIN}\nnew\n{results.END}\nafter\n"
    assert results.with_tables(document, "new") == wanted


def test_the_readmes_table_is_what_the_configs_say(monkeypatch):
    monkeypatch.delenv("SEG_MODELS_WEIGHTS_DIR", raising=False)
    text = readme_table.README.read_text(encoding="utf-8")
    assert text == readme_table.with_table(text, readme_table.table(registry.checkpoints()))


def test_the_readmes_table_has_a_row_for_each_network_and_a_column_for_each_domain():
    scored = [each for each in registry.checkpoints() if each.results.get("val_miou")]
    table = readme_table.table(scored)
    rows = {line.split("`")[1]: line for line in table.splitlines()[2:]}
    for each in scored:
        row = rows[each.architecture]
        figures = [f"{100 * each.results[key]:.1f}" for key in ("val_miou", "val_miou_crf")]
        assert " / ".join(figures) in row
    assert rows.keys() == {each.architecture for each in scored}
