"""The page: `python app.py` here, or a Hugging Face Space, which runs the same file."""

from page.segment import network  # isort: skip  # first: on ZeroGPU, `spaces` comes before torch
from page import shell
from page.server import launch

network.resident()
demo = shell.build()

if __name__ == "__main__":
    launch.warm_up()
    launch.keep_clean()
    demo.launch(**launch.options())
