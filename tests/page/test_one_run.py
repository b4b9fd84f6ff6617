"""One run, one truth: what is seen never mixes, and what is stale says so."""

import re

import random_visitor
from playwright.sync_api import expect
from steps import answered, caption, choose, opened, upload

SEQUENCES = 300  # thousands by tests/page/random_visitor.py --sequences
HELD = "**/page/run"


def faults(found):
    return "\n".join(found[:20])


def test_a_random_visitor_never_sees_two_runs_mixed(browser, site):
    seen = random_visitor.visit(browser, site.address, site.photos, SEQUENCES, seed=20261126)
    assert not seen.found, faults(seen.found)
    assert sum(seen.done.values()) >= 4 * SEQUENCES
    assert len(seen.done) >= 15  # each kind of action was among them


def without_newest_wins(context):
    """Serve the page as it was once: an older run goes on, and shows what comes of it."""

    def changed(route):
        source = route.fetch().text()
        wrong = source.replace("this.#abort?.abort();", "").replace(
            "if (signal.aborted) return; //", "//"
        )
        assert wrong != source
        route.fulfill(body=wrong, content_type="text/javascript")

    context.route("**/page/static/runs.js", changed)


def test_the_visitor_catches_a_page_that_mixes_runs(browser, site):
    seen = random_visitor.visit(
        browser, site.address, site.photos, 200, seed=3, changed=without_newest_wins
    )
    assert any("another run" in each or "beside" in each or "said is" in each or "stale" in each
               for each in seen.found), faults(seen.found)  # fmt: skip


def test_while_the_answer_is_under_way_the_last_one_is_dimmed_and_named(browser, site):
    with opened(browser, site.address) as page:
        answered(page)
        held = []
        page.route(HELD, lambda route: held.append(route))
        page.get_by_role("button", name="Example: Example 1").click()
        expect(page.locator("#results")).to_have_attribute("data-stale", "")
        expect(page.locator(".stale")).to_have_text("From the last run: Example 0, DeepLab v1")
        expect(page.locator("#stop")).to_be_visible()
        held.pop().continue_()
        answered(page)
        expect(page.locator(".stale")).to_be_hidden()


def test_wishes_are_counted_so_that_a_late_one_ends_no_newer_one(browser, site):
    with opened(browser, site.address) as page:
        answered(page)
        counted = []
        page.on(
            "request",
            lambda request: counted.append(request.post_data_json["wish"])
            if request.method == "POST" and request.url.endswith(("/run", "/stop")) else None,
        )  # fmt: skip
        page.route(HELD, lambda route: None)
        for number in (1, 2):
            page.locator(f"[data-example=example_{number}]").click()
        page.locator("#stop").click()
        expect(page.locator("#status")).to_contain_text("Stopped.")
        first, second, stopped = counted
        assert first < second == stopped  # Stop ends what was asked before it, and nothing after


def test_stop_leaves_the_last_result_dimmed_and_segment_runs_again(browser, site):
    with opened(browser, site.address) as page:
        answered(page)
        page.route(HELD, lambda route: None)  # an answer that never comes
        page.get_by_role("button", name="Example: Example 1").click()
        page.locator("#stop").click()
        expect(page.locator("#status")).to_contain_text("Stopped.")
        expect(page.locator(".stale")).to_contain_text("Example 0")
        page.unroute(HELD)
        page.locator("#segment").click()
        answered(page)
        expect(page.locator("#details pre")).to_contain_text("deeplab_v1-camvid")


def test_a_server_that_is_gone_is_said_and_the_page_recovers(browser, site):
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.address)
    answered(page)
    page.route(HELD, lambda route: route.abort())
    page.get_by_role("button", name="Example: Example 1").click()
    expect(page.locator("#status")).to_contain_text("does not answer")
    expect(page.locator(".stale")).to_be_visible()
    page.unroute(HELD)
    page.locator("#segment").click()
    answered(page)
    context.close()


def test_two_visitors_and_two_tabs_have_their_own_answers(browser, site):
    with opened(browser, site.address) as one, opened(browser, site.address) as other:
        third = one.context.new_page()
        third.goto(site.address)
        wanted = ((one, 0, "60×40"), (other, 1, "48×64"), (third, 2, "90×30"))
        for page, *_ in wanted:
            answered(page)
        for page, number, _ in wanted:
            page.locator("#photo input[type=file]").set_input_files(site.photos[number].path)
        for page, number, size in wanted:
            expect(page.locator("#photo .title")).to_have_text(site.photos[number].title)
            answered(page)
            expect(caption(page, "upsampled")).to_contain_text(f"{size} pixels")


def test_a_tab_says_whose_result_it_has(browser, site):
    with opened(browser, site.address) as page:
        answered(page)
        page.locator("#compare").click()
        expect(page.locator("#compare-status")).to_have_text("1 network compared.")
        tab = page.locator("#more-compare")
        expect(tab.locator(".origin")).to_have_text("Of Example 0")
        page.get_by_role("button", name="Example: Example 1").click()
        expect(tab.locator(".origin")).to_have_text("From an earlier result: Example 0")
        expect(tab).to_have_attribute("data-stale", "")


def test_choosing_fast_ends_on_the_last_choice(browser, site):
    with opened(browser, site.address) as page:
        answered(page)
        for number in (1, 0, 2, 1, 0, 1, 2):
            page.locator(f"[data-example=example_{number}]").click()
        choose(page, re.compile("DeepLab v1"))
        answered(page)
        expect(page.locator("#photo .title")).to_have_text("Example 2")
        expect(page.locator("#details pre")).to_contain_text("deeplab_v1-animals")
        upload(page, site.photos[3].path)
        expect(caption(page, "upsampled")).to_contain_text("52×52 pixels")
