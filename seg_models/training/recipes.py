"""The training recipes: one table of numbers, a row for each checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..specs import Preprocessing
from .augmentation import Variation
from .camera import MILD
from .init.pretrained import VGG_RECIPE_MEAN


@dataclass(frozen=True)
class TrainingRecipe:
    """All that decides a training run, beside the data and the machine."""

    architecture: str
    domain: str
    preprocessing: Preprocessing
    options: Mapping[str, Any] = field(default_factory=dict)  # for `create`
    encoder: str | None = None  # pretrained weights to start from
    trunk: str | None = None  # a checkpoint whose layers of the same name and shape it takes over
    example: str | None = None  # a checkpoint that its layers are fitted to, or grown from
    teachers: tuple[str, ...] = ()  # checkpoints whose mean it learns from, beside the labels
    relabelled_by: str | None = None  # a checkpoint that corrects the labels made by a network
    pseudo_weight: float = 0.5  # of a photo with such labels in the loss, where a real one has 1
    left_out: str = ""  # photos whose names begin so are not learnt from, but validated on
    supervised: tuple[str, ...] = ()  # parts that learn from the teacher directly, too
    passing: tuple[str, ...] = ()  # decoder stages that pass on at first what reaches them
    storage: str = "int8"
    crops: int = 60_000  # the whole run; fewer where `--minutes` ends it first
    batch: int = 8
    variation: Variation = field(default_factory=Variation)
    coarse: float = 0.0  # share of the run, 0-1, that begins with twice as many crops of half size
    encoder_rate: float = 3e-5  # AdamW's learning rate for what comes pretrained
    rate: float = 1e-3  # and for the rest
    decay: float = 0.01
    frozen: tuple[str, ...] = ()  # parts that stay as they come pretrained
    lift: float = 0.0  # added to all scores before a context module: its ReLUs pass positives only
    settled: bool = False  # norms keep the statistics that they begin with
    average: float = 0.999  # how much of the weights' running average a step keeps, at most
    looks: int = 3  # how often a run is validated; the best look's weights are kept
    dropout: float | None = None  # instead of the paper's, which suits longer runs
    class_power: float = 0.35  # the loss weighs a class by its frequency to minus this
    seed: int = 1

    @property
    def name(self) -> str:
        """The checkpoint's name."""
        return f"{self.architecture}-{self.domain}" + without(self.left_out)

    @property
    def onward(self) -> TrainingRecipe:
        """The recipe for going on from the checkpoint, with steps that keep what it knows."""
        return replace(
            self, trunk=self.name, encoder=None, example=None, rate=3e-4, encoder_rate=1e-4,
            settled=True, passing=(), coarse=0.0, lift=0.0,
        )  # fmt: skip

    def leaving_out(self, sequence: str) -> TrainingRecipe:
        """Return the recipe for a run that does not see photos whose names begin with `sequence`.

        Checkpoints of its own domain that it learns from must not have seen them either: theirs
        are those that `leaving_out` made of the same sequence.
        """

        def blind(name: str | None) -> str | None:
            ours = name and name.endswith(f"-{self.domain}")
            return name + without(sequence) if ours else name

        return replace(
            self, left_out=sequence, trunk=blind(self.trunk), example=blind(self.example),
            teachers=tuple(map(blind, self.teachers)),
        )  # fmt: skip

    @property
    def goes_on(self) -> bool:
        """Whether it begins with the checkpoint's own weights."""
        return self.trunk == self.name


def without(sequence: str) -> str:
    """Return what the name of a checkpoint that has not seen `sequence` ends with."""
    return f"-without_{sequence}" if sequence else ""


# EfficientNet-Lite saw levels minus 127, over 128.
LITE = {"mean": (127 / 255,) * 3, "std": (128 / 255,) * 3}
VGG = {"mean": VGG_RECIPE_MEAN}
# For some thousand crops: VGG's edge and texture filters are good as they are, and a fifth of the
# time goes into training them.
SHORT_VGG = {"frozen": ("stage1", "stage2"), "dropout": 0.1, "encoder_rate": 5e-5}
# Street scenes keep their thin classes only when seen large, and their objects stand upright.
STREET = Variation(crop=320, smallest=0.7, largest=2.2, turn=4.0)
EVERYDAY = Variation(crop=256, smallest=0.7, largest=1.6, turn=8.0, paste=0.1, camera=MILD)
ANIMAL = Variation(crop=256, smallest=0.6, largest=2.0, turn=10.0)
# Poles and signs are thin, and the teacher sees next to no poles; of the animals the cow is the
# hardest. No run told these powers apart from 0.35 with all else the same.
RARE = {"camvid": 0.7, "animals": 0.5}
# For the classic networks, which learn from VGG-16's and the teacher's knowledge on smaller crops.
CLASSIC_STREET = Variation(crop=224, smallest=0.6, largest=1.6, turn=4.0)
CLASSIC_ANIMAL = Variation(crop=224, smallest=0.5, largest=1.4, turn=10.0)
LARGE_STREET = Variation(crop=384, smallest=0.7, largest=1.6, turn=4.0)
LARGE_ANIMAL = Variation(crop=320, smallest=0.6, largest=1.4, turn=10.0)


def _classic(
    architecture: str, domain: str, long_side: int, options: Mapping[str, Any], **more: Any
) -> TrainingRecipe:
    """Return a row for a network that learns from deeplab_v3, beside the labels.

    A VGG trunk comes from the same domain's deeplab_v1, which began with ImageNet's; `more` says
    what is different for a network without one.
    """
    facts = {
        "encoder": "vgg16", "trunk": f"deeplab_v1-{domain}", "frozen": ("stage1", "stage2"),
        "teachers": (f"deeplab_v3-{domain}",), "dropout": 0.1, "encoder_rate": 5e-5,
        "class_power": RARE[domain],
        "variation": CLASSIC_STREET if domain == "camvid" else CLASSIC_ANIMAL,
    }  # fmt: skip
    recipe = Preprocessing(long_side, **VGG)
    return TrainingRecipe(architecture, domain, recipe, options, **{**facts, **more})


# Norms, folded away at the end, bring VGG's features (in the hundreds) to a size that new layers
# can learn from.
NORM = {"norm": True}
THIN = {**NORM, "fc_channels": 256}  # for a small file, where the paper has 4096
STAGES = ("decode5", "decode4", "decode3", "decode2")
HOURGLASS = {"batch": 4, "supervised": STAGES, "passing": (*STAGES, "decode1")}
# DeconvNet's fc6 squeezes 224 pixels into one cell. On larger crops it slides as it does over a
# photo. Two such crops have statistics of their own, which would drown what SegNet knows.
# For each of its 49 places, fc6 has one number less than there are classes: that many directions
# tell them apart. For animals it was then thinned from 49 * 6 to those that are heard.
SQUEEZED = {**NORM, "fc_channels": 512}
SQUEEZED_MORE = {**NORM, "fc_channels": 240}
SLIDING = {
    "batch": 2, "rate": 5e-4, "frozen": ("stage1", "stage2", "stage3"),
    "settled": True, "supervised": ("fc6_deconv", *STAGES), "passing": ("decode1.deconv1_2",),
}  # fmt: skip
UNET = {
    "batch": 4, "coarse": 0.4, "encoder": "vgg16_pairs", "trunk": None, "frozen": (),
    "encoder_rate": 1e-4, "supervised": ("down.4", "merge.0", "merge.1", "merge.2"),
    "passing": tuple(
        part for level in range(4)
        for part in (f"up.{level}", f"merge.{level}.conv1", f"merge.{level}.conv2")
    ),
}  # fmt: skip
SCRATCH = {"batch": 4, "encoder": None, "trunk": None, "frozen": ()}
BASIC = {
    **SCRATCH, "coarse": 0.4, "example": "segnet-camvid",
    "supervised": ("conv_decode4", "conv_decode3", "conv_decode2"),
}  # fmt: skip
# Dropout would take a third of the time here, and the runs are too short to overfit.
DENSE = {
    **SCRATCH, "coarse": 0.5, "example": "segnet-camvid", "dropout": 0.0,
    "supervised": tuple(f"transitions_up.{depth}" for depth in range(5)),
}  # fmt: skip


def _grown(smaller: str) -> dict[str, Any]:
    """Return what differs for an FC-DenseNet that begins as a smaller one."""
    return {**DENSE, "example": smaller, "coarse": 0.0, "rate": 5e-4}


def _mirrored(domain: str, variation: Variation) -> dict[str, Any]:
    """Return what differs for a DeconvNet, which begins as the same domain's SegNet."""
    segnet = f"segnet-{domain}"
    return {**SLIDING, "trunk": segnet, "example": segnet, "variation": variation}


def _context(domain: str) -> dict[str, Any]:
    """Return what differs for a context module, trained on a finished front end.

    Trained together from the start, the module's ReLUs silence whole classes.
    """
    return {"trunk": f"dilatednet_frontend-{domain}", "lift": 10.0, "rate": 3e-4}


_ROWS = (
    TrainingRecipe(
        "deeplab_v3", "everyday", Preprocessing(448, **LITE), {"output_stride": 16},
        "efficientnet_lite2",
        variation=EVERYDAY, encoder_rate=2e-4, rate=2e-3, class_power=0.0,
    ),
    TrainingRecipe(
        "deeplab_v3", "animals", Preprocessing(384, **LITE), {"output_stride": 16},
        "efficientnet_lite2",
        variation=ANIMAL, encoder_rate=2e-4, rate=2e-3,
    ),
    TrainingRecipe(
        "deeplab_v3", "camvid", Preprocessing(720, **LITE), {"output_stride": 16},
        "efficientnet_lite2",
        variation=STREET, encoder_rate=3e-4, rate=2e-3,
    ),
    TrainingRecipe(
        "deeplab_v1", "animals", Preprocessing(384, **VGG), {}, "vgg16",
        teachers=("deeplab_v3-animals",),
        variation=CLASSIC_ANIMAL, class_power=RARE["animals"], **SHORT_VGG,
    ),
    TrainingRecipe(
        "deeplab_v1", "camvid", Preprocessing(640, **VGG), {}, "vgg16",
        teachers=("deeplab_v3-camvid",),
        variation=CLASSIC_STREET, class_power=RARE["camvid"], **SHORT_VGG,
    ),
    _classic("deeplab_v1_msc", "camvid", 640, NORM),
    _classic("fcn8s", "camvid", 640, THIN),
    _classic("fcn8s", "animals", 384, THIN),
    _classic("dilatednet_frontend", "camvid", 640, THIN),
    _classic("dilatednet_frontend", "animals", 384, THIN),
    _classic("dilatednet", "camvid", 640, {"fc_channels": 256}, **_context("camvid")),
    _classic("dilatednet", "animals", 384, {"fc_channels": 256}, **_context("animals")),
    _classic("segnet", "camvid", 480, NORM, **HOURGLASS),
    _classic("segnet", "animals", 384, NORM, **HOURGLASS),
    _classic("deconvnet", "camvid", 480, SQUEEZED, **_mirrored("camvid", LARGE_STREET)),
    _classic("deconvnet", "animals", 384, SQUEEZED_MORE, **_mirrored("animals", LARGE_ANIMAL)),
    _classic("unet", "camvid", 480, NORM, **UNET, example="deeplab_v1-camvid"),
    _classic("unet", "animals", 384, NORM, **UNET, example="deeplab_v1-animals"),
    _classic("segnet_basic", "camvid", 480, NORM, **BASIC),
    _classic("fc_densenet56", "camvid", 480, {}, **DENSE),
    _classic("fc_densenet67", "camvid", 480, {}, **_grown("fc_densenet56-camvid")),
    _classic("fc_densenet103", "camvid", 480, {}, **_grown("fc_densenet67-camvid")),
)  # fmt: skip

RECIPES = {row.name: row for row in _ROWS}


def find(name: str) -> TrainingRecipe:
    """Return the recipe of the checkpoint called `name`.

    Raises:
        ValueError: If there is none.
    """
    if name not in RECIPES:
        raise ValueError(f"no training recipe called {name!r}; known are {', '.join(RECIPES)}")
    return RECIPES[name]
