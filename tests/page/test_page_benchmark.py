"""The benchmark of the page measures what it says, on the small networks."""

from benchmarks import page as benchmark


def test_every_wait_in_the_browser_is_measured(browser, site):
    (arrival,) = benchmark.arrivals(browser, site.address, 1)
    found = benchmark.visited(browser, site.address, repeats=1)
    waits = {each.name: each for each in found}
    assert list(waits) == ["example", "scrub, classes", "scrub, entropy", "loupe"]
    assert arrival > 0 and all(seconds > 0 for each in found for seconds in each.seconds)
    assert [len(each.seconds) for each in found] == [1, 2, 2, 1]
