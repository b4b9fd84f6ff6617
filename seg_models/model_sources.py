"""Where a checkpoint's knowledge comes from: the data of each domain, the weights it began with."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Data:
    """The photos of a domain."""

    name: str
    sentence: str  # follows "Trained on"


@dataclass(frozen=True)
class Start:
    """What a network knew before its training here."""

    sentence: str
    licence: str  # of the weights that come of it, by the Hub's name
    credit: str


DATA = {
    "camvid": Data(
        "CamVid",
        "CamVid: 367 street scenes for training and 101 for validation, at 480x360, in eleven "
        "classes (Brostow, Fauqueur & Cipolla, 2009; the split of the SegNet authors). Its "
        "pictures were gathered for research and are not part of this repo.",
    ),
    "animals": Data(
        "PASCAL VOC 2012, animals",
        "photos of PASCAL VOC 2012 that show a cat, cow, dog, horse or sheep, 2,900 for training "
        "and 300 for validation, with the masks of SBD (Everingham et al., 2015; Hariharan et "
        "al., 2011). Every other class of VOC counts as void. The photos come from Flickr under "
        "its users' terms, were gathered for research, and are not part of this repo.",
    ),
    "voc": Data(
        "PASCAL VOC 2012",
        "PASCAL VOC 2012 in its 21 classes (Everingham et al., 2015). The photos come from Flickr "
        "under its users' terms, were gathered for research, and are not part of this repo.",
    ),
}

VGG_CREDIT = (
    "They are adapted from VGG-16 of K. Simonyan and A. Zisserman, Visual Geometry Group, "
    "Oxford (CC BY 4.0): changed by training on the data above."
)
FITTED = (
    "fitted, by least squares, to say what this project's SegNet says, whose encoder began with "
    "the weights that Simonyan & Zisserman trained on ImageNet."
)

STARTS = {
    "vgg16": Start(
        "Its VGG-16 trunk began with the weights that Simonyan & Zisserman trained on ImageNet.",
        "CC-BY-4.0",
        VGG_CREDIT,
    ),
    "vgg16_pairs": Start(
        "Its way down began with the weights that Simonyan & Zisserman trained on ImageNet; where "
        "a stage of VGG-16 has three convolutions, U-Net's two were fitted to answer as they do. "
        "The paper's began at random.",
        "CC-BY-4.0",
        VGG_CREDIT,
    ),
    "segnet-camvid": Start(f"Its layers were first {FITTED}", "CC-BY-4.0", VGG_CREDIT),
    "fc_densenet56-camvid": Start(
        "It began as this project's trained FC-DenseNet56, with new layers and maps that were "
        f"unheard at first. That one's layers were {FITTED}",
        "CC-BY-4.0",
        VGG_CREDIT,
    ),
    "fc_densenet67-camvid": Start(
        "It began as this project's trained FC-DenseNet67, with new layers that were unheard at "
        f"first; that one began as FC-DenseNet56, whose layers were {FITTED}",
        "CC-BY-4.0",
        VGG_CREDIT,
    ),
    "efficientnet_lite2": Start(
        "Its encoder began with EfficientNet-Lite2's ImageNet weights.",
        "Apache-2.0",
        "They are adapted from EfficientNet-Lite2 of the TensorFlow authors (Apache 2.0): changed "
        "by training on the data above.",
    ),
    "deeplabv3_mnv2_pascal": Start(
        "It was not trained here: it is the release of DeepLab's own authors.",
        "other",
        "The authors released them with TensorFlow's models (Apache 2.0), and "
        "google/deeplabv3_mobilenet_v2_1.0_513 on the Hub, which has them for PyTorch, states "
        '"other". This folder holds none of them: they are fetched from there.',
    ),
    "random weights": Start(
        "It began with random weights.", "MIT", "They come from this training alone."
    ),
}
