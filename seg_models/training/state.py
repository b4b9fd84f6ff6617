"""A training run in the middle: begun, written to disk, taken up again."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

from .. import networks
from ..checkpoints import storage
from ..networks import SegmentationNetwork
from ..pipeline import Segmenter
from . import logit_adjustment
from .batches import Batches
from .config import TrainConfig
from .deep_supervision import DeepSupervision
from .init.initialise import Start

LENGTH = ("crops", "validations")  # what may differ when a run is taken up again


@dataclass
class Run:
    """All that changes while a network trains."""

    config: TrainConfig
    batches: Batches
    start: Start
    class_weights: Tensor  # (C,) what the loss weighs each class by
    network: SegmentationNetwork
    average: SegmentationNetwork  # running average of the weights: what is kept at the end
    supervision: DeepSupervision  # of the network's inner maps
    optimiser: torch.optim.Optimizer
    step: int = 0
    crops: int = 0  # that the network has learnt from
    seconds: float = 0.0
    progress: float = 0.0  # 0-1
    best: float = -1.0  # val mIoU of `best_state`
    best_state: dict[str, Tensor] = field(default_factory=dict)

    @property
    def device(self) -> torch.device:
        """Where it trains."""
        return self.batches.device

    @property
    def segmenter(self) -> Segmenter:
        """What segments photos by the average, as the finished checkpoint will."""
        return Segmenter(self.config.checkpoint, self.average, self.device.type)


def build(config: TrainConfig, device: torch.device) -> SegmentationNetwork:
    """Return the network with random weights on `device`, in training mode.

    Its frozen parts and norms do not change, and it has the configuration's dropout.
    """
    torch.manual_seed(config.seed)
    network = networks.create(config.architecture, config.num_classes, **config.options)
    network = network.to(device, memory_format=torch.channels_last).train()
    _hold(network, config)
    if device.type == "cpu":
        _keep_depthwise_in_float(network)
    return network


def begin(network: SegmentationNetwork, batches: Batches, start: Start) -> Run:
    """Return a run at its first step: `network` as it is, its average, and an optimiser."""
    config, device = batches.config, batches.device
    average = networks.create(config.architecture, config.num_classes, **config.options)
    average.load_state_dict(network.state_dict())
    average = average.to(device, memory_format=torch.channels_last).eval().requires_grad_(False)
    supervision = DeepSupervision(network, config.deep_supervision, config.num_classes).to(device)
    groups = _groups(network, config, start)
    if config.deep_supervision:
        groups.append({"params": supervision.parameters(), "lr": config.rate, "base": config.rate})
    optimiser = torch.optim.AdamW(groups, weight_decay=config.weight_decay, fused=True)
    weights = logit_adjustment.class_weights(batches.data, config.class_power, config.num_classes)
    return Run(config, batches, start, weights.to(device), network, average, supervision, optimiser)


def _hold(network: nn.Module, config: TrainConfig) -> None:
    """Keep frozen parts and norms from changing, and set the dropout, in place."""
    for name in config.frozen:
        network.get_submodule(name).requires_grad_(False)
    for module in network.modules():
        if isinstance(module, nn.Dropout) and config.dropout is not None:
            module.p = config.dropout
        if isinstance(module, nn.BatchNorm2d) and config.freeze_bn:
            module.eval()


def _keep_depthwise_in_float(network: nn.Module) -> None:
    """Let `network`'s 5x5 depthwise convolutions compute in float32 under autocast, in place.

    On CPUs their bfloat16 backward pass takes over twice the time (measured: 162 against 65 ms
    for 1248 channels of 17x17 cells, dilation 2, batch 8).
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d) and module.groups > 1 and module.kernel_size[0] >= 5:
            plain = torch.autocast("cpu", enabled=False)(module.forward)
            module.forward = lambda features, plain=plain: plain(features.float())


def _groups(network: nn.Module, config: TrainConfig, start: Start) -> list[dict]:
    """Split the parameters by learning rate and decay: norms and biases do not decay."""
    groups: dict[tuple[float, bool], list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        rate = config.encoder_rate if name in start.slow else config.rate
        groups.setdefault((rate, parameter.dim() > 1), []).append(parameter)
    return [
        {"params": parameters, "lr": rate, "base": rate} | ({} if decays else {"weight_decay": 0.0})
        for (rate, decays), parameters in groups.items()
    ]


def report(run: Run, what: str) -> None:
    """Print a line of progress."""
    print(
        f"{run.config.name} {run.progress:6.1%} {run.seconds / 60:5.1f} min "
        f"{run.crops:7d} crops  {what}",
        flush=True,
    )


def store(run: Run, path: Path) -> None:
    """Write all that is needed to go on; an older state stays until all is."""
    state = {
        "config": {key: repr(value) for key, value in vars(run.config).items()},
        "network": run.network.state_dict(),
        "average": run.average.state_dict(),
        "supervision": run.supervision.state_dict(),
        "optimiser": run.optimiser.state_dict(),
        "random": run.batches.random.get_state(),
        "dropout": torch.get_rng_state(),
        "progress": (run.step, run.crops, run.seconds, run.progress, run.best),
        "best_state": run.best_state,
        "start": _plain(run.start),
    }
    storage.atomic_write(path, lambda unfinished: torch.save(state, unfinished))


def restore(batches: Batches, path: Path) -> Run:
    """Return the run that `store` wrote to `path`, to go on from there.

    Raises:
        ValueError: If it was another training's.
    """
    state = torch.load(path, map_location=batches.device, weights_only=True)
    for key, before in state.get("config", {}).items():
        now = repr(getattr(batches.config, key, None))
        if now != before and key not in LENGTH:
            raise ValueError(
                f"{path} was trained with {key} {before:.80}, not {now:.80}; "
                "leave out --resume to begin anew"
            )
    start = Start(**{key: _frozen(value) for key, value in state["start"].items()})
    run = begin(build(batches.config, batches.device), batches, start)
    run.network.load_state_dict(state["network"])
    run.average.load_state_dict(state["average"])
    run.supervision.load_state_dict(state["supervision"])
    run.optimiser.load_state_dict(state["optimiser"])
    batches.random.set_state(state["random"].cpu())
    torch.set_rng_state(state["dropout"].cpu())
    run.step, run.crops, run.seconds, run.progress, run.best = state["progress"]
    run.best_state = state["best_state"]
    return run


def _plain(start: Start) -> dict:
    """Return `start` as what `torch.load` reads as data alone: sets become lists."""
    facts = asdict(start)
    return {
        key: sorted(each) if isinstance(each, frozenset) else each for key, each in facts.items()
    }


def _frozen(value):
    return frozenset(value) if isinstance(value, list) else value
