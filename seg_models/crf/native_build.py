"""Compiling the native engine on the machine that runs it: once, beside the work, never in its way.

A Space installs requirements and runs the checkout, so nothing is built when this package comes
there; and an extension built elsewhere would have to do without the processor's own vectors. So
the first use starts a compiler in a process of its own, at low priority, and everything goes on
with the PyTorch engine. Whoever asks after it is done, in this process or a later one, finds the
library in the cache. It is named after all that decides what is in it, written under another name
first, and tried out in the process that built it: one that crashes never gets into any other.

The folder is SEG_MODELS_CACHE, or coarse-to-crisp in the user's cache; where neither can be
written, one that lasts as long as this process. SEG_MODELS_NATIVE=0 switches all of this off.

This file is also the program that builds, and so imports nothing beyond the standard library.
"""

from __future__ import annotations

import atexit
import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from functools import cache
from math import exp, log2
from pathlib import Path

SOURCE = Path(__file__).with_name("native_engine.cpp")
FLAGS = ("-std=c++20", "-O3", "-ffp-contract=off", "-fPIC", "-shared", "-pthread")
COMPILERS = ("c++", "g++", "clang++")
PATIENCE = 24 * 3600  # seconds until a build that failed is tried again
SLOWEST_BUILD = 300  # seconds

_lock = threading.Lock()
_started: dict[Path, subprocess.Popen] = {}
_loaded: dict[Path, ctypes.CDLL] = {}


def load_library(level: str = "") -> ctypes.CDLL | None:
    """Return the library if it is there; if not, see to it that it is being built.

    Args:
        level: What the processor can do beyond its family's least, as `-march` calls it.
    """
    if unavailable():
        return None
    with _lock:
        target = path(level)
        if target not in _loaded and target.is_file():
            _loaded[target] = ctypes.CDLL(str(target))
        if target not in _loaded and target not in _started and not _failed_lately(target):
            _start(target, level)
        return _loaded.get(target)


def build(level: str = "") -> ctypes.CDLL:
    """Return the library, after waiting for it if need be.

    Raises:
        ValueError: If it cannot be built; the message says why.
    """
    reason = unavailable()
    if reason:
        raise ValueError(reason)
    target = path(level)
    if load_library(level) is None:
        with _lock:
            process = _started.get(target) or _start(target, level)
        process.wait(SLOWEST_BUILD)
    found = load_library(level)
    if found is None:
        raise ValueError(f"it did not compile: {_first_error(target)}")
    return found


def unavailable() -> str:
    """Return why there can be no library here, or nothing if there can."""
    if os.environ.get("SEG_MODELS_NATIVE") == "0":
        return "SEG_MODELS_NATIVE is 0"
    if os.name != "posix" or not sys.executable:
        return f"it is not built on {platform.system()}"
    if not SOURCE.is_file():
        return f"{SOURCE.name} is missing"
    return "" if _compiler() else f"there is no C++ compiler ({', '.join(COMPILERS)})"


def path(level: str = "") -> Path:
    """Return where the library is, or will be."""
    content = (SOURCE.read_bytes(), *FLAGS, level, platform.system(), platform.machine())
    digest = hashlib.sha256(repr(content).encode()).hexdigest()[:16]
    return _folder() / f"crf-{digest}.so"


def _compiler() -> str | None:
    named = os.environ.get("CXX")
    return next(filter(None, map(shutil.which, (named,) if named else COMPILERS)), None)


@cache
def _folder() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    named = os.environ.get("SEG_MODELS_CACHE")
    folder = Path(named) if named else Path(home, "coarse-to-crisp")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = folder.stat()
        # What is loaded from there runs as this user: nobody else may put anything in.
        if facts.st_uid == os.getuid() and not facts.st_mode & 0o022 and os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    own = Path(tempfile.mkdtemp(prefix="coarse-to-crisp-"))
    atexit.register(shutil.rmtree, own, ignore_errors=True)
    return own


def _start(target: Path, level: str) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, "-I", __file__, str(target), level],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # a short command may end before its compiler does
    )
    _started[target] = process
    threading.Thread(target=process.wait, daemon=True, name="crf-build").start()
    return process


def _failed_lately(target: Path) -> bool:
    log = target.with_suffix(".log")
    return log.is_file() and time.time() - log.stat().st_mtime < PATIENCE


def _first_error(target: Path) -> str:
    log = target.with_suffix(".log")
    lines = log.read_text(errors="replace").splitlines() if log.is_file() else []
    return next((line.strip() for line in lines if "error" in line), "") or " ".join(lines[:1])


def _build(target: Path, level: str) -> str:
    """Compile and try the library, and put it in its place; return what went wrong."""
    unfinished = target.with_suffix(f".{os.getpid()}")
    march = [f"-march={level}"] if level else []
    try:
        done = subprocess.run(
            [_compiler(), *FLAGS, *march, str(SOURCE), "-o", str(unfinished)],
            capture_output=True,
            text=True,
            timeout=SLOWEST_BUILD,
        )
        if done.returncode:
            return done.stderr or f"error: the compiler ended with status {done.returncode}"
        # In a process of its own: it may crash, where the processor lacks an instruction.
        trial = subprocess.run([sys.executable, "-I", __file__, "--try", str(unfinished)])
        if trial.returncode:
            return f"error: it compiled, but failed its trial with status {trial.returncode}"
        os.replace(unfinished, target)
        return ""
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"error: {error}"
    finally:
        unfinished.unlink(missing_ok=True)


def _trial(built: Path) -> bool:
    """Return whether the library knows what two like pixels tell each other, by hand."""
    crf, weight, far = ctypes.CDLL(str(built)), 2.0, ctypes.c_float(1e6)
    lattice, inference = ctypes.c_void_p(), ctypes.c_void_p()
    size = ctypes.c_int64(1), ctypes.c_int64(2)
    given = (ctypes.c_float * 4)(0.9, 0.6, 0.1, 0.4)
    colours, refined = (ctypes.c_uint8 * 6)(*[70] * 6), (ctypes.c_float * 4)()
    made = crf.appearance_new(*size, colours, far, far, 1, 1, ctypes.byref(lattice))
    smooth = ctypes.c_void_p()
    made = made or crf.smoothness_new(*size, far, 1, 1, ctypes.byref(smooth))
    exponent = ctypes.c_float(weight * log2(exp(1)))
    least = ctypes.c_float(1e-5)
    made = made or crf.inference_new(
        smooth, ctypes.c_float(0), lattice, exponent, given, 2, least, 2, ctypes.byref(inference)
    )
    made = made or crf.inference_step(inference, refined, None, None, 1, 2)
    odds = 0.9 / 0.1 * exp(weight * (0.75 - 0.25))
    return made == 0 and abs(refined[0] - odds / (1 + odds)) < 1e-5


def _main() -> int:
    if sys.argv[1] == "--try":
        return 0 if _trial(Path(sys.argv[2])) else 1
    target, level = Path(sys.argv[1]), sys.argv[2]
    os.nice(10)
    with open(target.with_suffix(".lock"), "w") as lock:
        try:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)  # one builds, the others find it done
        except OSError:
            pass  # a file system without locks: several build the same
        failure = "" if target.is_file() else _build(target, level)
    log = target.with_suffix(".log")
    log.write_text(failure) if failure else log.unlink(missing_ok=True)
    return 1 if failure else 0


if __name__ == "__main__":
    sys.exit(_main())
