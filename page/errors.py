"""What went wrong, in one sentence for the visitor."""

import html
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr

from seg_models.specs import WeightsError

log = logging.getLogger(__name__)
UNFORESEEN = "Something failed on the server; it was logged. Another photo or network may work."


@contextmanager
def told() -> Iterator[None]:
    """Turn errors into Gradio's, whose message is shown; the unforeseen is logged in full.

    The message is escaped: Gradio shows it as HTML, and it may hold a file's name.
    """
    try:
        yield
    except (ValueError, WeightsError) as error:
        raise gr.Error(html.escape(str(error)), print_exception=False) from error
    except gr.Error:
        raise
    except Exception as error:
        log.exception("a visitor's request failed")
        raise gr.Error(UNFORESEEN, print_exception=False) from error
