"""A training that ends early, by Ctrl-C, by the clock or by a kill, and where it may write to."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from seg_models.checkpoints import registry, weights
from seg_models.cli import main
from seg_models.specs import Preprocessing
from seg_models.training import loop
from seg_models.training import train as training
from seg_models.training.augmentation import Augmentation
from seg_models.training.config import TrainConfig
from seg_models.training.train import train_config

ROOT = Path(__file__).parents[2]
TINY = TrainConfig(
    "deeplab_v1", "animals", Preprocessing(48), {"width": 0.06, "fc_channels": 16, "norm": True},
    crops=10, batch=2, augmentation=Augmentation(crop=16, smallest=0.8, largest=1.2), rate=2e-2,
    storage="float16", validations=1,
)  # fmt: skip


@pytest.fixture(autouse=True)
def one_thread():
    """Two would wait for each other longer than they compute, where others use the machine, too."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def begin(squares, place, config=TINY, name="net", **more):
    return train_config(
        config, squares, device="cpu", out=place / name, runs=place / "runs", **more
    )


@pytest.fixture
def interrupted(monkeypatch):
    """A function that has a real SIGINT sent to this process while a given step runs."""

    def arrange(number, times=1):
        step, done = loop._step, []

        def disturbed(*arguments):
            done.append(1)
            if len(done) == number:
                for _ in range(times):
                    os.kill(os.getpid(), signal.SIGINT)
            return step(*arguments)

        monkeypatch.setattr(loop, "_step", disturbed)
        return done

    return arrange


def state(place):
    return torch.load(place / "runs" / TINY.name / "state.pt", weights_only=True)


@pytest.fixture(autouse=True)
def listening():
    """Ctrl-C is heard, even where the tests run in a shell's background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def same(one, other):
    return all(torch.equal(each, other[key]) for key, each in one.items())


def test_ctrl_c_saves_the_state_writes_what_there_is_and_costs_nothing(
    squares, tmp_path, interrupted, capsys
):
    begin(squares, tmp_path / "a")
    steps = interrupted(3)
    with pytest.raises(KeyboardInterrupt, match=r"--resume goes on; what it has learnt so far"):
        begin(squares, tmp_path / "b")
    assert len(steps) == 3  # the one that ran was finished, and no other begun
    assert "stopping after this step" in capsys.readouterr().err
    assert registry.read(tmp_path / "b" / "net").training["crops"] == 6
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    begin(squares, tmp_path / "b", resume=True)  # over its own, with no --overwrite
    assert same(state(tmp_path / "a")["network"], state(tmp_path / "b")["network"])
    found = [registry.read(tmp_path / each / "net").sha256 for each in "ab"]
    assert found[0] == found[1]


def test_a_second_ctrl_c_ends_it_at_once(squares, tmp_path, interrupted):
    steps = interrupted(2, times=2)
    with pytest.raises(KeyboardInterrupt) as stopped:
        begin(squares, tmp_path)
    assert not stopped.value.args and len(steps) == 2
    assert not (tmp_path / "net").exists()


def test_the_command_says_that_it_was_stopped_and_how_to_go_on(
    squares, tmp_path, interrupted, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "classes.txt").write_text("\n".join("abcdefg"))
    interrupted(1)
    command = ["train", "--architecture", "deeplab_v1", "--classes", "classes.txt", "--from",
               "nothing", "--data", str(squares), "--out", "mine", "--device", "cpu"]  # fmt: skip
    small = ["options.width=0.06", "options.fc_channels=16", "crops=64", "batch=2"]
    assert main([*command, *(word for each in small for word in ("--set", each))]) == 130
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.endswith("train: stopped; --resume goes on; what it has learnt so far is in mine")


def test_signals_are_left_alone_in_other_threads():
    asked = []

    def look():
        with loop.stop_requests() as request:
            asked.append((request.asked, signal.getsignal(signal.SIGINT)))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert asked == [(False, signal.default_int_handler)]


def test_a_state_of_another_training_is_not_gone_on_from(squares, tmp_path):
    begin(squares, tmp_path)
    with pytest.raises(ValueError, match=r"was trained with rate 0\.02, not 0\.01; leave out"):
        begin(squares, tmp_path, replace(TINY, rate=1e-2), resume=True)
    out = begin(squares, tmp_path, replace(TINY, crops=14), resume=True)  # longer may be
    assert registry.read(out).training["crops"] == 14


@pytest.mark.parametrize("minutes", ["0", "-3", "nan", "inf", "soon"])
def test_minutes_are_more_than_none(minutes, complaint):
    with pytest.raises(SystemExit) as left:
        main(["train", "unet-camvid", "--data", "x", "--minutes", minutes])
    assert left.value.code == 2
    assert f"{minutes} is not a number above 0" in complaint()


def test_what_comes_before_the_first_step_counts(squares, tmp_path, monkeypatch):
    """The clock stands still but for a preparation of one minute and ten seconds a step."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    build, step = training.build, loop._step

    def slow_build(*arguments):
        now[0] += 60
        return build(*arguments)

    def slow_step(*arguments):
        now[0] += 10
        return step(*arguments)

    monkeypatch.setattr(training, "build", slow_build)
    monkeypatch.setattr(loop, "_step", slow_step)
    endless = replace(TINY, crops=10**9)
    facts = registry.read(begin(squares, tmp_path, endless, minutes=2.0)).training
    assert facts["crops"] == 6 * TINY.batch and facts["minutes"] == 2.0
    short = registry.read(begin(squares, tmp_path, endless, "short", minutes=0.5)).training
    assert short["crops"] == TINY.batch  # one step at least, or nothing would have been learnt


def test_what_comes_after_the_last_step_counts_as_far_as_it_is_known(
    squares, tmp_path, monkeypatch
):
    """Steps of ten seconds, validations of thirty: after the first one, the end is known."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    step, score = loop._step, loop.evaluate

    def slow(function, seconds):
        def taking_long(*arguments, **named):
            now[0] += seconds
            return function(*arguments, **named)

        return taking_long

    monkeypatch.setattr(loop, "_step", slow(step, 10))
    monkeypatch.setattr(loop, "evaluate", slow(score, 30))
    begin(squares, tmp_path, replace(TINY, crops=10**9, validations=2), minutes=5.0)
    after_the_last = 30 * (loop.CLOSING - 1)  # the adjustment and what is written
    assert 270 <= now[0] + after_the_last <= 330


def test_a_network_that_is_there_is_replaced_only_on_request(squares, tmp_path):
    out = begin(squares, tmp_path)
    before = weights.locate(registry.read(out)).read_bytes()
    other = replace(TINY, seed=2)
    for resume in (False, True):  # there is no state of that run, so it is none of its own
        with pytest.raises(ValueError, match=r"net holds a checkpoint; --overwrite replaces it"):
            train_config(
                other, squares, device="cpu", out=out, runs=tmp_path / "others", resume=resume
            )
    assert weights.locate(registry.read(out)).read_bytes() == before
    begin(squares, tmp_path, other, overwrite=True)
    assert weights.locate(registry.read(out)).read_bytes() != before


def test_no_shipped_network_is_replaced_unasked(squares, complaint, monkeypatch):
    monkeypatch.chdir(ROOT)
    assert main(["train", "unet-animals", "--data", str(squares)]) == 2
    assert "weights/unet-animals holds a checkpoint; --overwrite replaces it" in complaint()


@pytest.mark.parametrize("which", ["out", "runs"])
def test_a_place_that_cannot_be_written_to_is_told_before_anything_is_read(
    squares, tmp_path, monkeypatch, which
):
    def too_late(*arguments):
        raise AssertionError("work began")

    monkeypatch.setattr(training, "split", too_late)
    (tmp_path / "file").touch()
    places = {"out": tmp_path / "net", "runs": tmp_path / "runs"} | {which: tmp_path / "file" / "x"}
    with pytest.raises(OSError, match=r"file/x.* cannot be written to: Not a directory"):
        train_config(TINY, squares, device="cpu", **places)
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


KILLED = """
import sys, torch
from pathlib import Path
from seg_models.training import loop
from seg_models.training.train import train_config
sys.path[:0] = sys.argv[3:]
from test_stopping import TINY
loop.SAVE_SECONDS = 0.0  # after every step
torch.set_num_threads(1)
data, place = map(Path, sys.argv[1:3])
print("begins", flush=True)
train_config(TINY, data, device="cpu", out=place / "net", runs=place / "runs")
"""


def test_a_run_that_was_killed_ends_with_the_weights_of_one_that_was_not(squares, tmp_path):
    """By SIGKILL, from outside, as soon as a state is there; dropout and noise are drawn, too."""
    whole = begin(squares, tmp_path / "whole")
    saved = tmp_path / "cut" / "runs" / TINY.name / "state.pt"
    paths = [str(ROOT / "tests" / each) for each in ("training", "support")]
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(squares), str(tmp_path / "cut"), *paths], cwd=ROOT
    )
    while process.poll() is None and not saved.is_file():
        time.sleep(0.001)
    process.kill()
    process.wait()
    assert saved.is_file()
    if process.returncode == 0:  # the machine was quicker than this test
        pytest.fail("the run ended before it was killed; give TINY more crops")
    resumed = begin(squares, tmp_path / "cut", resume=True)
    assert registry.read(resumed).sha256 == registry.read(whole).sha256
    assert same(state(tmp_path / "cut")["average"], state(tmp_path / "whole")["average"])
