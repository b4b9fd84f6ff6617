"""How every checkpoint is trained: one table, a row for each.

A row is another one with what differs replaced, so that what trains `unet-camvid` is read from its
own row upwards; `train unet-camvid --show` prints it in full.
"""

from __future__ import annotations

from dataclasses import replace

from ..specs import Preprocessing
from .augmentation import Augmentation
from .camera import MILD, WIDE
from .config import TrainConfig
from .init.pretrained import VGG_MEAN

# EfficientNet-Lite saw levels minus 127, over 128.
LITE = {"mean": (127 / 255,) * 3, "std": (128 / 255,) * 3}
VGG = {"mean": VGG_MEAN}

# Street scenes keep their thin classes only when seen large, and their objects stand upright. Other
# streets have another light, lens and sharpness. With the plain camera (6,424 crops) DeepLab v3
# found 38 % of the cars and 8 % of the people, by IoU, on 59 photos of other sources; with
# this one 43 and 21 %. Without the drive 0006R0 it scored 42.7 on it after 8,712 crops (plain: 36.4
# after 2,832).
STREETS = Augmentation(crop=320, smallest=0.6, largest=2.2, rotation=5.0, camera=WIDE)
EVERYDAY = Augmentation(crop=256, smallest=0.7, largest=1.6, rotation=8.0, paste=0.1, camera=MILD)
# For the classic networks, which learn from VGG-16's and the teacher's knowledge on smaller crops.
# 3,264 more crops so brought FCN-8s on 30 photos of another source from 6.7 to 13.5 % of the people
# and from 23.4 to 23.8 % of the cars, by IoU, both without offsets to the scores.
CLASSIC_STREETS = Augmentation(crop=224, smallest=0.5, largest=2.0, rotation=4.0, camera=WIDE)
CLASSIC_ANIMALS = Augmentation(crop=224, smallest=0.5, largest=1.4, rotation=10.0)
# DeconvNet's fc6 squeezes 224 pixels into one cell. On larger crops it slides as it does over a
# photo.
LARGE_STREETS = Augmentation(crop=384, smallest=0.7, largest=1.6, rotation=4.0)
LARGE_ANIMALS = Augmentation(crop=320, smallest=0.6, largest=1.4, rotation=10.0)

# Norms, folded away at the end, bring VGG's features (in the hundreds) to a size that new layers
# can learn from.
NORM = {"norm": True}
THIN = {**NORM, "fc_channels": 256}  # for a small file, where the paper has 4096

DEEPLAB_V3_EVERYDAY = TrainConfig(
    "deeplab_v3",
    "everyday",
    Preprocessing(448, **LITE),
    {"output_stride": 16},
    encoder="efficientnet_lite2",
    augmentation=EVERYDAY,
    background_share=0.15,
    class_power=0.0,
    encoder_rate=2e-4,
    rate=2e-3,
)
DEEPLAB_V3_CAMVID = replace(
    DEEPLAB_V3_EVERYDAY,
    domain="camvid",
    preprocessing=Preprocessing(720, **LITE),
    augmentation=STREETS,
    background_share=0.0,
    class_power=0.35,
    batch=24,
    encoder_rate=4e-4,
    weight_decay=0.02,
    ema=0.998,
)

# For some thousand crops: VGG's edge and texture filters are good as they are, and a fifth of the
# time goes into training them. Poles and signs are thin, and the teacher sees next to no poles; of
# the animals the cow is the hardest. No run told these class powers apart from 0.35 with all else
# the same.
DEEPLAB_V1_CAMVID = TrainConfig(
    "deeplab_v1",
    "camvid",
    Preprocessing(640, **VGG),
    encoder="vgg16",
    teachers=("deeplab_v3-camvid",),
    class_power=0.7,
    augmentation=CLASSIC_STREETS,
    frozen=("stage1", "stage2"),
    dropout=0.1,
    encoder_rate=5e-5,
)
DEEPLAB_V1_ANIMALS = replace(
    DEEPLAB_V1_CAMVID,
    domain="animals",
    preprocessing=Preprocessing(384, **VGG),
    teachers=("deeplab_v3-everyday",),
    class_power=0.5,
    augmentation=CLASSIC_ANIMALS,
)

# The other networks of VGG's family take what deeplab_v1 made of it.
DEEPLAB_V1_MSC_CAMVID = replace(
    DEEPLAB_V1_CAMVID, architecture="deeplab_v1_msc", options=NORM, init_from="deeplab_v1-camvid"
)
FCN8S_CAMVID = replace(DEEPLAB_V1_MSC_CAMVID, architecture="fcn8s", options=THIN)
FCN8S_ANIMALS = replace(
    DEEPLAB_V1_ANIMALS, architecture="fcn8s", options=THIN, init_from="deeplab_v1-animals"
)
DILATEDNET_FRONTEND_CAMVID = replace(FCN8S_CAMVID, architecture="dilatednet_frontend")
DILATEDNET_FRONTEND_ANIMALS = replace(FCN8S_ANIMALS, architecture="dilatednet_frontend")

# A context module is trained on a finished front end. Trained together from the start, the
# module's ReLUs silence whole classes.
DILATEDNET_CAMVID = replace(
    DILATEDNET_FRONTEND_CAMVID,
    architecture="dilatednet",
    options={"fc_channels": 256},
    init_from="dilatednet_frontend-camvid",
    score_bias_init=10.0,
    rate=3e-4,
)
DILATEDNET_ANIMALS = replace(
    DILATEDNET_FRONTEND_ANIMALS,
    architecture="dilatednet",
    options={"fc_channels": 256},
    init_from="dilatednet_frontend-animals",
    score_bias_init=10.0,
    rate=3e-4,
)

STAGES = ("decode5", "decode4", "decode3", "decode2")
SEGNET_CAMVID = replace(
    DEEPLAB_V1_MSC_CAMVID,
    architecture="segnet",
    preprocessing=Preprocessing(480, **VGG),
    batch=4,
    identity_init=(*STAGES, "decode1"),
    deep_supervision=STAGES,
)
SEGNET_ANIMALS = replace(
    FCN8S_ANIMALS,
    architecture="segnet",
    options=NORM,
    batch=4,
    identity_init=(*STAGES, "decode1"),
    deep_supervision=STAGES,
)

# DeconvNet begins as the same domain's SegNet. Two of its large crops have statistics of their own,
# which would drown what SegNet knows: norms stay as they begin. For each of its 49 places, fc6 has
# one number less than there are classes: that many directions tell them apart. For animals it was
# then thinned from 49 * 6 to those that are used.
DECONVNET_CAMVID = replace(
    SEGNET_CAMVID,
    architecture="deconvnet",
    options={**NORM, "fc_channels": 512},
    init_from="segnet-camvid",
    identity_init=("decode1.deconv1_2",),
    fit_to="segnet-camvid",
    deep_supervision=("fc6_deconv", *STAGES),
    augmentation=LARGE_STREETS,
    batch=2,
    rate=5e-4,
    frozen=("stage1", "stage2", "stage3"),
    freeze_bn=True,
)
DECONVNET_ANIMALS = replace(
    DECONVNET_CAMVID,
    domain="animals",
    preprocessing=Preprocessing(384, **VGG),
    options={**NORM, "fc_channels": 240},
    init_from="segnet-animals",
    fit_to="segnet-animals",
    teachers=("deeplab_v3-everyday",),
    class_power=0.5,
    augmentation=LARGE_ANIMALS,
)

UNET_CAMVID = replace(
    SEGNET_CAMVID,
    architecture="unet",
    encoder="vgg16_pairs",
    init_from=None,
    identity_init=tuple(
        part
        for level in range(4)
        for part in (f"up.{level}", f"merge.{level}.conv1", f"merge.{level}.conv2")
    ),
    fit_to="deeplab_v1-camvid",
    deep_supervision=("down.4", "merge.0", "merge.1", "merge.2"),
    low_res_fraction=0.4,
    encoder_rate=1e-4,
    frozen=(),
)
UNET_ANIMALS = replace(
    UNET_CAMVID,
    domain="animals",
    preprocessing=Preprocessing(384, **VGG),
    fit_to="deeplab_v1-animals",
    teachers=("deeplab_v3-everyday",),
    class_power=0.5,
    augmentation=CLASSIC_ANIMALS,
)

# No encoder of these was trained on ImageNet: all their layers are fitted to a SegNet's.
SEGNET_BASIC_CAMVID = replace(
    SEGNET_CAMVID,
    architecture="segnet_basic",
    encoder=None,
    init_from=None,
    identity_init=(),
    fit_to="segnet-camvid",
    deep_supervision=("conv_decode4", "conv_decode3", "conv_decode2"),
    low_res_fraction=0.4,
    frozen=(),
)
# Dropout would take a third of the time here, and the runs are too short to overfit.
FC_DENSENET56_CAMVID = replace(
    SEGNET_BASIC_CAMVID,
    architecture="fc_densenet56",
    options={},
    deep_supervision=tuple(f"transitions_up.{depth}" for depth in range(5)),
    low_res_fraction=0.5,
    dropout=0.0,
)
# The larger ones begin as the next smaller one.
FC_DENSENET67_CAMVID = replace(
    FC_DENSENET56_CAMVID,
    architecture="fc_densenet67",
    fit_to="fc_densenet56-camvid",
    low_res_fraction=0.0,
    rate=5e-4,
)
FC_DENSENET103_CAMVID = replace(
    FC_DENSENET67_CAMVID, architecture="fc_densenet103", fit_to="fc_densenet67-camvid"
)

RECIPES = {
    row.name: row
    for row in (
        DEEPLAB_V3_EVERYDAY, DEEPLAB_V3_CAMVID,
        DEEPLAB_V1_ANIMALS, DEEPLAB_V1_CAMVID, DEEPLAB_V1_MSC_CAMVID,
        FCN8S_CAMVID, FCN8S_ANIMALS,
        DILATEDNET_FRONTEND_CAMVID, DILATEDNET_FRONTEND_ANIMALS,
        DILATEDNET_CAMVID, DILATEDNET_ANIMALS,
        SEGNET_CAMVID, SEGNET_ANIMALS, DECONVNET_CAMVID, DECONVNET_ANIMALS,
        UNET_CAMVID, UNET_ANIMALS, SEGNET_BASIC_CAMVID,
        FC_DENSENET56_CAMVID, FC_DENSENET67_CAMVID, FC_DENSENET103_CAMVID,
    )
}  # fmt: skip


def find(name: str) -> TrainConfig:
    """Return the row of the checkpoint called `name`.

    Raises:
        ValueError: If there is none.
    """
    if name not in RECIPES:
        raise ValueError(f"no training recipe called {name!r}; known are {', '.join(RECIPES)}")
    return RECIPES[name]


def shown(config: TrainConfig) -> str:
    """Return every value of a row, a line each, to be read."""
    return "\n".join(f"{key:18}{value!r}" for key, value in vars(config).items())
