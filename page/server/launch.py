"""How the page is launched, and what is made ready while a visitor still looks for a photo."""

import logging
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from seg_models.specs import WeightsError

from ..models import catalogue, custom_models
from ..segment import photos, run
from ..segment.photos import ASSETS
from ..segment.results import RESULTS
from ..tabs import masks
from . import files, guard, memory, routes
from .turns import Work

log = logging.getLogger(__name__)
PAUSE = 10.0  # seconds between two looks at what can be given back
SESSIONS = 200  # visitors whose state is kept


def offer(folders: Sequence[str]) -> None:
    """Put the networks in these folders on the page, or leave with one line on why not."""
    for folder in folders:
        try:
            custom_models.offer(Path(folder))
        except (ValueError, WeightsError) as error:
            print(f"app.py: {' '.join(str(error).split())}", file=sys.stderr)
            sys.exit(2)


def options() -> dict[str, Any]:
    """Return what `launch` is given: nothing of a visitor is kept, shared or sent anywhere.

    Host and port are Gradio's own: GRADIO_SERVER_NAME and GRADIO_SERVER_PORT.
    """
    icon = ASSETS / "favicon.png"
    return {
        "theme": theme(),
        "favicon_path": icon if icon.is_file() else None,
        "max_file_size": guard.LARGEST_FILE,
        "app_kwargs": {
            "middleware": [Middleware(guard.RequestLimit)],
            "routes": routes.routes(),
        },
        "show_error": False,
        "footer_links": ["api"],
        "run_history": False,
        "enable_monitoring": False,
        "ssr_mode": False,
        "strict_cors": True,
        "state_session_capacity": SESSIONS,
    }


def theme() -> gr.themes.Base:
    """Return the built-in theme with the fewest contrast faults, in a font that ships with Gradio.

    No font, script or picture comes from another server.
    """
    plex = gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700))  # its 600 lacks letters
    return gr.themes.Monochrome(font=[plex, "system-ui", "sans-serif"])


def keep_clean() -> threading.Thread:
    """Delete what is old and give back memory in the background, visitors or not."""

    def sweep() -> None:
        while True:
            time.sleep(PAUSE)
            memory.give_back()
            for kept in (files, photos, masks, RESULTS):
                kept.sweep()

    thread = threading.Thread(target=sweep, daemon=True, name="sweep")
    thread.start()
    return thread


def warm_up() -> threading.Thread:
    """Run the first example in the background: first uses are slow, and whoever comes sees it."""
    thread = threading.Thread(target=_use_once, daemon=True, name="warm-up")
    thread.start()
    return thread


def _use_once() -> None:
    model, first = catalogue.default(), next(iter(photos.examples()), None)
    if model is None or first is None:
        return
    try:
        for _ in run.run(run.Asked(first.key, model), Work("warm-up")):
            pass
    except (ValueError, WeightsError) as error:  # the visitor who chooses it is told
        log.warning("warm-up: %s", error)
