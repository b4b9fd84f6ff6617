"""The page: `python app.py` here, or a Hugging Face Space, which runs the same file."""

from page import layout, serving

demo = layout.build()

if __name__ == "__main__":
    serving.warm_up()
    demo.launch(**serving.launch_options())
