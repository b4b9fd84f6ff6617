"""README's table of checkpoints, made from their config.json files.

.venv/bin/python -m scripts.readme_table            prints it
.venv/bin/python -m scripts.readme_table --write    puts it into README.md
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

from benchmarks.results import TITLES, percent, reference
from seg_models import networks
from seg_models.checkpoints import registry
from seg_models.specs import Checkpoint

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- checkpoints: begin -->", "<!-- checkpoints: end -->"


def main() -> None:
    """Print the table, or write it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="into README.md, between its marks")
    made = table(registry.checkpoints())
    if parser.parse_args().write:
        text = README.read_text(encoding="utf-8")
        README.write_text(with_table(text, made), encoding="utf-8")
    print(made)


def table(checkpoints: Iterable[Checkpoint]) -> str:
    """Return a row for each network that has a scored checkpoint, a column for each domain."""
    scored = [each for each in checkpoints if each.results.get("val_miou") is not None]
    domains = list(dict.fromkeys(each.domain for each in scored))
    titles = [f"`{each}`: {TITLES.get(each, each)}" for each in domains]
    lines = [f"| network | paper | {' | '.join(titles)} |", "|---" * (2 + len(domains)) + "|"]
    for architecture in networks.architectures():
        rows = {each.domain: each for each in scored if each.architecture == architecture}
        if rows:
            cells = [_figures(rows.get(domain)) for domain in domains]
            lines.append(f"| `{architecture}` | {reference(architecture)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def with_table(readme: str, made: str) -> str:
    """Return `readme` with the table between its two marks."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{made}\n{END}{after}"


def _figures(checkpoint: Checkpoint | None) -> str:
    if checkpoint is None:
        return "–"
    results = checkpoint.results
    return f"{percent(results['val_miou'])} / {percent(results.get('val_miou_crf'))}"


if __name__ == "__main__":
    main()
