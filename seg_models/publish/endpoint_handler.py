"""What Hugging Face Inference Endpoints load from a published repo: a photo in, a class map out.

It lies at the root of the repo, with this package beside it, so it imports nothing of the package
before it knows where that is.
"""

import base64
import binascii
import io
import sys
from pathlib import Path
from typing import Any


class EndpointHandler:
    """The network of the repo in `path`, loaded once and asked many times."""

    def __init__(self, path: str = ""):
        folder = Path(path).resolve() if path else Path(__file__).resolve().parent
        if (folder / "seg_models").is_dir():
            sys.path.insert(0, str(folder))  # the very code this repo was published with
        from seg_models import pipeline
        from seg_models.checkpoints import external

        self.segmenter = pipeline.load(external.from_folder(folder))

    def __call__(self, data: dict[str, Any]) -> dict[str, Any]:
        """Segment one photo.

        Args:
            data: "inputs" is the photo, as bytes of an image file, as such bytes in base64, or as
                a PIL image; "parameters" may hold "crf_iterations", 0 (the default, off) to 100.

        Returns:
            "mask": a PNG in base64, of the photo's size, where a pixel is its class index;
            "classes" and "colours", in the order of the indices; "shares": what the photo shows,
            the largest first; "milliseconds" per stage.

        Raises:
            ValueError: If the photo or a parameter cannot be used; the message says why.
        """
        from seg_models.visualize import draw

        checkpoint = self.segmenter.checkpoint
        iterations = _iterations(data.get("parameters") or {})
        segmentation = self.segmenter.segment(_photo(data.get("inputs")), crf=iterations)
        labels = segmentation.labels()
        picture = io.BytesIO()
        draw.indexed_png(labels, checkpoint.labels).save(picture, format="PNG")
        return {
            "mask": base64.b64encode(picture.getvalue()).decode(),
            "classes": list(checkpoint.labels.classes),
            "colours": [list(colour) for colour in checkpoint.labels.colours],
            "shares": draw.shares(labels, checkpoint.labels),
            "milliseconds": {key: round(ms, 2) for key, ms in segmentation.milliseconds.items()},
        }


def _iterations(parameters: dict[str, Any]) -> int:
    from seg_models.checkpoints.schema import MOST_ITERATIONS

    wanted = parameters.get("crf_iterations", 0)
    whole = isinstance(wanted, int) and not isinstance(wanted, bool)
    if not whole or not 0 <= wanted <= MOST_ITERATIONS:
        raise ValueError(
            f"crf_iterations is {wanted!r}; give a whole number, 0 to {MOST_ITERATIONS}"
        )
    return wanted


def _photo(inputs: Any) -> Any:
    """Return the PIL image that came, or the bytes of the file."""
    from PIL import Image

    if inputs is None:
        raise ValueError('no photo came: give it as "inputs", in base64')
    if isinstance(inputs, str):
        text = inputs.partition(",")[2] if inputs.startswith("data:") else inputs
        try:
            inputs = base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValueError('"inputs" is text but not base64 of an image file') from error
    if isinstance(inputs, Image.Image):
        return inputs
    if not isinstance(inputs, bytes | bytearray):
        raise ValueError(f'"inputs" is a {type(inputs).__name__}; give an image file in base64')
    return inputs
