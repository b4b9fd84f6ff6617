"""What a visitor may bring along to the page, and what not."""

import time

import pytest
import tiny
from loopback_client import FAULTY, LONGEST_WAIT, PATIENCE, Loopback

from page.i18n import ENGLISH, KOREAN
from page.models import bringing, catalogue, custom_models
from page.segment import photos, run
from page.segment.results import RESULTS
from page.server import launch
from page.server.turns import Work
from page.tabs import take_home
from seg_models.checkpoints import external, registry, weights
from seg_models.hub import download
from seg_models.specs import HubAddress, WeightsError

REPO = "visitor/net"


def silent(share, said):
    """Progress that nobody watches."""


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    """No visitor networks and a zoo of one."""
    monkeypatch.delenv(custom_models.FOLDERS, raising=False)
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(tmp_path / "zoo"))
    tiny.pack(tmp_path / "zoo", "deeplab_v1-animals")
    monkeypatch.setattr(custom_models, "cache", lambda: tmp_path / "visitors")
    monkeypatch.setattr(custom_models, "_kept", type(custom_models._kept)(custom_models.MOST))
    monkeypatch.setattr(custom_models, "_offered", {})


@pytest.fixture
def publish(hub: Loopback, tmp_path):
    """A function that puts a small network in a repo and returns the commit."""

    def put(repo=REPO, seed=1):
        folder = tiny.pack(tmp_path / "made", "deeplab_v1-camvid", seed=seed).folder
        for path in folder.iterdir():
            commit = hub.put(repo, path.name, path.read_bytes())
        return commit

    return put


def brought(wish, language=ENGLISH):
    """Return what a visitor's page is told of the network that a wish brings."""
    *_, last = bringing.answer({"wish": wish}, Work("visitor"), language)
    return last["network"]


def segmented(path, model):
    """Return the messages of a run over a visitor's photo."""
    photo = photos.receive(path, "photo.png")
    return list(run.run(run.Asked(photo.key, model), Work("visitor")))


def test_a_visitors_network_is_chosen_and_segments(publish, noise):
    commit = publish()
    network = brought(f" {REPO} ")
    assert network["key"] == f"{REPO}@{commit}" and len(network["classes"]) == 11
    *_, done = segmented(noise, network["key"])
    segmentation = RESULTS.find(done["run"]).segmentation
    assert segmentation.checkpoint.hub == HubAddress(REPO, commit)
    assert segmentation.score_map.shape[0] == 11
    titles = [each["code"] for each in take_home.calls(segmentation, "http://here", ENGLISH)]
    assert f'load("{REPO}@{commit}")' in titles[0]
    assert not any("gradio_client" in each for each in titles)


def test_opening_again_is_the_same_network(publish):
    publish()
    assert brought(REPO)["key"] == brought(REPO)["key"]


@pytest.mark.parametrize("place", ["zoo/deeplab_v1-animals", "./zoo", "/etc", "~", "..", "zoo", ""])
def test_no_folder_of_the_server_can_be_named(hub, tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    with pytest.raises((ValueError, WeightsError)) as caught:
        brought(place)
    said = str(caught.value)
    assert "there is no" in said or "neither a folder nor a Hub repo" in said
    assert str(tmp_path) not in said


def test_where_the_owner_offers_folders_these_and_no_others_open(tmp_path, monkeypatch):
    monkeypatch.setenv(custom_models.FOLDERS, str(tmp_path / "offered"))
    tiny.pack(tmp_path / "offered", "deeplab_v1-camvid")
    tiny.pack(tmp_path / "secret", "deeplab_v1-camvid")
    (tmp_path / "offered" / "half").mkdir()
    (tmp_path / "offered" / "half" / "config.json").write_text("{")
    assert custom_models.bring("deeplab_v1-camvid", silent) == "./deeplab_v1-camvid"
    assert custom_models.find("./deeplab_v1-camvid").domain == "camvid"
    for place in ("../secret/deeplab_v1-camvid", "..", str(tmp_path / "secret"), "./half"):
        with pytest.raises((ValueError, WeightsError), match="neither a folder nor a Hub repo"):
            custom_models.bring(place, silent)
    with pytest.raises(ValueError, match="owner offers; those are deeplab_v1-camvid, half"):
        custom_models.bring("others", silent)
    with pytest.raises(ValueError, match="half") as caught:
        custom_models.bring("half", silent)
    assert str(tmp_path) not in str(caught.value)


def test_the_owners_own_networks_come_first_and_answer_as_others_do(tmp_path, noise):
    for name in ("mine-animals", "yours-camvid"):
        custom_models.offer(tiny.pack(tmp_path / "made", name).folder)
    listed = catalogue.offered()
    names = [each["key"] for each in listed]
    assert names == ["mine-animals", "yours-camvid", "deeplab_v1-animals"]
    assert [each["own"] for each in listed] == [True, True, False]
    assert catalogue.default() == "mine-animals"
    assert segmented(noise, "yours-camvid")[-1]["kind"] == "done"
    with pytest.raises(ValueError, match="no checkpoint called 'theirs-animals'"):
        custom_models.find("theirs-animals")


def test_what_cannot_be_offered_ends_the_page_with_one_line(tmp_path, capsys):
    tiny.pack(tmp_path / "made", "deeplab_v1-animals")
    (tmp_path / "empty").mkdir()
    for place, said in (
        (tmp_path / "made" / "deeplab_v1-animals", "there is a network called deeplab_v1-animals"),
        (tmp_path / "empty", "config.json cannot be read"),
        (tmp_path / "none", "config.json cannot be read"),
    ):
        with pytest.raises(SystemExit) as left:
            launch.offer([str(place)])
        assert left.value.code == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("app.py: ") and said in line


def test_the_owners_token_and_cache_are_not_the_visitors(hub, publish, monkeypatch, tmp_path):
    """A private repo of the owner's would open with the token, or lie in the cache."""
    publish("owner/private")
    monkeypatch.setenv("HF_TOKEN", "writer")
    external.from_hub("owner/private")
    assert hub.tokens("owner/private") == {"Bearer writer"}
    key = custom_models.bring("owner/private", silent)
    assert hub.tokens("owner/private") == {"Bearer writer", ""}
    assert custom_models.find(key).folder.is_relative_to(tmp_path / "visitors")


def test_number_and_bytes_are_bounded_and_what_goes_is_deleted(publish, monkeypatch, tmp_path):
    monkeypatch.setattr(custom_models, "_kept", type(custom_models._kept)(2))
    for repo in ("a/net", "b/net", "c/net"):
        publish(repo)
    first, second = custom_models.bring("a/net", silent), custom_models.bring("b/net", silent)
    custom_models.find(first)
    third = custom_models.bring("c/net", silent)
    assert list(custom_models.known((first, second, third))) == [first, third]
    kept = {each.name for each in (tmp_path / "visitors").glob("models--*")}
    assert kept == {"models--a--net", "models--c--net"}
    with pytest.raises(ValueError, match="no longer kept here; open it again"):
        custom_models.find(second)
    monkeypatch.setattr(custom_models, "LARGEST", 1000)
    with pytest.raises(ValueError, match="1,000 may be"):
        custom_models.bring("b/net", silent)
    assert not list((tmp_path / "visitors").glob("models--b*")), "a refused one leaves nothing"
    assert custom_models.find(first).embedded


def test_another_commit_of_a_kept_repo_does_not_take_its_files(publish):
    first = publish(seed=1)
    custom_models.bring(REPO, silent)
    with pytest.raises(WeightsError, match="has no commit"):
        custom_models.bring(f"{REPO}@{'0' * 40}", silent)
    assert custom_models.find(f"{REPO}@{first}").embedded


def test_what_the_hub_says_is_told(hub):
    for wish, words in (("them/absent", "there is no them/absent"), ("<b>/x", "<b>")):
        with pytest.raises((ValueError, WeightsError), match=words) as caught:
            brought(wish)
        assert "log in" not in str(caught.value)  # who, and on whose machine?
    hub.fault("gated", "them/gated")
    with pytest.raises(WeightsError, match="is gated; only what is open to all"):
        brought("them/gated")


def test_the_list_says_where_weights_are_and_why_they_cannot_be_had(hub, tmp_path, monkeypatch):
    from huggingface_hub import constants

    absent = tiny.pack(tmp_path / "zoo", "deeplab_v1-camvid")
    content = (absent.folder / "model.safetensors").read_bytes()
    (absent.folder / "model.safetensors").unlink()
    assert "SEG_MODELS_NAMESPACE" in listed_as("unreachable", absent)
    monkeypatch.setenv("SEG_MODELS_NAMESPACE", "tests")
    hub.put(f"tests/{absent.name}", "model.safetensors", content)
    listed_as("on the Hub", absent)
    weights.locate(absent)
    listed_as("cached", absent)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    listed_as("cached", absent)
    download.discard(weights.locate(absent))
    assert "HF_HUB_OFFLINE" in listed_as("unreachable", absent)
    assert catalogue.described(registry.find("deeplab_v1-animals"))["state"] == "embedded"


def listed_as(state, checkpoint):
    """Check that the page is told this state; return the reason, which is there in Korean too."""
    (listed,) = (each for each in catalogue.offered() if each["key"] == checkpoint.name)
    assert listed["state"] == state
    assert not listed["reason"][ENGLISH] or "HF_HUB_OFFLINE is" not in listed["reason"][KOREAN]
    return listed["reason"][ENGLISH]


def test_the_page_answers_soon_though_the_hub_never_does(hub, noise, tmp_path, monkeypatch):
    """Within seconds the visitor reads why, and the next request gets its answer."""
    hub.fault("silent")
    for name, seconds in PATIENCE.items():
        monkeypatch.setattr(download, name, seconds)
    absent = tiny.pack(tmp_path / "zoo", "deeplab_v1-camvid")
    (absent.folder / "model.safetensors").unlink()
    monkeypatch.setattr(weights, "address", lambda _: HubAddress(FAULTY))
    waited = []
    for _ in range(3):  # on a busy machine, in one of three attempts
        download.forget_failures()
        began = time.monotonic()
        with pytest.raises(WeightsError, match="does not answer; try again in some minutes"):
            segmented(noise, absent.name)
        waited.append(time.monotonic() - began)
        if waited[-1] < LONGEST_WAIT:
            break
    assert min(waited) < LONGEST_WAIT
    assert segmented(noise, "deeplab_v1-animals")[-1]["kind"] == "done"
