"""Whose turn it is: the newest wish of each visitor, and nobody waits for another's long list."""

import threading

import pytest

from page.server import streams
from page.server.turns import BUSY, Cancelled, Turns, Wishes, Work


def arrive(turns, work):
    """Begin to wait; return the waiting and how many are before."""
    waiting = turns.wait(work)
    return waiting, next(waiting, 0)


def test_one_at_a_time_and_the_next_is_let_in():
    turns = Turns(places=1)
    first, second = Work("a"), Work("b")
    assert arrive(turns, first)[1] == 0
    waiting, before = arrive(turns, second)
    assert before == 1
    turns.done(first)
    assert list(waiting) == []


def test_a_list_of_twenty_networks_does_not_keep_others_waiting():
    """One visitor compares twenty networks; another's wish waits for one of them, not for all."""
    turns, order, long_list = Turns(places=1), [], Work("long list")
    held = arrive(turns, long_list)[0]
    assert list(held) == []
    mine, _ = arrive(turns, long_list)  # the second network is asked for first
    other, _ = arrive(turns, Work("short"))
    turns.done(long_list)
    for name, waiting in (("mine", mine), ("other", other)) * 3:
        if next(waiting, None) is None and name not in order:
            order.append(name)
            if name == "other":
                break
    assert order == ["other"]


def test_waiting_ends_when_nobody_wants_it_any_more():
    turns = Turns(places=1)
    arrive(turns, Work("a"))
    work = Work("b")
    waiting, _ = arrive(turns, work)
    work.cancel()
    with pytest.raises(Cancelled):
        next(waiting)
    assert not turns._waiting


def test_too_many_are_told_to_come_again():
    turns = Turns(places=1, waiting=2)
    arrive(turns, Work("a"))
    held = [arrive(turns, Work(name)) for name in "bc"]
    assert len(held) == 2
    with pytest.raises(ValueError, match=BUSY):
        next(turns.wait(Work("d")))


def test_a_newer_wish_of_the_same_kind_and_visitor_ends_the_older():
    wishes = Wishes()
    with (
        wishes.newest("me", "run") as older,
        wishes.newest("you", "run") as others,
        wishes.newest("me", "compare") as comparison,
        wishes.newest("me", "run") as newer,
    ):
        with pytest.raises(Cancelled):
            older.check()
        for each in (others, comparison, newer):
            each.check()
        wishes.stop("me", "run")
        with pytest.raises(Cancelled):
            newer.check()
        comparison.check()
    assert not wishes._works


def test_a_hundred_threads_never_share_a_place():
    turns, inside, most, lock = Turns(places=2, waiting=200), [0], [0], threading.Lock()

    def visit(number):
        work = Work(f"visitor {number % 7}")
        for _ in turns.wait(work):
            pass
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        with lock:
            inside[0] -= 1
        turns.done(work)

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(100)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert most[0] <= 2 and inside[0] == 0 and turns._free == 2


def test_a_wish_that_comes_late_does_not_end_a_newer_one():
    wishes = Wishes()
    with wishes.newest("me", "run", 2) as newer:
        with wishes.newest("me", "run", 1) as late, pytest.raises(Cancelled):
            late.check()
        newer.check()
        wishes.stop("me", "run", 1)
        newer.check()
        wishes.stop("me", "run", 2)
        with pytest.raises(Cancelled):
            newer.check()


def test_a_newer_wish_ends_an_older_one_numbered_or_not():
    for older, newer in ((1, 2), (None, None), (None, 1), (1, None)):
        wishes = Wishes()
        with (
            wishes.newest("me", "run", older) as first,
            wishes.newest("me", "run", newer) as second,
        ):
            with pytest.raises(Cancelled):
                first.check()
            second.check()


def test_what_was_asked_first_and_comes_last_is_stopped():
    def answer(asked, work, language):
        while True:
            work.check()
            yield {"kind": "stage"}

    newer, late = (
        streams._told("run", answer, {"visitor": "me", "wish": number}) for number in (2, 1)
    )
    next(newer)
    assert list(late) == [{"kind": "stopped"}]
    assert next(newer) == {"kind": "stage"}
    newer.close()
