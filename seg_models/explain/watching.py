"""Looking at a network at work without touching it: others may be running it meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from torch import Tensor, nn

from ..networks.layers import SegmentationNetwork

Before = Callable[[str], None]
After = Callable[[str, nn.Module | None, tuple[Any, ...], Any], None]
FUNCTIONS = ("pool", "unpool")  # what encoder-decoders call without a module of their own


def watch(
    network: SegmentationNetwork,
    modules: Iterable[tuple[str, nn.Module]],
    before: Before,
    after: After,
) -> None:
    """Have `before` and `after` called around some modules of `network`, and its poolings.

    A module that runs more than once is called "pool", "pool@2", "pool@3", ...; so are the
    functions `pool` and `unpool`, where a network has them.

    Args:
        network: A copy of the caller's own (see `networks.layers.sharing_copy`).
        modules: Names, and modules of `network`.
        before: Given the name of the call.
        after: Given the name of the call, the module (None for a function), what it read and what
            it gave. The next module may change both in place: to keep one, clone it.
    """
    runs: Counter[str] = Counter()

    def begin(name: str) -> str:
        runs[name] += 1
        numbered = name if runs[name] == 1 else f"{name}@{runs[name]}"
        before(numbered)
        return numbered

    for name, module in modules:
        _watch_module(module, name, begin, after)
    for name in FUNCTIONS:
        if callable(function := getattr(network, name, None)) and not isinstance(
            function, nn.Module
        ):
            setattr(network, name, _watched(function, name, begin, after))


def _watch_module(module: nn.Module, name: str, begin: Callable[[str], str], after: After) -> None:
    running: list[str] = []
    module.register_forward_pre_hook(lambda _, inputs: running.append(begin(name)))
    module.register_forward_hook(
        lambda watched, inputs, output: after(running.pop(), watched, inputs, output)
    )


def _watched(function: Callable, name: str, begin: Callable[[str], str], after: After) -> Callable:
    def run(*inputs: Any) -> Any:
        numbered = begin(name)
        output = function(*inputs)
        after(numbered, None, inputs, output)
        return output

    return run


def first_map(output: Any) -> Tensor:
    """Return the map, `(N, C, h, w)`, of what a call gave: `pool` gives its switches, too."""
    return output if isinstance(output, Tensor) else output[0]
