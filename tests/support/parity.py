"""How close an engine comes to pydensecrf."""

import torch

from seg_models.crf import mean_field
from seg_models.specs import CrfSettings

# Appearance reach, colour reach and appearance weight; after DeepLab's searches and pydensecrf.
USUAL = ((60, 10, 5), (121, 5, 5), (80, 13, 10))


def settings(reach, colours, weight, normalisation="symmetric", iterations=10):
    return CrfSettings(iterations, weight, reach, colours, 3, 3, normalisation)


def assert_parity(engine, given, picture, chosen, furthest=1e-4, on_average=1e-6, margin=1e-3):
    """Compare every iteration; labels must agree wherever the reference is sure by `margin`."""
    ours = list(mean_field(given, picture, chosen, engine, merge_below=0))
    theirs = list(mean_field(given.cpu(), picture, chosen, engine="pydensecrf", merge_below=0))
    assert len(ours) == len(theirs) == chosen.iterations
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.shape == given.shape and mine.dtype == torch.float32
        difference = (mine.cpu() - other).abs()
        assert difference.amax() <= furthest
        assert difference.mean() <= on_average
        if len(other) > 1:
            first, second = other.topk(2, 0).values
            sure = first - second > margin
            assert torch.equal(mine.cpu().argmax(0)[sure], other.argmax(0)[sure])
