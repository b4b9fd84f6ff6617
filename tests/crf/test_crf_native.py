"""The native engine: one result whatever the threads, built once, and done without if need be."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from parity import assert_parity
from pictures import photo, probabilities

from seg_models import crf
from seg_models.crf import mean_field, native_build, native_engine
from seg_models.specs import CrfSettings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def built():
    if native_build.unavailable():
        pytest.skip(f"the native engine cannot be built: {native_build.unavailable()}")


def large(height, width):
    """Return a photo of that size: one of the small ones, side by side with its mirrored self."""
    part = photo("coffee", 375, 500)
    row = np.concatenate([part, part[:, ::-1]], 1)
    block = np.concatenate([row, row[::-1]])
    times = -(-height // len(block)), -(-width // block.shape[1]), 1
    return np.tile(block, times)[:height, :width].copy()


@pytest.mark.parametrize("classes", [2, 8, 9, 25, 40])
@pytest.mark.parametrize("normalisation", ["symmetric", "after"])
def test_same_bytes_for_any_number_of_threads(built, classes, normalisation):
    """The photo is high enough for several bands, whose shared vertices must be added in order."""
    picture = large(333, 90)
    given = probabilities(picture, classes)
    chosen = CrfSettings(3, normalisation=normalisation)
    results = []
    for threads in (1, 2, 16):
        crf.forget()
        torch.set_num_threads(threads)
        results.append(list(mean_field(given, picture, chosen, "native")))
    torch.set_num_threads(1)
    for one, two, sixteen in zip(*results, strict=True):
        assert torch.equal(one, two) and torch.equal(one, sixteen)


@pytest.mark.parametrize("classes", range(2, 42))
def test_every_number_of_classes(built, classes):
    """Rows of one vector, of two, of three, and of any number, each full or not."""
    picture = photo("astronaut", 24, 30)
    chosen = CrfSettings(10, 5, 60, 10, 3, 3)
    assert_parity("native", probabilities(picture, classes), picture, chosen)


@pytest.mark.parametrize(("height", "width", "classes"), [(340, 200, 4), (1024, 2048, 3)])
def test_large_photos(built, height, width, classes):
    """Several bands, each with vertices that an earlier one has met."""
    picture = large(height, width)
    assert_parity(
        "native", probabilities(picture, classes), picture, CrfSettings(3), on_average=1e-5
    )


def test_two_runs_at_once_do_not_meet(built):
    """Each has tables of its own, though both read the same lattice."""
    picture = photo("coffee", 60, 80)
    one, other = (probabilities(picture, 5, seed) for seed in (0, 1))
    alone = [list(mean_field(each, picture, engine="native")) for each in (one, other)]
    runs = [mean_field(each, picture, engine="native") for each in (one, other)]
    for wanted in zip(*alone, strict=True):
        for run, step in zip(runs, wanted, strict=True):
            assert torch.equal(next(run), step)


PROGRAM = """
import json, sys, time
import numpy as np, torch
from seg_models import crf
from seg_models.crf import native_build, native_engine
began = time.monotonic()
photo = np.zeros((8, 8, 3), np.uint8)
first = crf.refine(torch.full((2, 8, 8), 0.5), photo).engine
while not native_engine.ready() and time.monotonic() - began < float(sys.argv[1]):
    time.sleep(0.1)
then = crf.refine(torch.full((2, 8, 8), 0.5), photo).engine
folder = native_build.path(native_engine._level()).parent
print(json.dumps([first, then, native_engine.status(), str(folder)]))
"""


def program(seconds, **environment):
    """Return what a process of its own says of its first and its second use of the CRF."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("SEG_MODELS_")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(seconds)],
        env={**kept, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.slow
def test_built_at_first_use_while_the_lattice_carries_on(built, tmp_path):
    cache = tmp_path / "cache"
    first, then, status, folder = program(300, SEG_MODELS_CACHE=str(cache))
    assert (first, then) == ("lattice", "native")
    assert status.startswith("built for") and folder == str(cache)
    assert [each.suffix for each in sorted(cache.iterdir())] == [".lock", ".so"]
    assert cache.stat().st_mode & 0o077 == 0
    # And whoever comes later finds it.
    assert program(0, SEG_MODELS_CACHE=str(cache))[:2] == ["native", "native"]


def fake_compiler(tmp_path, script):
    path = tmp_path / "bin" / "c++"
    path.parent.mkdir()
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_without_a_compiler_the_lattice_carries_on(tmp_path):
    environment = {"SEG_MODELS_CACHE": str(tmp_path), "CXX": str(tmp_path / "none")}
    first, then, status, _ = program(0, **environment)
    assert (first, then) == ("lattice", "lattice")
    assert status.startswith("there is no C++ compiler")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo 'x.cpp:1: error: too old' >&2; exit 1", "x.cpp:1: error: too old"),
        ('for last; do :; done; echo no library > "$last"', "failed its trial"),
    ],
    ids=["does not compile", "is broken"],
)
def test_a_failed_build_leaves_the_lattice(tmp_path, script, reason):
    cache = tmp_path / "cache"
    compiler = fake_compiler(tmp_path, script)
    assert program(8, SEG_MODELS_CACHE=str(cache), CXX=compiler)[:2] == ["lattice", "lattice"]
    (log,) = cache.glob("*.log")
    assert reason in log.read_text() and not list(cache.glob("*.so"))
    # It is not tried again and again.
    os.remove(compiler)
    shutil.copy("/bin/true", compiler)
    before = log.stat().st_mtime_ns
    program(1, SEG_MODELS_CACHE=str(cache), CXX=compiler)
    assert log.stat().st_mtime_ns == before


@pytest.mark.slow
def test_a_folder_that_others_may_write_to_is_not_used(built, tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    cache.chmod(0o777)
    _, then, _, folder = program(300, SEG_MODELS_CACHE=str(cache))
    assert then == "native" and folder != str(cache) and list(cache.iterdir()) == []
    assert not Path(folder).exists()  # it lasted as long as its process


def test_switched_off(tmp_path):
    environment = {"SEG_MODELS_CACHE": str(tmp_path), "SEG_MODELS_NATIVE": "0"}
    first, then, status, _ = program(0, **environment)
    assert (first, then, status) == ("lattice", "lattice", "SEG_MODELS_NATIVE is 0")


def test_asked_for_and_not_to_be_had(monkeypatch):
    monkeypatch.setenv("SEG_MODELS_NATIVE", "0")
    picture = photo("coffee", 20, 30)
    with pytest.raises(ValueError, match=r"'native' cannot be built here.*use 'lattice' or 'auto'"):
        mean_field(probabilities(picture, 3), picture, engine="native")
    assert crf.engine_for(probabilities(picture, 3)) == "lattice"


@pytest.mark.slow
def test_many_processes_build_one_library(built, tmp_path):
    """Each compiles only if nobody has before it; nobody meets half a library."""
    target = tmp_path / "crf.so"
    command = [sys.executable, "-I", native_build.__file__, str(target), native_engine._level()]
    processes = [subprocess.Popen(command) for _ in range(3)]
    assert [each.wait() for each in processes] == [0, 0, 0]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["crf.lock", "crf.so"]
