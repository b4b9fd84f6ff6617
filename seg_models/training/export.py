"""From a finished run to a folder of the zoo: weights, every fact, and the model card."""

from __future__ import annotations

import dataclasses
import platform
import subprocess
from pathlib import Path

import torch

from .. import labels, networks
from ..checkpoints import registry, storage
from ..networks.fuse_bn import folded_state
from ..specs import CrfSettings
from . import logit_adjustment
from .logit_adjustment import Balance
from .state import Run

# The papers' own CamVid test figures (mIoU); a val figure is not to be compared with them.
PUBLISHED_CAMVID = {
    "fcn8s": 0.570, "deconvnet": 0.489, "segnet": 0.464, "segnet_basic": 0.477,
    "fc_densenet56": 0.589, "fc_densenet67": 0.658, "fc_densenet103": 0.669,
    "deeplab_v1": 0.616, "dilatednet": 0.653,
}  # fmt: skip

# The best of benchmarks/crf_sweep/, found on val with deeplab_v3's scores: w1, theta_alpha,
# theta_beta, w2 after the iterations.
DOMAIN_CRF = {
    "everyday": CrfSettings(5, 5.0, 40.0, 4.0, 3.0),
    "camvid": CrfSettings(3, 4.0, 20.0, 4.0, 1.0),
}


def write(run: Run, balanced: Balance, folder: Path) -> Path:
    """Write the run's best weights, with balanced scores, and facts to `folder`; return the folder.

    Batch norms are folded away where the network can be built without them. The val figures are
    those of the run's last look, on a part of val; `evaluate --record` puts in the full ones.
    """
    recipe = run.recipe
    label_set = labels.DOMAINS[recipe.domain]
    network = networks.create(recipe.architecture, len(label_set.classes), **recipe.options)
    network.load_state_dict(run.best_state)
    logit_adjustment.shift(network, balanced.offsets)
    options, state = _folded(network.eval(), recipe, len(label_set.classes))
    statistics = dict(network.named_buffers())  # of norms that cannot be folded away
    folder.mkdir(parents=True, exist_ok=True)
    sha256, size = storage.save(state, folder / "model.safetensors", recipe.storage)
    facts = {
        "name": recipe.name,
        "architecture": recipe.architecture,
        "domain": recipe.domain,
        "options": options,
        "classes": list(label_set.classes),
        "colours": [list(colour) for colour in label_set.colours],
        "recipe": dataclasses.asdict(recipe.preprocessing),
        "crf": dataclasses.asdict(DOMAIN_CRF.get(recipe.domain, CrfSettings())),
        "parameters": sum(v.numel() for name, v in state.items() if name not in statistics),
        "file_bytes": size,
        "sha256": sha256,
        "storage": recipe.storage,
        "hub": None,
        "results": {},
        "training": _training_facts(run, logit_adjustment.facts(balanced, label_set.classes)),
        "published_miou": PUBLISHED_CAMVID.get(recipe.architecture)
        if recipe.domain == "camvid"
        else None,
    }
    registry.save_facts(facts, folder)
    return folder


def _folded(network, recipe, classes: int):
    """Return the options and the state of the network without batch norms, if it can be."""
    state = folded_state(network)
    options = {**recipe.options, "norm": False}
    try:
        networks.create(recipe.architecture, classes, **options).load_state_dict(state)
    except (ValueError, RuntimeError):  # it takes no `norm`, or has norms that cannot be folded
        return dict(recipe.options), network.state_dict()
    return options, state


def _training_facts(run: Run, balanced: dict) -> dict:
    facts = {
        "crops": run.crops,
        "minutes": round(run.seconds / 60, 1),
        "device": torch.cuda.get_device_name() if run.device.type == "cuda" else "CPU, 2 cores",
        "left_out": run.recipe.left_out or None,
        "relabelled_by": run.recipe.relabelled_by,
        "seed": run.recipe.seed,
        "started_from": run.started_from,
        "init_from": run.recipe.trunk,
        "fit_to": run.recipe.example,
        "teacher": " + ".join(run.recipe.teachers) or None,
        "loss": "cross-entropy, class weights frequency^-" + str(run.recipe.class_power),
        "optimiser": f"AdamW, {run.recipe.encoder_rate} encoder, {run.recipe.rate} rest, cosine",
        **balanced,
        "best_val_miou": round(run.best, 4),
        "torch": torch.__version__,
        "python": platform.python_version(),
        "commit": _commit(),
    }
    if before := run.before:
        facts |= {key: round(before[key] + facts[key], 1) for key in ("crops", "minutes")}
        facts |= {"init_from": before.get("init_from"), "stretches": before.get("stretches", 1) + 1}
    return facts


def _commit() -> str | None:
    """Return the commit the code was at, if this is a checkout and git is there."""
    try:
        shown = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=Path(__file__).parent, capture_output=True, text=True
        )
    except OSError:
        return None
    return shown.stdout.strip() or None
