"""docs/python-api.md, made from the docstrings of the package's public names.

    .venv/bin/python -m scripts.python_api            prints it
    .venv/bin/python -m scripts.python_api --write    puts it into docs/python-api.md

griffe reads the source, without running it, and takes the docstrings apart; it is what mkdocstrings
stands on. What is left to do here is Markdown that GitHub shows as it is, with no site to build.
"""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path

import griffe

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "python-api.md"
HEAD = """# The Python API

Made from the docstrings by `.venv/bin/python -m scripts.python_api --write`.

```python
import seg_models
```

Sizes are (height, width). `C` counts classes, `H` and `W` are a photo's height and width at
working size, `h` and `w` those of a score map. What is wrong with an argument is a `ValueError`,
weights that cannot be had are a `WeightsError`; both say what came, what is needed and what to do.
"""
# In the order of use; `open_photo` is what every photo goes through.
NAMES = (
    "load", "Segmenter", "Segmentation", "preprocess.open_photo", "CrfSettings", "mean_field",
    "Checkpoint", "specs.LabelSet", "open_checkpoint", "create", "architectures", "WeightsError",
)  # fmt: skip
KINDS = griffe.DocstringSectionKind


def main() -> None:
    """Print the document, or write it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="into docs/python-api.md")
    made = document()
    if parser.parse_args().write:
        DOCUMENT.write_text(made, encoding="utf-8")
    else:
        print(made, end="")


def document() -> str:
    """Return the whole document."""
    package = griffe.load("seg_models", search_paths=[ROOT], docstring_parser="google")
    parts = [HEAD]
    for name in NAMES:
        found = package[name]
        parts += _entry(f"seg_models.{name}", found.final_target if found.is_alias else found)
    return "\n".join(parts)


def _entry(title: str, found: griffe.Object) -> Iterator[str]:
    yield f"## `{title}`\n"
    if isinstance(found, griffe.Function):
        yield from _signature(found)
    yield from _docstring(found)
    if not isinstance(found, griffe.Class):
        return
    public = [each for each in found.members.values() if not each.name.startswith("_")]
    fields = [each for each in public if isinstance(each, griffe.Attribute)]
    if fields:
        yield "\n".join(_field(each) for each in fields) + "\n"
    for method in (each for each in public if isinstance(each, griffe.Function)):
        yield f"### `{found.name}.{method.name}`\n"
        yield from _signature(method)
        yield from _docstring(method)


def _signature(function: griffe.Function) -> Iterator[str]:
    given = [each for each in function.parameters if each.name != "self"]
    parameters = ", ".join(_parameter(each) for each in given)
    yield f"```python\n{function.name}({parameters}) -> {function.returns}\n```\n"


def _parameter(parameter: griffe.Parameter) -> str:
    star = "**" if parameter.kind is griffe.ParameterKind.var_keyword else ""
    default = "" if parameter.default is None or star else f" = {parameter.default}"
    return f"{star}{parameter.name}: {parameter.annotation}{default}"


def _docstring(found: griffe.Object) -> Iterator[str]:
    for section in found.docstring.parsed if found.docstring else ():
        if section.kind is KINDS.text:
            yield _quoted(section.value) + "\n"
        elif section.kind is KINDS.examples:
            yield "".join(f"```python\n{text}\n```\n" for _, text in section.value)
        elif section.kind is KINDS.parameters:
            yield _list("Arguments", ((f"`{each.name}`", each) for each in section.value))
        elif section.kind is KINDS.raises:
            yield _list("Raises", ((f"`{each.annotation}`", each) for each in section.value))
        elif section.kind in (KINDS.yields, KINDS.returns):
            texts = " ".join(_line(each.description) for each in section.value)
            yield f"**{section.kind.value.title()}:** {texts}\n"


def _list(title: str, rows: Iterable[tuple[str, griffe.DocstringElement]]) -> str:
    lines = [f"- {name}: {_line(each.description)}" for name, each in rows]
    return f"**{title}**\n\n" + "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Return `text` with its doctest lines in a block of code."""
    lines: list[str] = []
    inside = False
    for line in text.splitlines():
        code = line.startswith((">>>", "..."))
        if code != inside:
            lines.append("```python" if code else "```")
            inside = code
        lines.append(line[4:] if code else line)
    return "\n".join([*lines, "```"] if inside else lines)


def _field(field: griffe.Attribute) -> str:
    described = field.docstring.value.partition("\n\n")[0] if field.docstring else _comment(field)
    default = f" = {field.value}" if field.value and "factory" not in str(field.value) else ""
    default = default if "field(" not in default else ""
    explained = f": {_line(described)}" if described else ""
    return f"- `{field.name}: {field.annotation}{default}`{explained}"


def _line(text: str) -> str:
    """Return `text` in one line, its angle brackets safe from being taken for HTML."""
    parts = " ".join(text.split()).split("`")
    parts[::2] = [each.replace("<", "&lt;") for each in parts[::2]]
    return "`".join(parts)


def _comment(field: griffe.Attribute) -> str:
    """Return the comment behind the field, on its line."""
    lines = Path(str(field.filepath)).read_text(encoding="utf-8").splitlines()
    return lines[(field.lineno or 1) - 1].partition("  # ")[2]


if __name__ == "__main__":
    main()
