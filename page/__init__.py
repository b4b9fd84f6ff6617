"""The web page: the one place that knows Gradio.

`shell` is what Gradio serves: a frame for the page and the `/segment` endpoint. In that frame the
modules of `static` build what a visitor sees, and ask the routes of `server` for all that must be
computed: `segment` runs a photo through a network and a CRF, `tabs` does what stands below it,
`models` knows the networks on offer, `i18n` the words.
"""

from .server import environment, memory

# Read by PyTorch, Gradio and huggingface_hub when they load, which is why it is set before
# anything else of the page is imported.
environment.prepare()
memory.share_heaps()  # likewise before there are threads
