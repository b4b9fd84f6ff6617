"""The trained networks in memory: loaded once, strictly, and the last few kept."""

from __future__ import annotations
