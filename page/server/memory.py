"""The C library's heaps, which visitor after visitor would fill with holes: glibc's only.

By default every new thread gets a heap of its own, up to eight a core, and each keeps what its
largest photo took: in hours of visits the page would grow by a third.
"""

import ctypes
import sys

M_ARENA_MAX = -8  # as in malloc.h
HEAPS = 2

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def share_heaps() -> None:
    """Let all threads that begin from now on share two heaps."""
    if hasattr(_libc, "mallopt"):
        _libc.mallopt(M_ARENA_MAX, HEAPS)


def give_back() -> None:
    """Give back to the system what lies free in the heaps."""
    if hasattr(_libc, "malloc_trim"):
        _libc.malloc_trim(0)
