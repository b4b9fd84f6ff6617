"""The command line: one command, one exit status, and a mistake told in one line.

Nothing heavy is imported here, so that `--help` answers at once; `commands` does the work.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence

from .parser import build_parser

EXTRAS = (
    "train",
    "labels",
    "export",
    "benchmark",
)  # commands that need more than the package itself does


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0, or 2 after one line on stderr (1: see `predict --help`)."""
    for stream in (sys.stdout, sys.stderr):  # a name that its encoding lacks must not end the work
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    chosen = build_parser().parse_args(arguments)
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
    except KeyboardInterrupt as error:
        more = f"; {error}" if error.args else ""
        print(f"seg_models {chosen.command}: stopped{more}", file=sys.stderr)
        return 130
