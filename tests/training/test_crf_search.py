"""The sweep must score what the CRF makes of the scores, and keep the plain scores beside it."""

from itertools import pairwise

import numpy as np
import torch

from seg_models.specs import CrfSettings
from seg_models.training import crf_search
from seg_models.training.crf_search import Example


def halves() -> Example:
    """A photo of two halves whose scores put the border three pixels too far right."""
    photo = np.zeros((24, 32, 3), np.uint8)
    photo[:, 16:] = 200
    truth = (photo[..., 0] > 0).astype(np.uint8)
    right = torch.zeros(24, 32)
    right[:, 19:] = 1
    probabilities = torch.stack([1 - right, right]) * 0.3 + 0.35
    return Example(photo, probabilities.half(), truth)


def test_a_crf_that_follows_the_edge_wins_and_one_that_cannot_does_not():
    follows = CrfSettings(3, 5.0, 20.0, 10.0, 0.0)
    idle = CrfSettings(1, 0.0, 20.0, 10.0, 0.0)
    rows = crf_search.sweep([halves()], [follows, idle])
    by_iterations = {(row["appearance_weight"], row["iterations"]): row["miou"] for row in rows}
    assert rows[0]["miou"] == max(by_iterations.values()) > 0.99
    plain = next(row["miou"] for row in rows if row["iterations"] == 0)
    assert by_iterations[0.0, 1] == plain < 0.85
    assert {row["iterations"] for row in rows if row["appearance_weight"] == 5.0} >= {1, 2, 3}


def test_settings_that_share_a_lattice_follow_each_other():
    tried = [(each.appearance_reach, each.colour_reach) for each in crf_search.candidates("after")]
    changes = sum(a != b for a, b in pairwise(tried))
    assert changes == len(set(tried)) - 1
