"""A GPU whose memory is full, without a GPU: the error that PyTorch raises there, at each stage."""

import json

import pytest
import tiny
import torch
from cachetools import LRUCache

from seg_models import pipeline
from seg_models.checkpoints import loader
from seg_models.device import GPU_FULL
from seg_models.specs import CrfSettings
from seg_models.visualize import summary

CRF = CrfSettings(iterations=3, appearance_weight=1.0, smoothness_weight=0.5)
FULL = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB")


@pytest.fixture
def segmenter(weights):
    return pipeline.load("tiny-animals", "cpu")


def fail_once(monkeypatch, name):
    """Let the pipeline's step of that name find no memory the first time."""
    step, calls = getattr(pipeline, name), []

    def failing(*arguments):
        calls.append(arguments)
        if len(calls) == 1:
            raise FULL
        return step(*arguments)

    monkeypatch.setattr(pipeline, name, failing)
    return calls


@pytest.mark.parametrize("step", ["_score", "_enlarge"])
def test_a_full_gpu_is_said_and_the_cpu_finishes(segmenter, flag, monkeypatch, step):
    expected = segmenter.segment(flag, CRF)
    calls = fail_once(monkeypatch, step)
    segmentation = segmenter.segment(flag, CRF)
    assert len(calls) == 2
    assert segmentation.fell_back_to_cpu and segmentation.device == "cpu"
    assert json.loads(json.dumps(summary.details(segmentation)))["remark"] == GPU_FULL
    torch.testing.assert_close(segmentation.refined, expected.refined)
    assert not expected.fell_back_to_cpu


@pytest.mark.parametrize("before", [0, 2])
def test_a_crf_that_finds_no_memory_goes_on_where_it_stopped(segmenter, flag, monkeypatch, before):
    expected = list(segmenter.stages(flag, CRF))
    mean_field, runs = pipeline.dense_crf.mean_field, []

    def failing(*arguments):
        runs.append(arguments)
        for done, each in enumerate(mean_field(*arguments)):
            if len(runs) == 1 and done == before:
                raise FULL
            yield each

    monkeypatch.setattr(pipeline.dense_crf, "mean_field", failing)
    steps = list(segmenter.stages(flag, CRF))
    assert [len(each.history) for each in steps] == [0, 0, 1, 2, 3]
    assert [each.fell_back_to_cpu for each in steps[2:]] == [done >= before for done in range(3)]
    for step, wanted in zip(steps, expected, strict=True):
        if wanted.refined is not None:
            torch.testing.assert_close(step.refined, wanted.refined)


def test_a_whole_crf_that_finds_no_memory_is_done_on_the_cpu(segmenter, flag, monkeypatch):
    expected = segmenter.segment(flag, CRF)
    refine, runs = pipeline.dense_crf.refine, []

    def failing(*arguments):
        runs.append(arguments)
        if len(runs) == 1:
            raise FULL
        return refine(*arguments)

    monkeypatch.setattr(pipeline.dense_crf, "refine", failing)
    segmentation = segmenter.segment(flag, CRF)
    assert len(runs) == 2 and segmentation.fell_back_to_cpu
    assert torch.equal(segmentation.refined, expected.refined)


def test_other_errors_are_not_taken_for_it(segmenter, flag, monkeypatch):
    monkeypatch.setattr(
        pipeline, "_score", lambda *_: (_ for _ in ()).throw(RuntimeError("broken"))
    )
    with pytest.raises(RuntimeError, match="broken"):
        segmenter.segment(flag)


def test_networks_are_kept_by_their_bytes(tmp_path, monkeypatch):
    checkpoints = [tiny.pack(tmp_path, f"net{number}-animals") for number in range(3)]
    limited(monkeypatch, 2 * loader.size(loader.network(checkpoints[0], "cpu")))
    first = loader.network(checkpoints[0], "cpu")
    assert loader.network(checkpoints[0], "cpu") is first
    loader.network(checkpoints[1], "cpu")
    loader.network(checkpoints[0], "cpu")
    loader.network(checkpoints[2], "cpu")  # and the second, least used, makes room
    assert loader.network(checkpoints[0], "cpu") is first
    assert sum(map(loader.size, loader._kept.values())) <= loader.LIMIT_BYTES
    limited(monkeypatch, 1)
    assert loader.network(checkpoints[1], "cpu") is loader.network(checkpoints[1], "cpu")
    loader.network(checkpoints[2], "cpu")
    assert len(loader._kept) == 1


def limited(monkeypatch, limit_bytes):
    monkeypatch.setattr(loader, "LIMIT_BYTES", limit_bytes)
    monkeypatch.setattr(loader, "_kept", LRUCache(limit_bytes, getsizeof=loader._room))
