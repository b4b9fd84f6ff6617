"""What Gradio serves: the frame that the page's modules fill, and the endpoint for programs."""

import gradio as gr

from seg_models.checkpoints import registry

from .models import catalogue, custom_models
from .segment import endpoint, photos
from .segment.run import MOST
from .server import guard
from .server.turns import AT_ONCE, WAITING

TITLE = "Coarse to Crisp"
ITERATIONS = 5  # of the CRF, where a program does not say
FRAME = '<div id="page"></div>'
# An address from the server's root holds behind a proxy, too, wherever that puts the page.
START = """
const root = (window.gradio_config?.root ?? '').replace(/\\/$/, '');
const style = document.createElement('link');
Object.assign(style, { rel: 'stylesheet', href: `${root}/page/static/page.css` });
document.head.append(style);
import(`${root}/page/static/main.js`).then(({ start }) => start(element.querySelector('#page')));
"""


def build() -> gr.Blocks:
    """Return the page, ready to be launched.

    No component holds anything of a visitor: each visit copies what the components hold.
    """
    with guard.Blocks(
        title=TITLE, analytics_enabled=False, delete_cache=(900, 3600), fill_width=True
    ) as page:
        gr.HTML(FRAME, elem_id="frame", js_on_load=START)
        _endpoint()
    page.queue(max_size=WAITING, default_concurrency_limit=AT_ONCE)
    return page


def _endpoint() -> None:
    """Put `/segment` on the server, by components that no browser shows."""
    names = [each.name for each in (*custom_models.offered(), *registry.checkpoints())]
    names += [old for old, new in registry.RENAMED.items() if new in names]
    with gr.Group(visible=False):
        photo = photos.api_input()
        model = gr.Dropdown(names, value=catalogue.default(), label="Network")
        iterations = gr.Slider(0, MOST, ITERATIONS, step=1, label="CRF iterations")
        titles = ("Score map", "Upsampled", "Refined")
        pictures = [gr.Image(type="filepath", format="png", label=title) for title in titles]
        details = gr.JSON(label="Details")
        gr.Button().click(
            endpoint.segment, [photo, model, iterations], [*pictures, details],
            api_name="segment", concurrency_id="segment",
        )  # fmt: skip
