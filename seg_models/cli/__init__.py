"""The command line: one command, one exit status, and a mistake told in one line.

Nothing heavy is imported here, so that `--help` answers at once; `commands` does the work.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence

from .parser import build_parser

EXTRAS = ("train", "export", "benchmark")  # commands that need more than the package itself does


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 2 after one line on stderr (1: see `predict --help`)."""
    chosen = build_parser().parse_args(arguments)
    try:
        return _run(chosen)
    except KeyboardInterrupt:  # perhaps while PyTorch was being imported, which takes seconds
        print(f"seg_models {chosen.command}: stopped", file=sys.stderr)
        return 130


def _run(chosen: Namespace) -> int:
    from ..specs import WeightsError
    from . import commands

    try:
        return commands.COMMANDS[chosen.command](chosen)
    except (ValueError, OSError, WeightsError) as error:
        print(f"seg_models {chosen.command}: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        if chosen.command not in EXTRAS:
            raise
        package = str(error.name).partition(".")[0]
        remedy = f"pip install -e '.[{chosen.command}]' -c constraints.txt"
        print(
            f"seg_models {chosen.command}: the package {package} is not here; "
            f"the extra {chosen.command!r} brings it: {remedy}",
            file=sys.stderr,
        )
        return 2
