"""How the page is launched, and what is made ready while a visitor still looks for a photo."""

import itertools
import logging
import os
import threading
import time
from typing import Any

import gradio as gr
import numpy as np
from starlette.middleware import Middleware

from seg_models.checkpoints import registry
from seg_models.specs import CrfSettings, WeightsError

from . import files, guard, memory, network
from .photos import ASSETS
from .translations import LABELS

log = logging.getLogger(__name__)
FAVOURITE = "deeplab_v3-animals"  # for an everyday photo: quick, and knows people
WAITING = 32  # requests in the queue; the next is told to come again
AT_ONCE = min(4, os.cpu_count() or 1)  # of each kind of request: more only take more memory
PAUSE = 10.0  # seconds between two looks at what can be given back
SESSIONS = 200  # visitors whose state is kept


def launch_options() -> dict[str, Any]:
    """Return what `launch` is given: nothing of a visitor is kept, shared or sent anywhere.

    Host and port are Gradio's own: GRADIO_SERVER_NAME and GRADIO_SERVER_PORT.
    """
    icon = ASSETS / "favicon.png"
    return {
        "i18n": LABELS,
        "theme": theme(),
        "css_paths": [ASSETS / "page.css"],
        "favicon_path": icon if icon.is_file() else None,
        "max_file_size": guard.LARGEST_FILE,
        "app_kwargs": {"middleware": [Middleware(guard.RequestLimit)]},
        "show_error": False,
        "footer_links": ["api"],
        "run_history": False,
        "enable_monitoring": False,
        "ssr_mode": False,
        "strict_cors": True,
        "state_session_capacity": SESSIONS,
        "allowed_paths": [str(ASSETS / "examples")],
    }


def theme() -> gr.themes.Base:
    """Return the built-in theme with the fewest contrast faults, in a font that ships with Gradio.

    No font, script or picture comes from another server.
    """
    plex = gr.themes.LocalFont("IBM Plex Sans", weights=(400, 700))  # its 600 lacks letters
    return gr.themes.Monochrome(font=[plex, "system-ui", "sans-serif"])


def default_model() -> str | None:
    """Return the checkpoint that is chosen at first: the favourite, or one that is here."""
    known = registry.checkpoints()
    names = [each.name for each in known]
    here = [each.name for each in known if each.embedded]
    return FAVOURITE if FAVOURITE in here else next(iter((*here, *names)), None)


def keep_clean() -> threading.Thread:
    """Delete old pictures and give back memory in the background, visitors or not."""

    between = round(files.SECONDS_KEPT / 2 / PAUSE)

    def sweep() -> None:
        for pauses in itertools.count(1):
            time.sleep(PAUSE)
            memory.give_back()
            if pauses % between == 0:
                files.sweep()

    thread = threading.Thread(target=sweep, daemon=True, name="sweep")
    thread.start()
    return thread


def warm_up() -> threading.Thread:
    """Load the default network in the background and use it once: first uses are slow."""
    thread = threading.Thread(target=_use_once, daemon=True, name="warm-up")
    thread.start()
    return thread


def _use_once() -> None:
    try:
        model = default_model()
        if model and registry.find(model).embedded:
            photo = np.zeros((64, 64, 3), np.uint8)
            network.segment(model, photo, CrfSettings(iterations=1))
    except (ValueError, WeightsError) as error:  # the visitor who chooses it is told
        log.warning("warm-up: %s", error)
