"""The page's threads share few heaps, and what is free goes back to the system."""

import subprocess
import sys

import pytest

HEAPS = """
import ctypes, sys, threading
{before}
libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
libc.fclose.argtypes = [ctypes.c_void_p]
together = threading.Barrier(12)
def work():
    together.wait()
    libc.malloc(1000)
    together.wait()
threads = [threading.Thread(target=work) for _ in range(12)]
for each in threads: each.start()
for each in threads: each.join()
file = libc.fopen(sys.argv[1].encode(), b"w")
libc.malloc_info(0, file)
libc.fclose(file)
"""


def _heaps(before: str, path) -> int:
    subprocess.run([sys.executable, "-c", HEAPS.format(before=before), path], check=True)
    return path.read_text().count("<heap nr=")


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's heaps")
def test_a_dozen_threads_share_two_heaps(tmp_path):
    if _heaps("", tmp_path / "alone.xml") <= 2:
        pytest.skip("this C library, or this machine, makes few heaps anyway")
    assert _heaps("import page", tmp_path / "page.xml") <= 2


HOLES = """
import ctypes
from pathlib import Path
from page.server import memory

def resident():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
blocks = [libc.malloc(100_000) for _ in range(2000)]
for each in blocks:
    ctypes.memset(each, 1, 100_000)
full = resident()
for each in blocks[:-1]:  # the last holds the heap up
    libc.free(each)
before = resident()
memory.give_back()
print((before - resident()) / full)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's heaps")
def test_what_is_free_is_given_back():
    done = subprocess.run([sys.executable, "-c", HOLES], check=True, capture_output=True, text=True)
    assert float(done.stdout) > 0.5
