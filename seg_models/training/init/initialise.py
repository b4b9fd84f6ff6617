"""The one place where a network begins: every step from random weights to the first batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from ... import pipeline
from ...networks import SegmentationNetwork
from ...networks.deconvnet import DeconvNet
from ...networks.fc_densenet import FCDenseNet
from ...networks.segnet import SegNet
from ...networks.unet import UNet
from .. import logit_adjustment
from ..batches import Batches
from ..config import TrainConfig
from . import (
    bn_calibration,
    discriminative_init,
    feature_matching,
    identity_init,
    net2net,
    pretrained,
    segnet_to_deconvnet,
    vgg_to_unet,
)

FITTED = 96  # crops on which a network is fitted to another


@dataclass(frozen=True)
class Start:
    """What a network begins with."""

    pretrained: frozenset[str] = frozenset()  # names of the tensors that were trained before
    slow: frozenset[str] = frozenset()  # those of them that learn at the encoder's rate
    started_from: str = "random weights"  # what was known before anything was trained here
    before: dict[str, Any] = field(default_factory=dict)  # facts of the training that goes on


def initialise(network: SegmentationNetwork, config: TrainConfig, batches: Batches) -> Start:
    """Set all that `network` is to know before it learns, in place, and say what that is.

    Args:
        network: With random weights, in training mode, where the batches are.
        config: What it begins with.
        batches: What it will see: fits and norms go by these.

    Raises:
        ValueError: If the network has no place for pretrained weights, or a package is missing.
        WeightsError: If a checkpoint that it begins with cannot be had.
    """
    encoder = _from_imagenet(network, config)
    taken, started_from, before = _from_checkpoint(network, config)
    identity_init.hand_on_all(network, config.identity_init)
    if config.score_bias_init:
        pretrained.raise_scores(network, config.score_bias_init)
    if config.fit_to and not config.finetunes:
        _fit(network, pipeline.load(config.fit_to, batches.device.type).network, batches)
    if encoder or taken:
        _calibrate(network, config, encoder | taken, batches)
    if config.identity_init and isinstance(network, SegNet):
        discriminative_init.set_decoder(network, *_images_and_shares(batches))
    # Of what was known before, an encoder learns at its own rate; without one, all of it does.
    slow = encoder if config.encoder else taken
    return Start(frozenset(encoder | taken), frozenset(slow), started_from, before)


def _from_imagenet(network: nn.Module, config: TrainConfig) -> set[str]:
    """Take over the encoder that the configuration names; return the names of its tensors."""
    if config.encoder is None:
        return set()
    return pretrained.load_encoder(network, config.encoder, config.preprocessing)


def _from_checkpoint(
    network: SegmentationNetwork, config: TrainConfig
) -> tuple[set[str], str, dict[str, Any]]:
    """Take over a checkpoint's layers; return their names, their origin, and its training facts.

    The logit adjustment of one whose training goes on is taken back: it was for finished scores.
    """
    started_from = config.encoder or config.fit_to or "random weights"
    if config.init_from is None:
        return set(), started_from, {}
    source = pipeline.load(config.init_from, "cpu")
    # Layers of as many classes, but other ones, know nothing of these.
    same = source.checkpoint.labels.classes == config.label_set.classes
    other = () if same else pretrained.shaped_by_classes(network, config)
    taken = pretrained.take_over(network, source.network, other)
    facts = dict(source.checkpoint.training)
    if not (config.encoder or config.fit_to):
        started_from = facts.get("started_from", "unknown weights")
    if not config.finetunes:
        return taken, started_from, {}
    if offsets := facts.get("logit_adjustment"):
        logit_adjustment.shift(network, -torch.tensor(list(offsets.values())))
    return taken, started_from, facts


def _fit(network: nn.Module, example: nn.Module, batches: Batches) -> None:
    images, shares = _images_and_shares(batches)
    match network, example:
        case UNet(), _:
            vgg_to_unet.fit(network, example, images)
        case DeconvNet(), _:
            segnet_to_deconvnet.begin(network, example, images, shares)
        case FCDenseNet(), FCDenseNet():
            net2net.begin(network, example)
        case _:
            feature_matching.begin(network, example, images)


def _calibrate(network: nn.Module, config: TrainConfig, known: set[str], batches: Batches) -> None:
    """Let the norms behind known layers leave their features as they come."""
    if isinstance(network, DeconvNet):
        known = known | segnet_to_deconvnet.names(network)
    images = batches.images(batches.draw(progress=0.0).photos)
    bn_calibration.calibrate(network, known, images, unit_size=config.encoder is not None)


def _images_and_shares(batches: Batches) -> tuple[Tensor, Tensor]:
    """Return images as the network sees them, and the classes' shares of their pixels."""
    photos, labels, _ = batches.crops(FITTED)
    shares = discriminative_init.class_shares(labels, batches.config.num_classes)
    return batches.images(photos), shares
