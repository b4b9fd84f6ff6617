"""Write every checkpoint's config.json and model card anew, in the form that is written today.

Run as `python -m scripts.renew_checkpoints` after that form has changed; what is read from the new
files is what was read from the old ones, or nothing is written. Weights are left alone.
"""

from __future__ import annotations

import json
from pathlib import Path

from seg_models.checkpoints import registry


def renew(folder: Path) -> None:
    """Write `folder`'s config.json and card anew.

    Raises:
        ValueError: If the new config.json would not say what the old one does.
    """
    checkpoint = registry.read(folder)
    if registry.parse(json.loads(registry.text(checkpoint)), folder) != checkpoint:
        raise ValueError(f"{folder.name} cannot be written as it is read")
    registry.save(checkpoint)


if __name__ == "__main__":
    for checkpoint in registry.checkpoints():
        renew(checkpoint.folder)
        print(checkpoint.name)
