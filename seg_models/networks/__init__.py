"""The networks: one file per paper, one table of what can be built.

Every network answers in two steps, `score_map` and `upsample` (see `layers.SegmentationNetwork`),
takes any picture size, and is the paper's own at `width=1.0`.
"""

from typing import Any

from .deconvnet import DeconvNet
from .deeplab_v1 import DeepLabV1, DeepLabV1MultiScale
from .deeplab_v3 import DeepLabV3
from .deeplab_v3_mobilenet_v2 import DeepLabV3MobileNetV2
from .dilatednet import DilatedNet, DilatedNetFrontEnd
from .fc_densenet import FCDenseNet56, FCDenseNet67, FCDenseNet103
from .fcn import FCN8s, FCN16s, FCN32s
from .layers import SegmentationNetwork
from .segnet import SegNet, SegNetBasic
from .unet import UNet

ARCHITECTURES: dict[str, type[SegmentationNetwork]] = {
    "fcn32s": FCN32s,
    "fcn16s": FCN16s,
    "fcn8s": FCN8s,
    "deeplab_v1": DeepLabV1,
    "deeplab_v1_msc": DeepLabV1MultiScale,
    "deconvnet": DeconvNet,
    "unet": UNet,
    "segnet": SegNet,
    "segnet_basic": SegNetBasic,
    "dilatednet_frontend": DilatedNetFrontEnd,
    "dilatednet": DilatedNet,
    "fc_densenet56": FCDenseNet56,
    "fc_densenet67": FCDenseNet67,
    "fc_densenet103": FCDenseNet103,
    "deeplab_v3": DeepLabV3,
    "deeplab_v3_mobilenet_v2": DeepLabV3MobileNetV2,
}


def architectures() -> tuple[str, ...]:
    """Return the names that `create` knows, oldest paper first."""
    return tuple(ARCHITECTURES)


def create(
    architecture: str, num_classes: int, width: float = 1.0, **options: Any
) -> SegmentationNetwork:
    """Build an untrained network.

    Args:
        architecture: One of `architectures()`.
        num_classes: Channels of its score map.
        width: Channels relative to the paper's.
        options: What the network's own constructor takes beside these, such as `fc_channels`.

    Raises:
        ValueError: If no network has that name, or it cannot be built with an option.
    """
    if architecture not in ARCHITECTURES:
        known = ", ".join(ARCHITECTURES)
        raise ValueError(f"no architecture called {architecture!r}; known are {known}")
    try:
        return ARCHITECTURES[architecture](num_classes, width, **options)
    except (TypeError, ArithmeticError, RuntimeError) as error:  # whatever odd numbers lead to
        raise ValueError(
            f"{architecture} cannot be built with {options!s:.200}: {error!s:.200}"
        ) from error
