"""How a run's network begins: fitted to an example, where there is one, and to what it will see."""

import torch
from torch import Tensor, nn

from ... import pipeline
from ...networks.deconvnet import DeconvNet
from ...networks.fc_densenet import FCDenseNet
from ...networks.segnet import SegNet
from ...networks.unet import UNet
from .. import augmentation, dataset
from ..loop import draw
from ..state import Run
from . import (
    bn_calibration,
    cca,
    discriminative_init,
    feature_matching,
    net2net,
    segnet_to_deconvnet,
    vgg_to_unet,
)

FITTED = 96  # crops on which a network is fitted to its example


def settle(run: Run, data: dataset.Dataset) -> None:
    """Set the network of a run that has not begun, and its average, in place.

    Raises:
        WeightsError: If the recipe's example cannot be had.
    """
    recipe, network = run.recipe, run.network
    chances = dataset.sampling_weights(data, len(run.class_weights))
    if recipe.example and not recipe.goes_on:
        example = pipeline.load(recipe.example, run.device.type).network
        _follow(network, example, *_crops(run, data, chances))
    if run.known:
        photos, *_ = draw(run, data, chances)
        known = run.known
        if isinstance(network, DeconvNet):
            known = known | segnet_to_deconvnet.names(network)
        images = augmentation.normalised(photos, recipe.preprocessing)
        bn_calibration.let_pass(network, known, images, unit_size=recipe.encoder is not None)
    if recipe.passing and isinstance(network, SegNet):
        discriminative_init.focus(network, *_crops(run, data, chances))
    run.average.load_state_dict(network.state_dict())


def _crops(run: Run, data: dataset.Dataset, chances: Tensor) -> tuple[Tensor, Tensor]:
    """Return images as the network sees them, and the classes' shares of their pixels."""
    chosen = torch.multinomial(chances, FITTED, replacement=True, generator=run.random)
    photos, labels = augmentation.crops(data, chosen, run.recipe.variation, run.random)
    shares = cca.class_shares(labels, len(run.class_weights))
    return augmentation.normalised(photos, run.recipe.preprocessing), shares


def _follow(network: nn.Module, example: nn.Module, images: Tensor, shares: Tensor) -> None:
    match network, example:
        case UNet(), _:
            vgg_to_unet.fit(network, example, images)
        case DeconvNet(), _:
            segnet_to_deconvnet.begin(network, example, images, shares)
        case FCDenseNet(), FCDenseNet():
            net2net.begin(network, example)
        case _:
            feature_matching.begin(network, example, images)
