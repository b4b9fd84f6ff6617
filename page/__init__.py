"""The web page: the one place that knows Gradio.

`layout` puts the components on the page and joins them to `handlers`; these run the engine's
stages and say what is to be shown; `wording` has the sentences, `files` the PNGs, `results` what
is remembered of each visitor, `photos` what comes in, `serving` how it is all launched.
"""
