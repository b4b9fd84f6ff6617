"""The result of one photo: what is known of it so far, and how it shows itself."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from PIL import Image
from torch import Tensor

from ..labels import shares
from ..specs import Checkpoint, CrfSettings
from ..upsample import argmax, labels_at
from . import draw


@dataclass(frozen=True, eq=False, repr=False)
class Segmentation:
    """What is known of one photo so far: it gains its later fields stage by stage.

    `print` says it in three lines, a notebook shows the overlay. Two results are equal only if
    they are the same object; compare what they hold, such as `labels()`.
    """

    checkpoint: Checkpoint
    photo: np.ndarray
    """`(H, W, 3)` uint8 RGB at working size: what every stage below refers to."""
    photo_size: tuple[int, int]
    """(height, width) in pixels as the photo came, before the working size's cap."""
    input_size: tuple[int, int]
    """(height, width) in pixels of what the network saw."""
    device: str
    score_map: Tensor
    """`(C, h, w)` float32: raw scores at the network's own resolution."""
    output_stride: int | None = None
    """Input pixels between neighbouring cells of the score map."""
    probabilities: Tensor | None = None
    """`(C, H, W)` float32: the upsampled ones, 0 to 1, before the CRF."""
    crf: CrfSettings | None = None
    crf_engine: str | None = None
    """Which of the CRF's engines ran: "native", "lattice" or "pydensecrf"."""
    refined: Tensor | None = None
    """`(C, H, W)` float32: the probabilities after the latest CRF iteration."""
    history: tuple[Tensor, ...] = ()
    """`(H, W)` uint8 labels after CRF iterations 1, 2, ..."""
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    """What each stage took: "preprocess", "network", "upsample", "crf"."""
    fell_back_to_cpu: bool = False
    """Whether the GPU's memory was full, so that the CPU took over."""

    @property
    def scores(self) -> np.ndarray:
        """The score map as an array, `(C, h, w)` float32: logits, one plane for each class."""
        return self.score_map.numpy(force=True)

    @property
    def final(self) -> Tensor:
        """The latest probabilities, `(C, H, W)` at working size: refined, if there was a CRF.

        Raises:
            ValueError: If there is only a score map yet.
        """
        if self.refined is not None:
            return self.refined
        if self.probabilities is None:
            raise ValueError("this segmentation has only a score map; give it to pipeline.enlarge")
        return self.probabilities

    def labels(self) -> np.ndarray:
        """Return the final class indices, `(H, W)` uint8, at the photo's own size.

        Index i is `checkpoint.labels.classes[i]`.

        Raises:
            ValueError: If there is only a score map yet.
        """
        return labels_at(self.final, self.photo_size)

    def overlay(self, opacity: float = 0.6) -> Image.Image:
        """Return the photo under its classes' colours, each region outlined, at working size.

        Args:
            opacity: 0 shows the photo alone, 1 the colours alone.

        Raises:
            ValueError: If there is only a score map yet, or `opacity` is not within 0 and 1.
        """
        labels = argmax(self.final).numpy()
        label_set = self.checkpoint.labels
        return Image.fromarray(draw.overlay(self.photo, labels, label_set, opacity))

    def __repr__(self) -> str:
        height, width = self.photo_size
        found = shares(self._latest_labels(), self.checkpoint.labels)
        named = [f"{each['class']} {100 * each['share']:.1f} %" for each in found[:5]]
        _, rows, columns = self.score_map.shape
        iterations = f"{len(self.history)} CRF iterations" if self.refined is not None else "no CRF"
        total = sum(self.milliseconds.values())
        return (
            f"Segmentation of a photo of {width}x{height} pixels by {self.checkpoint.name}\n"
            f"  {', '.join(named)}{', ...' if len(found) > len(named) else ''}\n"
            f"  score map {columns}x{rows}, {iterations}, {total:.0f} ms on {self.device}"
        )

    def _repr_png_(self) -> bytes:
        """Return what a notebook shows: the overlay, or the score map where that is all."""
        if self.probabilities is None and self.refined is None:
            size = (self.photo.shape[0], self.photo.shape[1])
            cells = draw.score_map_picture(self.score_map, size, self.checkpoint.labels)
            picture = Image.fromarray(cells)
        else:
            picture = self.overlay()
        file = io.BytesIO()
        picture.save(file, format="PNG")
        return file.getvalue()

    def _latest_labels(self) -> Tensor:
        """Return the labels of the latest stage, at its own size."""
        stages = (self.refined, self.probabilities, self.score_map)
        return argmax(next(each for each in stages if each is not None))
