"""Numbers as a person would say them."""

from typing import Any

from . import name


def named(shares: list[dict[str, Any]], language: str) -> str:
    """Return classes and their share of the area, as `report.shares` gives them, in words."""
    return ", ".join(f"{name(language, each['class'])} {percent(each['share'])}" for each in shares)


def percent(share: float) -> str:
    """Return a share, 0 to 1, in percent, never as 0 where there is something."""
    if 0 < share < 0.001:
        return "<0.1 %"
    return f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"


def duration(milliseconds: float) -> str:
    """Return a time as a person would say it."""
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"
