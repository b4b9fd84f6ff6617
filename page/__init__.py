"""The web page: the one place that knows Gradio.

`layout` puts the components on the page and joins them to `handlers`; these run the engine's
stages and say what is to be shown; `wording` has the sentences, `files` the PNGs, `results` what
is remembered of each visitor, `photos` what comes in, `serving` how it is all launched.
"""

import os

from . import memory

# How often a thread looks for work before it sleeps: for longer it would slow down the other
# visitors, and asleep at once a CRF takes half as long again. Read when torch loads, which is why
# it is set before anything else of the page is imported.
os.environ.setdefault("GOMP_SPINCOUNT", "20000")

memory.share_heaps()  # likewise before there are threads
