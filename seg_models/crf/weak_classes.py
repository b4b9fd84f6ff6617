"""Classes that nowhere stand a chance, carried through the CRF as one: fewer classes, less work.

Most photos hold few of the classes that a network knows. To the other classes' marginals, the many
that are weak everywhere matter through their sum alone; only among each other does it matter which
of them is heard. That is left out here: they go in as one class, and come out in the proportions
in which they went in.

How far off that can be: let the merged classes' probabilities sum to at most s at every pixel, and
the kernels' weights to W. With normalised kernels a pixel hears about W s of the merged class at
most, and of each single one something between nothing and that. So the odds of what is merged are
too high by a factor between 1 and exp(W s), which moves a marginal by at most s (exp(W s) - 1) in
an iteration: 8e-4 at the limits below. On photos it is a hundredth of that, as where one of the
merged classes is likeliest, the others hardly matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ..specs import CrfSettings

MERGED_AT_MOST = 0.01  # s: what the merged classes' probabilities may sum to at any pixel
LOUDEST_MERGED = 0.1  # W s: what may be heard of them; less is merged where weights are high
LEAST_PROBABILITY = 1e-5  # DeepLab's: a class ruled out by the network may still come back


@dataclass(frozen=True)
class Merged:
    """Probabilities of the strong classes, and in the last place of all weak ones together."""

    probabilities: Tensor  # (strong classes + 1, H, W)
    strong: list[int]  # class indices in the order of `probabilities`
    weak: list[int]
    given: Tensor  # (C, H, W) before they were merged

    def names(self) -> Tensor:
        """Return the class index, uint8, of each place in `probabilities`.

        The last place is nobody's: what is merged is nowhere the likeliest (`merge`).
        """
        return torch.tensor([*self.strong, self.weak[-1]], dtype=torch.uint8)

    def split(self, marginals: Tensor) -> Tensor:
        """Return marginals of all classes, `(C, H, W)`, from those of the merged ones."""
        whole = marginals.new_empty(self.given.shape)
        for place, index in enumerate(self.strong):
            whole[index] = marginals[place]
        scale = marginals[-1] / self.probabilities[-1]
        for index in self.weak:
            torch.clamp(self.given[index], min=LEAST_PROBABILITY, out=whole[index])
            whole[index] *= scale
        return whole


def merge(probabilities: Tensor, settings: CrfSettings, at_most: float) -> Merged | None:
    """Merge the weakest of `(C, H, W)` probabilities, as far as their sum stays below `at_most`.

    Returns:
        None where that would not save anything: fewer than two classes are that weak, or so many
        are not that the strongest class of a pixel may be as weak as the merged one.
    """
    weight = settings.appearance_weight + settings.smoothness_weight
    limit = min(at_most, LOUDEST_MERGED / weight) if weight > 0 else at_most
    peaks = probabilities.flatten(1).amax(1).tolist()
    weakest = sorted(range(len(peaks)), key=peaks.__getitem__)
    weak = [index for index in weakest if peaks[index] < limit]
    if len(weak) < 2:
        return None
    total = sum(probabilities[index].clamp(min=LEAST_PROBABILITY) for index in weak)
    while len(weak) > 1 and not total.amax() < limit:
        total -= probabilities[weak.pop()].clamp(min=LEAST_PROBABILITY)
    strong = sorted(set(weakest) - set(weak))
    if len(weak) < 2 or len(strong) > 0.5 / limit:
        return None
    merged = torch.stack([*(probabilities[index] for index in strong), total])
    return Merged(merged, strong, sorted(weak), probabilities)
