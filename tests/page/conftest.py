"""A browser that visits the page."""

import pytest
from steps import opened

from tools import running


@pytest.fixture(scope="session")
def browser():
    with running.chromium() as browser:
        yield browser


@pytest.fixture
def page(browser, server):
    """The open page; that it asked nobody but its server is checked when the test is over."""
    with opened(browser, server) as page:
        yield page
