"""Many visitors at once: each gets the answer to his own photo, and a full queue says so."""

import random
from dataclasses import replace
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image

from benchmarks import load
from benchmarks.support import visitors
from benchmarks.support.visitors import CANCELS, LEAVES, STAYS, Outcome, Wish
from page.server.turns import WAITING

MODELS = ("deeplab_v1-animals", "deeplab_v1-camvid")
REQUESTS = 40


@pytest.fixture(scope="module")
def photos(photo_path, tmp_path_factory):
    """Four photos with answers of their own: one, and it turned and mirrored."""
    folder = tmp_path_factory.mktemp("crowd")
    pixels = np.array(Image.open(photo_path))
    paths = []
    for number, each in enumerate((pixels, pixels[::-1], pixels[:, ::-1], pixels[::-1, ::-1])):
        paths.append(folder / f"{number}.png")
        Image.fromarray(np.ascontiguousarray(each)).save(paths[-1])
    return paths


def test_every_visitor_gets_the_answer_to_his_own_photo(server, photos):
    known = visitors.references(server, [Wish(p, m, 1) for p in photos for m in MODELS])
    wishes = random.Random(0).choices(list(known), k=REQUESTS)
    came = list(visitors.crowd(server, wishes, 8))
    assert load.judged(came, known) == (0, 0)
    assert {each.temper for each in came} == {STAYS, CANCELS, LEAVES}
    with visitors.door(server) as client:  # and those who left have not blocked the rest
        assert visitors.ask(client, wishes[0]).pictures == known[wishes[0]]


def test_a_mix_up_and_a_missing_answer_are_counted(photos):
    wish, other = Wish(photos[0], MODELS[0], 1), Wish(photos[1], MODELS[0], 1)
    known = {wish: ("a", "b", "c"), other: ("d", "e", "f")}
    right = Outcome(wish, STAYS, known[wish])
    came = [right, replace(right, pictures=known[other]), replace(right, pictures=())]
    came += [replace(right, pictures=(), temper=LEAVES), RuntimeError("no answer")]
    assert load.judged(came, known) == (1, 2)


def test_a_full_queue_says_so_and_empties_again(server, photos, tmp_path):
    large = tmp_path / "large.png"
    Image.open(photos[0]).resize((768, 512)).save(large)  # slow enough for others to come
    wish, waiting, refused = Wish(large, MODELS[0], 20), [], None
    with visitors.door(server) as client:
        path = visitors.hand_in(client, large)
        while refused is None:
            joined = visitors.join(client, wish, path, session := uuid4().hex)
            if joined.status_code == 503:
                refused = joined.json()["detail"]
            else:
                waiting.append((session, joined.raise_for_status().json()["event_id"]))
            assert len(waiting) < 1000, "the queue takes everyone"
        assert "full" in refused and str(WAITING) in refused
        for session, event in waiting:
            visitors.cancel(client, session, event)
        assert visitors.ask(client, replace(wish, photo=photos[0], iterations=1)).pictures
