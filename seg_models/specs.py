"""The frozen records that pass between the rooms of this package; they hold facts, no behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

VOID = 255  # the label of a pixel that belongs to no class: never scored, never learnt
WEIGHTS_FILE = "model.safetensors"  # the weights as this project stores and publishes them


class Message(str):
    """A sentence that knows which one it is: English as a text, and translated where it is shown.

    As with gettext, the English template is the code of its kind, "{repo} is gated"; `parameters`
    are what stands in its places, by their names, and may be such sentences themselves. An error's
    is `error.args[0]`.
    """

    template: str
    parameters: Mapping[str, Any]

    def __new__(cls, template: str, **parameters: Any) -> Message:
        """Fill the places of `template` as `str.format` does."""
        made = super().__new__(cls, template.format(**parameters))
        made.template, made.parameters = template, parameters
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        """Say how a copy is made, in this process or another."""
        return (self.template,), dict(self.parameters)


class WeightsError(RuntimeError):
    """The weights of a checkpoint cannot be had; its `Message` says why and what to do."""


class HubUnreachableError(WeightsError):
    """The Hub as a whole does not answer: no use in asking it for another file just now."""


@dataclass(frozen=True)
class LabelSet:
    """The classes of one domain, in label order, with the colours they are drawn in."""

    name: str
    classes: tuple[str, ...]
    colours: tuple[tuple[int, int, int], ...]  # RGB, 0-255


@dataclass(frozen=True)
class Preprocessing:
    """How a photo becomes a network's input: resized, scaled to 0-1, normalised per channel."""

    long_side: int  # pixels; the photo is resized, up or down, until its longer side has this many
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)  # RGB on the 0-1 scale (ImageNet's)
    std: tuple[float, float, float] = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class CrfSettings:
    """Dense CRF strengths and reaches, in the notation of Krähenbühl & Koltun (2011), eq. 3."""

    iterations: int = 10
    appearance_weight: float = 5.0  # w1
    appearance_reach: float = 60.0  # theta_alpha, pixels
    colour_reach: float = 10.0  # theta_beta, 0-255 levels
    smoothness_weight: float = 3.0  # w2
    smoothness_reach: float = 3.0  # theta_gamma, pixels
    normalisation: str = "symmetric"  # or "after", as in DeepLab's own code


@dataclass(frozen=True)
class HubAddress:
    """Where a checkpoint lies on the Hub: immutable where the commit is pinned."""

    repo: str  # "<namespace>/<name>"
    commit: str | None = None  # 40 hexadecimal digits; None is the newest, the sha256 still decides
    file: str = WEIGHTS_FILE  # another name, .safetensors or .bin: a file of other people's
    mirror: HubAddress | None = None  # asked when the repo no longer has the file
    sha256: str | None = None  # of this file, where it is not the one that the checkpoint states


@dataclass(frozen=True)
class DownloadPolicy:
    """How files come from the Hub: who asks, where they are kept, how large they may be.

    The defaults are the owner's, on whose machine this runs.
    """

    cache: Path | None = None  # a folder; None: huggingface_hub's own cache
    token: bool | None = None  # None: the owner's, if there is one; False: as a stranger
    largest: int = 1 << 30  # bytes of a file; no network here comes near


@dataclass(frozen=True)
class Checkpoint:
    """Every fact of one trained network: a row of the zoo, read from its config.json."""

    name: str  # "<architecture>-<domain>"
    architecture: str
    domain: str
    options: Mapping[str, Any] = field(hash=False)  # what `create` needs beside the class count
    labels: LabelSet
    preprocessing: Preprocessing
    crf: CrfSettings
    parameters: int
    file_bytes: int | None  # of model.safetensors; None, as below: unknown
    sha256: str | None  # of model.safetensors; None only for a file of other people's
    storage: str  # how the file keeps its numbers: "float16" or "int8"; third parties as they like
    hub: HubAddress | None = None
    # Val figures, with and without CRF; and what really happened in training.
    results: Mapping[str, Any] = field(default_factory=dict, hash=False, repr=False)
    training: Mapping[str, Any] = field(default_factory=dict, hash=False, repr=False)
    published_miou: float | None = None  # the paper's own figure for this domain, 0-1
    folder: Path | None = None  # where its config.json was read

    @property
    def embedded(self) -> bool:
        """Whether the weights lie beside config.json, so that no Hub is needed."""
        return self.folder is not None and (self.folder / WEIGHTS_FILE).is_file()

    @property
    def third_party(self) -> bool:
        """Whether its weights are a file of other people's on the Hub, under their names."""
        return self.hub is not None and self.hub.file != WEIGHTS_FILE
