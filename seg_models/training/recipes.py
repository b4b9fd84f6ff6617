"""The training recipes: one table of numbers, a row for each checkpoint."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..specs import Recipe
from .augmentation import Variation
from .pretrained import VGG_RECIPE_MEAN


@dataclass(frozen=True)
class TrainingRecipe:
    """All that decides a training run, beside the data and the machine."""

    architecture: str
    domain: str
    recipe: Recipe
    options: Mapping[str, Any] = field(default_factory=dict)  # for `create`
    encoder: str | None = None  # pretrained weights to start from
    teacher: str | None = None  # a checkpoint to learn from beside the labels
    storage: str = "int8"
    crops: int = 60_000  # the whole run; fewer where `--minutes` ends it first
    batch: int = 8
    variation: Variation = field(default_factory=Variation)
    encoder_rate: float = 3e-5  # AdamW's learning rate for what comes pretrained
    rate: float = 1e-3  # and for the rest
    decay: float = 0.01
    frozen: tuple[str, ...] = ()  # parts that stay as they come pretrained
    dropout: float | None = None  # instead of the paper's, which suits longer runs
    class_power: float = 0.35  # the loss weighs a class by its frequency to minus this
    correction: float = 1.0  # how much of that the finished scores take back (tuned on val)
    seed: int = 1

    @property
    def name(self) -> str:
        """The checkpoint's name."""
        return f"{self.architecture}-{self.domain}"


# EfficientNet-Lite saw levels minus 127, over 128.
LITE = {"mean": (127 / 255,) * 3, "std": (128 / 255,) * 3}
VGG = {"mean": VGG_RECIPE_MEAN}
# For some thousand crops: VGG's edge and texture filters are good as they are, and a fifth of the
# time goes into training them.
SHORT_VGG = {"frozen": ("stage1", "stage2"), "dropout": 0.1, "encoder_rate": 5e-5}
# Street scenes keep their thin classes only when seen large, and their objects stand upright.
STREET = Variation(crop=320, smallest=0.7, largest=2.2, turn=4.0)
ANIMAL = Variation(crop=256, smallest=0.6, largest=2.0, turn=10.0)

_ROWS = (
    TrainingRecipe(
        "deeplab_v3", "animals", Recipe(384, **LITE), {"output_stride": 16}, "efficientnet_lite2",
        storage="float16", variation=ANIMAL, encoder_rate=2e-4, rate=2e-3,
    ),
    TrainingRecipe(
        "deeplab_v3", "camvid", Recipe(720, **LITE), {"output_stride": 16}, "efficientnet_lite2",
        storage="float16", variation=STREET, encoder_rate=3e-4, rate=2e-3, correction=0.5,
    ),
    TrainingRecipe(
        "deeplab_v1", "animals", Recipe(384, **VGG), {}, "vgg16", "deeplab_v3-animals",
        variation=Variation(crop=224, smallest=0.5, largest=1.4, turn=10.0), correction=0.5,
        **SHORT_VGG,
    ),
    TrainingRecipe(
        "deeplab_v1", "camvid", Recipe(640, **VGG), {}, "vgg16", "deeplab_v3-camvid",
        variation=Variation(crop=224, smallest=0.6, largest=1.6, turn=4.0), correction=0.5,
        **SHORT_VGG,
    ),
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
