"""The page: `python app.py` here, or a Hugging Face Space, which runs the same file."""

from page import network  # isort: skip  # first: on ZeroGPU, `spaces` comes before torch
from page import layout, serving

network.resident()
demo = layout.build()

if __name__ == "__main__":
    serving.warm_up()
    serving.keep_clean()
    demo.launch(**serving.launch_options())
