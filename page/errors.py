"""What went wrong, in one sentence for the visitor."""

import errno
import html
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr

from seg_models.specs import WeightsError

from .translations.errors import DISK_FULL, UNFORESEEN, translated

log = logging.getLogger(__name__)


@contextmanager
def told(language: str) -> Iterator[None]:
    """Turn errors into Gradio's, told in `language`; the unforeseen is logged in full.

    The message is escaped: Gradio shows it as HTML, and it may hold a file's name.
    """
    try:
        yield
    except (ValueError, WeightsError) as error:
        message = html.escape(translated(language, str(error)))
        raise gr.Error(message, print_exception=False) from error
    except gr.Error:
        raise
    except Exception as error:
        log.exception("a visitor's request failed")
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        sentence = translated(language, DISK_FULL if full else UNFORESEEN)
        raise gr.Error(sentence, print_exception=False) from error
