"""A browser that visits the page, and a result without one."""

import pytest
from steps import opened

from page import results
from scripts import running
from seg_models import pipeline


@pytest.fixture(scope="session")
def result(zoo_folder, photo_path):
    """A result whose CRF has done three iterations."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEG_MODELS_WEIGHTS_DIR", str(zoo_folder))
        segmenter = pipeline.load("deeplab_v1-animals")
        segmentation = list(segmenter.stages(photo_path))[-1]
        result = results.Result("run", segmentation)
        list(result.advance(3))
        return result


@pytest.fixture(scope="session")
def browser():
    with running.chromium() as browser:
        yield browser


@pytest.fixture
def page(browser, server):
    """The open page; that it asked nobody but its server is checked when the test is over."""
    with opened(browser, server) as page:
        yield page
