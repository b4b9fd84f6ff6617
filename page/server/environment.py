"""What the process's environment must be like for the page to run anywhere."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import seg_models  # noqa: F401  # which says how long PyTorch's threads wait, before it loads

LOCAL = ("127.0.0.1", "localhost", "::1")


def prepare() -> None:
    """Set what is not set: proxies, and folders that are this process's own."""
    _bypass_proxy()
    _own_folders()


def _bypass_proxy() -> None:
    """Let this process reach itself: Gradio asks its own address before it says it is up."""
    for name in ("no_proxy", "NO_PROXY"):
        listed = [each.strip() for each in os.environ.get(name, "").split(",") if each.strip()]
        missing = [each for each in LOCAL if each not in listed]
        os.environ[name] = ",".join([*listed, *missing])


def _own_folders() -> None:
    """Give Gradio a folder of this process's own, and caches a place where home is not writable.

    Gradio's default is one folder for all users of a machine: the first who starts a page owns it,
    and everybody else's uploads fail.
    """
    if "GRADIO_TEMP_DIR" not in os.environ:
        os.environ["GRADIO_TEMP_DIR"] = _temporary("coarse-to-crisp-gradio-")
    if not _writable(Path.home()):
        home = _temporary("coarse-to-crisp-home-")
        for name in ("HF_HOME", "MPLCONFIGDIR", "XDG_CACHE_HOME", "TORCH_HOME"):
            os.environ.setdefault(name, str(Path(home) / name.lower()))


def _temporary(prefix: str) -> str:
    folder = tempfile.mkdtemp(prefix=prefix)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _writable(folder: Path) -> bool:
    return folder.is_dir() and os.access(folder, os.W_OK)
