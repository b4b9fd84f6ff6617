"""The benchmark of the page measures what it says, on the small networks."""

from benchmarks import page as benchmark


def test_every_wait_in_the_browser_is_measured(browser, server, photo_path):
    found = benchmark.visited(browser, server, photo_path, repeats=1)
    waits = {each.name: each for each in found}
    assert list(waits) == ["first panel", "scrub, classes", "scrub, doubt", "hover"]
    assert all(seconds > 0 for each in waits.values() for seconds in each.seconds)
    assert [len(each.seconds) for each in waits.values()] == [1, 2, 2, 1]
