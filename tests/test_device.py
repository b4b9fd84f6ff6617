"""Which devices are taken, as far as a machine without them can tell."""

import time

import pytest
import torch

from seg_models import device
from seg_models.cli import build_parser
from seg_models.device import choose_device, inference_dtype


@pytest.fixture
def two_gpus(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)


@pytest.fixture
def no_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.mark.parametrize(
    ("asked", "given"),
    [("auto", "cuda"), ("cuda", "cuda"), ("cuda:1", "cuda:1"), ("cuda:01", "cuda:1"),
     ("cpu", "cpu")],
)  # fmt: skip
def test_a_gpu_is_taken_by_its_number(two_gpus, asked, given):
    assert choose_device(asked) == given


def test_a_number_that_no_gpu_has_is_refused(two_gpus):
    with pytest.raises(ValueError, match="no GPU has the number 2; this PyTorch finds 2"):
        choose_device("cuda:2")


@pytest.mark.parametrize(
    ("asked", "said"),
    [("cuda", "no CUDA GPU"), ("cuda:1", "no CUDA GPU"), ("mps", "no Apple GPU"),
     ("tpu", "no device called 'tpu'"), ("cuda:", "no device called"), ("", "no device called"),
     ("cuda:-1", "no device called"), ("CPU", "no device called")],
)  # fmt: skip
def test_what_is_not_there_is_refused(no_gpu, asked, said):
    with pytest.raises(ValueError, match=said):
        choose_device(asked)
    assert choose_device("auto") == "cpu"


def test_apples_gpu_is_taken_when_asked_for_and_computes_in_float32(no_gpu, monkeypatch):
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert choose_device("mps") == "mps"
    assert choose_device("auto") == "cpu"
    assert inference_dtype("mps") == torch.float32


def slow_in(slow):
    """A convolution that takes its time in one number format."""

    def convolution(images, _, padding):
        end = time.thread_time() + (0.004 if images.dtype == slow else 0.001)
        while time.thread_time() < end:
            pass

    return convolution


@pytest.fixture
def untimed():
    """No processor was timed before, and what is found here is forgotten."""
    device._bfloat16_pays.cache_clear()
    yield
    device._bfloat16_pays.cache_clear()


@pytest.mark.parametrize("amx", [True, False])
@pytest.mark.parametrize("avx512_bf16", [True, False])
@pytest.mark.parametrize("slow", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("vnni", [True, False])
def test_the_cpu_takes_bfloat16_where_it_is_quick_or_else_int8(
    untimed, monkeypatch, amx, avx512_bf16, slow, vnni
):
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx)
    monkeypatch.setattr(torch.cpu, "_is_vnni_supported", lambda: vnni)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: avx512_bf16)
    monkeypatch.setattr(torch, "conv2d", slow_in(slow))
    quick = amx or (avx512_bf16 and slow == torch.float32)
    other = torch.int8 if vnni else torch.float32
    assert inference_dtype("cpu") == (torch.bfloat16 if quick else other)
    with device.autocast("cpu"):  # as networks are trained
        assert torch.is_autocast_enabled("cpu") == quick


@pytest.mark.parametrize("named", ["auto", "cpu", "cuda", "cuda:1", "mps"])
def test_the_command_line_takes_them_all(named):
    line = ["predict", "cat.jpg", "--model", "m", "--device", named]
    assert build_parser().parse_args(line).device == named
