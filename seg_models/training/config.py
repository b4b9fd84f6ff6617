"""What decides a training run, beside the data and the machine: one record of plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..labels import DOMAINS
from ..specs import Checkpoint, CrfSettings, LabelSet, Preprocessing
from .augmentation import Augmentation

# The papers' own CamVid test figures (mIoU); a val figure is not to be compared with them.
PUBLISHED_CAMVID = {
    "fcn8s": 0.570, "deconvnet": 0.489, "segnet": 0.464, "segnet_basic": 0.477,
    "fc_densenet56": 0.589, "fc_densenet67": 0.658, "fc_densenet103": 0.669,
    "deeplab_v1": 0.616, "dilatednet": 0.653,
}  # fmt: skip

# The best of benchmarks/crf_sweep/, found on val with deeplab_v3's scores: w1, theta_alpha,
# theta_beta, w2 after the iterations. Everyday's own best is no better on photos that had no say.
DOMAIN_CRF = {
    "animals": CrfSettings(5, 5.0, 40.0, 4.0, 3.0),
    "everyday": CrfSettings(5, 5.0, 40.0, 4.0, 3.0),
    "camvid": CrfSettings(3, 4.0, 20.0, 4.0, 1.0),
}


@dataclass(frozen=True)
class TrainConfig:
    """How one network is trained; `recipes` has a row for each checkpoint."""

    architecture: str
    domain: str
    preprocessing: Preprocessing
    options: Mapping[str, Any] = field(default_factory=dict)  # for `networks.create`
    labels: LabelSet | None = None  # the classes; without them, the domain's
    called: str = ""  # the checkpoint's name; without one, `<architecture>-<domain>`

    # What the network begins with, in the order in which `init.initialise` does it.
    encoder: str | None = None  # ImageNet's weights, a key of `init.pretrained.READERS`
    init_from: str | None = None  # a checkpoint whose layers of the same name and shape it takes
    identity_init: tuple[str, ...] = ()  # decoder stages that hand on at first what reaches them
    score_bias_init: float = 0.0  # added to all scores before a context module: its ReLUs cut at 0
    fit_to: str | None = None  # a checkpoint that its layers are fitted to, or grown from

    # What it learns from.
    teachers: tuple[str, ...] = ()  # checkpoints whose mean it learns from, beside the labels
    relabelled_by: str | None = None  # a checkpoint that corrects the labels made by a network
    at_long_side: bool = False  # photos are first resized as the network will see them
    pseudo_weight: float = 0.5  # of a photo with such labels in the loss, where a real one has 1
    background_share: float = 0.0  # of the crops: from photos that show class 0 alone; 0: as drawn
    left_out: str = ""  # photos whose names begin so are not learnt from, but validated on
    deep_supervision: tuple[str, ...] = ()  # parts that learn from the teacher directly, too
    class_power: float = 0.35  # the loss weighs a class by its frequency to minus this
    augmentation: Augmentation = field(default_factory=Augmentation)
    low_res_fraction: float = 0.0  # of the run, at first: twice as many crops of half the size

    # How it learns.
    crops: int = 60_000  # the whole run; fewer where `--minutes` ends it first
    batch: int = 8
    encoder_rate: float = 3e-5  # AdamW's learning rate for what comes pretrained
    rate: float = 1e-3  # and for the rest
    weight_decay: float = 0.01
    frozen: tuple[str, ...] = ()  # parts that stay as they come pretrained
    freeze_bn: bool = False  # norms keep the statistics that they begin with
    ema: float = 0.999  # how much of the weights' running average a step keeps, at most
    validations: int = 3  # in a run; the weights of the best are kept
    dropout: float | None = None  # instead of the paper's, which suits longer runs
    storage: str = "int8"
    seed: int = 1

    @property
    def name(self) -> str:
        """The checkpoint's name."""
        return (self.called or f"{self.architecture}-{self.domain}") + without(self.left_out)

    @property
    def label_set(self) -> LabelSet:
        """The classes that are learnt."""
        return self.labels or DOMAINS[self.domain]

    @property
    def num_classes(self) -> int:
        """How many classes are learnt."""
        return len(self.label_set.classes)

    @property
    def checkpoint(self) -> Checkpoint:
        """What is known of the checkpoint before anything is learnt."""
        published = PUBLISHED_CAMVID.get(self.architecture) if self.domain == "camvid" else None
        return Checkpoint(
            name=self.name,
            architecture=self.architecture,
            domain=self.domain,
            options=self.options,
            labels=self.label_set,
            preprocessing=self.preprocessing,
            crf=DOMAIN_CRF.get(self.domain, CrfSettings()),
            parameters=0,
            file_bytes=None,
            sha256=None,
            storage=self.storage,
            published_miou=published,
        )

    @property
    def finetune(self) -> TrainConfig:
        """How to train the checkpoint further, with steps that keep what it knows."""
        return replace(
            self, init_from=self.name, encoder=None, fit_to=None, rate=3e-4, encoder_rate=1e-4,
            freeze_bn=True, identity_init=(), low_res_fraction=0.0, score_bias_init=0.0,
        )  # fmt: skip

    @property
    def finetunes(self) -> bool:
        """Whether it begins with the checkpoint's own weights."""
        return self.init_from == self.name

    def leaving_out(self, sequence: str) -> TrainConfig:
        """Return the same for a run that does not see photos whose names begin with `sequence`.

        Checkpoints of its own domain that it learns from must not have seen them either: theirs
        are those that `leaving_out` made of the same sequence.
        """

        def blind(name: str | None) -> str | None:
            ours = name and name.endswith(f"-{self.domain}")
            return name + without(sequence) if ours else name

        return replace(
            self, left_out=sequence, init_from=blind(self.init_from), fit_to=blind(self.fit_to),
            teachers=tuple(map(blind, self.teachers)),
        )  # fmt: skip


def without(sequence: str) -> str:
    """Return what the name of a checkpoint that has not seen `sequence` ends with."""
    return f"-without_{sequence}" if sequence else ""
