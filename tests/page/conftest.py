"""A browser that visits the page, a result without one, and a site of small things."""

from uuid import uuid4

import pytest
import small_site
import tour_site
from steps import opened

from page.segment import photos, results
from scripts import running
from seg_models import pipeline
from seg_models.specs import CrfSettings


@pytest.fixture
def own_zoo(zoo_folder, monkeypatch):
    """The small networks in place of the project's own, and nothing remembered."""
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(zoo_folder))
    kept = results.RESULTS
    kept._kept.clear()
    return kept


@pytest.fixture
def photo(photo_path, tmp_path):
    """A visitor's photo, handed in."""
    return photos.receive(photo_path, "patches.png")


@pytest.fixture(scope="session")
def segmentation(zoo_folder, photo_path):
    """A segmentation whose CRF has done three iterations."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEG_MODELS_WEIGHTS_DIR", str(zoo_folder))
        segmenter = pipeline.load("deeplab_v1-animals")
        crf = CrfSettings(iterations=3, appearance_weight=2.0)
        return segmenter.segment(photo_path, crf)


@pytest.fixture
def result(segmentation):
    """That segmentation, remembered as a run's."""
    return results.RESULTS.keep(uuid4().hex, "photo", segmentation)


@pytest.fixture(scope="session")
def browser():
    with running.chromium() as browser:
        yield browser


@pytest.fixture
def page(browser, server):
    """The open page; that it asked nobody but its server is checked when the test is over."""
    with opened(browser, server) as page:
        yield page


@pytest.fixture(scope="session")
def running_site(tmp_path_factory):
    """A running page with small networks and small examples."""
    with small_site.served(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def site(running_site, monkeypatch):
    """The same, and its networks are those that the test knows, too."""
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(running_site.weights))
    return running_site


@pytest.fixture(scope="session")
def tour(tmp_path_factory):
    """The address of a page with a small network for every step of the tour."""
    with tour_site.served(tmp_path_factory.mktemp("tour")) as address:
        yield address
