"""The page and a Hub: a network of one's own, weights that are fetched, a Hub that is silent."""

import re
import shutil

import pytest
from loopback_client import running
from playwright.sync_api import expect
from steps import answered, choose, opened, upload
from test_accessibility import violations

from scripts import running as started

ABSENT = "deeplab_v1-camvid"


@pytest.fixture(scope="module")
def hub(zoo_folder):
    """A loopback Hub with one network in two repos: of the zoo's namespace, and a stranger's."""
    with running() as hub:
        for repo in (f"tests/{ABSENT}", "visitor/net"):
            for path in (zoo_folder / ABSENT).iterdir():
                hub.put(repo, path.name, path.read_bytes())
        yield hub


@pytest.fixture(scope="module")
def online(hub, zoo_folder, tmp_path_factory):
    """The address of a page that has one network here and one on that Hub."""
    scratch = tmp_path_factory.mktemp("online")
    shutil.copytree(zoo_folder, scratch / "zoo")
    (scratch / "zoo" / ABSENT / "model.safetensors").unlink()
    variables = {
        "SEG_MODELS_WEIGHTS_DIR": str(scratch / "zoo"),
        "SEG_MODELS_NAMESPACE": "tests",
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(scratch / "home"),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_OFFLINE": "0",
    }
    with started.page(variables) as address:
        yield address


def test_a_network_of_ones_own_is_opened_chosen_and_used(browser, online, photo_path):
    with opened(browser, online) as page:
        page.locator("#bring summary").click()
        page.get_by_label("Hub repo").fill("visitor/absent")
        page.get_by_role("button", name="Open it").click()
        expect(page.locator("#bring-status")).to_contain_text("there is no visitor/absent")
        page.get_by_label("Hub repo").fill("visitor/net")
        page.keyboard.press("Enter")
        expect(page.locator("#bring-status")).to_contain_text("is open and chosen")
        own = re.compile("DeepLab v1 · visitor/net@[0-9a-f]{7}")
        expect(page.locator("#model input")).to_have_value(own)
        page.locator("#card summary").click()
        expect(page.locator("#weights")).to_contain_text("Opened for you: visitor/net@")
        upload(page, photo_path)
        expect(page.locator("#details pre")).to_contain_text("visitor/net")
        assert violations(page) == []


def test_another_visitor_does_not_see_it(browser, online):
    with opened(browser, online) as page:
        page.locator("#model input").click()
        expect(page.locator("#model [role=option]")).to_have_count(2)


def test_a_silent_hub_is_said_and_the_rest_of_the_page_works(browser, hub, online, photo_path):
    """The three tests share a page: this one comes last, since a failed Hub is remembered."""
    hub.fault("silent", f"tests/{ABSENT}")
    with opened(browser, online) as page:
        upload(page, photo_path)
        choose(page, re.compile("from the Hub"))
        page.locator("#card summary").click()
        expect(page.locator("#weights")).to_contain_text("are on the Hub")
        expect(page.locator("#status")).to_contain_text("does not answer")
        choose(page, re.compile("val mIoU 25 % 2015"))
        expect(page.locator("#weights")).to_contain_text("came with this page")
        answered(page)
        expect(page.locator("#status")).to_contain_text("Done")
    with opened(browser, online) as page:
        choose(page, re.compile("not available"))
        page.locator("#card summary").click()
        expect(page.locator("#weights")).to_contain_text("Not available: http://127.0.0.1")
