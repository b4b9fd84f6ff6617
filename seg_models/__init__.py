"""Coarse to Crisp: classic segmentation networks, stage by stage.

A photo goes through a network of one paper and comes out as a raw score map, its bilinear
upsampling, and the mask that a dense CRF makes of it:

>>> import seg_models
>>> segmenter = seg_models.load("deeplab_v3-everyday")
>>> segmentation = segmenter.segment("cat.jpg", crf=5)
>>> segmentation.labels()  # (H, W) uint8 class indices at the photo's own size
>>> segmentation.overlay().save("overlay.png")

`pipeline` is where to start reading; `networks` holds one file per paper, `crf` the dense CRF,
`checkpoints` the trained ones, `visualize` what is shown of a result.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING

from .version import __version__

# How often a thread of PyTorch's looks for work before it sleeps: for longer it would slow down
# whoever shares the cores, and asleep at once a network takes longer. Read when torch is loaded,
# so import this package first; what is set already is left.
os.environ.setdefault("GOMP_SPINCOUNT", "20000")

if TYPE_CHECKING:
    from .checkpoints.external import open_checkpoint
    from .crf import mean_field
    from .networks import architectures, create
    from .pipeline import Segmenter, load
    from .specs import Checkpoint, CrfSettings, WeightsError
    from .visualize.segmentation import Segmentation

_HOMES = {
    "Checkpoint": "specs",
    "CrfSettings": "specs",
    "Segmentation": "visualize.segmentation",
    "Segmenter": "pipeline",
    "WeightsError": "specs",
    "architectures": "networks",
    "create": "networks",
    "load": "pipeline",
    "mean_field": "crf",
    "open_checkpoint": "checkpoints.external",
}
__all__ = [
    "Checkpoint", "CrfSettings", "Segmentation", "Segmenter", "WeightsError", "__version__",
    "architectures", "create", "load", "mean_field", "open_checkpoint",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: PyTorch takes seconds, `--help` must not."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
