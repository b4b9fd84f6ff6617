"""The command line: one command, one exit status, and a mistake told in one line.

Nothing heavy is imported here, so that `--help` answers at once; `commands` does the work.
"""

from __future__ import annotations

import io
import sys
from argparse import Namespace
from collections.abc import Sequence

from .parser import build_parser

# Commands that need more than the package itself does, and videos.
EXTRAS = ("train", "labels", "export", "benchmark", "video")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 2 after one line on stderr (1: see `predict --help`)."""
    for stream in (sys.stdout, sys.stderr):  # a name that its encoding lacks must not end the work
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    chosen = build_parser().parse_args(arguments)
    try:
        return _run(chosen)
    except KeyboardInterrupt as error:  # perhaps while PyTorch is imported, which takes seconds
        more = f"; {error}" if error.args else ""
        print(f"seg_models {chosen.command}: stopped{more}", file=sys.stderr)
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
        package = str(error.name).partition(".")[0]
        extra = "video" if package == "av" else chosen.command
        if extra not in EXTRAS:
            raise
        remedy = f"pip install -e '.[{extra}]' -c constraints.txt"
        print(
            f"seg_models {chosen.command}: the package {package} is not here; "
            f"the extra {extra!r} brings it: {remedy}",
            file=sys.stderr,
        )
        return 2
