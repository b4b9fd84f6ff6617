"""What went wrong, in one sentence for the visitor."""

import errno
import html
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr

from seg_models.specs import Message, WeightsError

from ..i18n.errors import DISK_FULL, UNFORESEEN, translated

log = logging.getLogger(__name__)


def sentence(error: Exception, language: str) -> str:
    """Return an error in one sentence, told in `language`; the unforeseen is logged in full."""
    if isinstance(error, ValueError | WeightsError):
        said = error.args[0] if error.args and isinstance(error.args[0], Message) else str(error)
        return translated(language, said)
    log.error("a visitor's request failed", exc_info=error)
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    return translated(language, DISK_FULL if full else UNFORESEEN)


@contextmanager
def told(language: str) -> Iterator[None]:
    """Turn errors into Gradio's, told in `language`.

    The message is escaped: Gradio shows it as HTML, and it may hold a file's name.
    """
    try:
        yield
    except gr.Error:
        raise
    except Exception as error:
        raise gr.Error(html.escape(sentence(error, language)), print_exception=False) from error
