"""What the page remembers of results: bounded by bytes, and for an hour."""

import time
from dataclasses import replace

import pytest
import torch

from page.segment import results
from seg_models import pipeline


def copied(segmentation):
    """A result that shares no memory with another."""
    probabilities = segmentation.probabilities.clone()
    return replace(segmentation, probabilities=probabilities, photo=segmentation.photo.copy())


def test_those_unused_for_longest_go_when_memory_is_full(segmentation):
    one = results.Result("one", "photo", copied(segmentation))
    kept = results.Results(limit_bytes=int(2.5 * results.size([one])))
    for run in ("first", "second"):
        kept.keep(run, "photo", copied(copied(segmentation)))
    kept.find("first")
    shared = results.size([kept.find("second"), kept.find("first")])
    assert shared < 2 * results.size([one])  # refined and history are the same tensors
    kept._limit = shared + 1
    kept.keep("third", "photo", copied(segmentation))
    assert kept.lookup("second") is None
    assert kept.lookup("first") and kept.lookup("third")
    with pytest.raises(ValueError, match="no longer kept"):
        kept.find("second")


def test_the_newest_is_kept_however_large(segmentation):
    kept = results.Results(limit_bytes=1)
    kept.keep("first", "photo", segmentation)
    kept.keep("second", "photo", copied(segmentation))
    assert kept.lookup("first") is None and kept.lookup("second")


def test_every_tensor_counts_once(segmentation):
    of = segmentation
    tensors = (of.score_map, of.probabilities, of.refined, *of.history)
    storages = {each.untyped_storage().data_ptr(): each.untyped_storage() for each in tensors}
    whole = of.photo.nbytes + sum(each.nbytes() for each in storages.values())
    assert results.size([results.Result("a", "b", of)]) == whole
    twice = [results.Result("a", "b", of), results.Result("c", "b", of)]
    assert results.size(twice) == whole


def test_an_hour_later_nothing_is_left(segmentation):
    kept = results.Results()
    since = time.time()
    kept.keep("run", "photo", segmentation)
    kept.sweep(since + results.SECONDS_KEPT - 1)
    assert len(kept) == 1
    kept.sweep(time.time() + results.SECONDS_KEPT + 1)
    assert len(kept) == 0


def test_an_earlier_iteration_is_computed_again_exactly(result):
    whole = result.segmentation
    direct = list(pipeline.refine(result.at(0), whole.crf))
    for iteration in (1, 2, 3):
        torch.testing.assert_close(result.at(iteration).refined, direct[iteration - 1].refined)
        assert len(result.at(iteration).history) == iteration
    assert result.at(99) is whole
    assert result.at(0).crf is None and "crf" not in result.at(0).milliseconds
