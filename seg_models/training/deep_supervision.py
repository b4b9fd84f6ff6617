"""Teaching a network's inner maps, too: a decoder then learns from its first step at every depth.

Lee, Xie, Gallagher, Zhang & Tu, "Deeply-Supervised Nets", AISTATS 2015, arXiv:1409.5185. Their
companion classifiers stand behind the hidden layers while the network trains, and fall away
afterwards. Here each is one 1x1 convolution, and the teacher says what it should answer.
"""

from collections.abc import Sequence
from functools import partial

from torch import Tensor, nn

WEIGHT = 0.5  # of each inner map in the loss; the finished scores have 1


class DeepSupervision(nn.Module):
    """A classifier behind each of some parts of a network, fed with what those parts give."""

    def __init__(self, network: nn.Module, parts: Sequence[str], num_classes: int):
        """Watch `parts` of `network`, whose last convolutions say how many channels they have.

        Raises:
            AttributeError: If the network has no part of such a name.
        """
        super().__init__()
        self.parts = tuple(parts)
        self.heads = nn.ModuleList()
        self._outputs: dict[str, Tensor] = {}
        for name in parts:
            part = network.get_submodule(name)
            kinds = nn.Conv2d | nn.ConvTranspose2d
            *_, last = (each for each in part.modules() if isinstance(each, kinds))
            self.heads.append(nn.Conv2d(last.out_channels, num_classes, 1))
            part.register_forward_hook(partial(self._keep, name))

    def scores(self) -> list[Tensor]:
        """Return raw scores `(N, C, h, w)` from each part's last output, and forget the outputs."""
        pairs = zip(self.heads, self.parts, strict=True)
        return [head(self._outputs.pop(part)) for head, part in pairs]

    def _keep(self, name: str, part: nn.Module, inputs: tuple, features: Tensor) -> None:
        self._outputs[name] = features
