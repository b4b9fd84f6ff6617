"""How far a download is, told to whoever wants to draw it."""

from collections.abc import Callable
from typing import Any

Progress = Callable[[float, str], object]  # called with a share from 0 to 1 and a sentence


def bridge(progress: Progress, what: str) -> type:
    """Return a class that huggingface_hub takes for tqdm, and which tells `progress` of `what`."""

    class Bridge:
        def __init__(self, *_: Any, total: float | None = None, initial: float = 0, **__: Any):
            self.total, self.done = total, initial
            self.update(0)

        def update(self, count: float = 1) -> None:
            self.done += count
            share = min(self.done / self.total, 1.0) if self.total else 0.0
            progress(share, f"Fetching {what}: {self.done / 1e6:.0f} MB")

        def close(self) -> None:
            """Nothing is drawn here, so nothing is wiped."""

        def __enter__(self) -> "Bridge":
            return self

        def __exit__(self, *_: Any) -> None:
            self.close()

    return Bridge
