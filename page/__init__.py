"""The web page: the one place that knows Gradio.

`layout` puts the components on the page and joins them to `handlers`; these run the engine's
stages and say what is to be shown; `wording` has the sentences, `files` the PNGs, `results` what
is remembered of each visitor, `photos` what comes in, `serving` how it is all launched.
"""

import os

# Threads that spin while they wait would slow down the other visitors; read when torch loads,
# which is why it is set before anything else of the page is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
