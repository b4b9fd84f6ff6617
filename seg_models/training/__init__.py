"""Training: a data set, endless variation of it, one loop, one table of recipes."""

from .train import train

__all__ = ["train"]
