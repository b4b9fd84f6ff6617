"""List the files of this package that a command passes through, in the order in which it does.

    python -m scripts.walk predict assets/examples/cat_chelsea.jpg --model segnet-animals --out out

After the command's own output comes a line for each file: how many of its functions were called,
and from which file the first of them was.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import threading
from pathlib import Path
from types import FrameType

ROOT = Path.cwd()
NOT_CALLS = ("<module>", "<lambda>", "<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>")


class Walk:
    """What was called so far, on all threads."""

    def __init__(self, packages: tuple[str, ...] = ("seg_models", "page")):
        self.folders = tuple(f"{ROOT / each}/" for each in packages)
        self.functions: dict[str, set[str]] = {}  # by file, in the order of their first call
        self.first_caller: dict[str, str] = {}

    def notice(self, frame: FrameType, event: str, _: object) -> None:
        """Take down one call: what `sys.setprofile` calls."""
        code = frame.f_code
        if event != "call" or code.co_name in NOT_CALLS or not self._ours(code.co_filename):
            return
        self.functions.setdefault(code.co_filename, set()).add(code.co_qualname)
        self.first_caller.setdefault(code.co_filename, self._caller(frame))

    def report(self) -> str:
        """Return the lines that are shown."""
        rows = [
            f"{index:>3}  {_short(name):55}{len(called):>4}  {_short(self.first_caller[name])}"
            for index, (name, called) in enumerate(self.functions.items(), start=1)
        ]
        total = sum(map(len, self.functions.values()))
        return "\n".join([*rows, f"{len(rows)} files, {total} functions"])

    def _ours(self, path: str) -> bool:
        return path.startswith(self.folders)

    def _caller(self, frame: FrameType) -> str:
        """Return the nearest file of this package on the stack above, "" if there is none."""
        above = frame.f_back
        while above is not None and not (
            self._ours(above.f_code.co_filename) and above.f_code.co_name != "<module>"
        ):
            above = above.f_back
        return above.f_code.co_filename if above is not None else ""


def _short(path: str) -> str:
    return str(Path(path).relative_to(ROOT)) if path else "-"


def main(arguments: list[str]) -> int:
    """Run the command and print where it went."""
    sys.path.insert(0, str(ROOT))
    import seg_models
    from seg_models.cli import main as command

    for module in pkgutil.walk_packages(seg_models.__path__, "seg_models."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)  # so that classes are made before the walk
    walk = Walk()
    threading.setprofile(walk.notice)
    sys.setprofile(walk.notice)
    try:
        status = command(arguments)
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    print(walk.report())
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
