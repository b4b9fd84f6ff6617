"""What must hold of an answer, whatever was asked: shared by the tests and the long fuzz."""

import contextlib
import io
import json
from pathlib import Path

import numpy as np

from seg_models import pipeline, preprocess
from seg_models.checkpoints import external, storage
from seg_models.cli import main
from seg_models.specs import WeightsError
from seg_models.visualize import summary

LONGEST = 500  # characters of a sentence
PHOTO = np.zeros((24, 48, 3), np.uint8)


def opened(path: Path) -> np.ndarray | None:
    """Return the photo, or None after a sentence that is fit to be shown."""
    try:
        photo = preprocess.open_photo(path)
    except ValueError as error:
        said = str(error)
        assert path.name in said and str(path.parent) not in said, said
        assert "\n" not in said and len(said) < LONGEST, said
        return None
    assert photo.dtype == np.uint8 and photo.ndim == 3 and photo.shape[2] == 3
    assert 0 < photo.shape[0] * photo.shape[1] <= preprocess.MAX_PIXELS
    return photo


def used(folder: Path) -> bool:
    """Do all that is done with a checkpoint; return whether it worked."""
    try:
        checkpoint = external.from_folder(folder)
        segmentation = pipeline.load(checkpoint, "cpu").segment(PHOTO, checkpoint.crf)
    except (ValueError, WeightsError) as error:
        said = str(error)
        assert str(folder.parent) not in said and len(said) < LONGEST, said
        return False
    assert segmentation.labels().shape == PHOTO.shape[:2]
    json.dumps(summary.details(segmentation))
    return True


def read(path: Path) -> bool:
    """Read the file as weights; return whether it was one."""
    try:
        return bool(storage.load(path))
    except WeightsError as error:
        said = str(error)
        assert str(path.parent) not in said and path.name in said, said
        return False


def commanded(arguments: list[str]) -> int:
    """Run a command line; return its exit status, 0, 1 or 2, of which 2 has one line to say."""
    said, wrong = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(wrong):
        try:
            status = main(arguments)
        except SystemExit as left:  # argparse's way
            status = left.code
    assert status in (0, 1, 2), (arguments, status)
    assert "Traceback" not in wrong.getvalue(), (arguments, wrong.getvalue())
    if status == 2:
        lines = [line for line in wrong.getvalue().splitlines() if line.startswith("seg_models")]
        assert lines and all(len(line) < LONGEST for line in lines), (arguments, lines)
    return status
