"""The page: `python app.py` here, or a Hugging Face Space, which runs the same file.
`python app.py mine` offers the network in the folder mine beside this project's.
"""

from page.segment import network  # isort: skip  # first: on ZeroGPU, `spaces` comes before torch
import sys

from page import shell
from page.server import launch

if __name__ == "__main__":
    launch.offer(sys.argv[1:])
network.resident()
demo = shell.build()

if __name__ == "__main__":
    launch.warm_up()
    launch.keep_clean()
    demo.launch(**launch.options())
