"""What a visitor may bring along to the page, and what not."""

import time

import gradio as gr
import pytest
import tiny
from loopback_client import FAULTY, LONGEST_WAIT, PATIENCE, Loopback

from page import choosing, guestbook, handlers, photos, results, takeaway, wording
from page.look import Look
from page.translations import ENGLISH, KOREAN, say
from seg_models.checkpoints import external, weights
from seg_models.hub import download
from seg_models.specs import HubAddress, WeightsError

REPO = "visitor/net"


def silent(share, said):
    """Progress that nobody watches."""


@pytest.fixture(autouse=True)
def own_folders(tmp_path, monkeypatch):
    """An empty guestbook and a zoo of one."""
    monkeypatch.delenv(guestbook.FOLDERS, raising=False)
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(tmp_path / "zoo"))
    tiny.pack(tmp_path / "zoo", "deeplab_v1-animals")
    monkeypatch.setattr(guestbook, "cache", lambda: tmp_path / "visitors")
    monkeypatch.setattr(guestbook, "_kept", type(guestbook._kept)())
    monkeypatch.setattr(handlers, "RESULTS", results.Results())


@pytest.fixture
def publish(hub: Loopback, tmp_path):
    """A function that puts a small network in a repo and returns the commit."""

    def put(repo=REPO, seed=1):
        folder = tiny.pack(tmp_path / "made", "deeplab_v1-camvid", seed=seed).folder
        for path in folder.iterdir():
            commit = hub.put(repo, path.name, path.read_bytes())
        return commit

    return put


def brought(wish, mine=()):
    """Return what the last step of bringing along said, did to the list, and keeps as one's own."""
    *_, last = choosing.bring(wish, mine, ENGLISH)
    return last


def test_a_visitors_network_is_chosen_and_segments(publish, noise):
    commit = publish()
    said, model, mine = brought(f" {REPO} ")
    assert mine == (f"{REPO}@{commit}",) and model["value"] == mine[0]
    assert (f"DeepLab v1 · {REPO}@{commit[:7]}", mine[0]) in model["choices"]
    assert "is open and chosen. It knows 11 classes" in said
    shown = list(handlers.analyse(str(noise), mine[0], Look()))
    segmentation = handlers.RESULTS.find(shown[-1].key).segmentation
    assert segmentation.checkpoint.hub == HubAddress(REPO, commit)
    assert segmentation.score_map.shape[0] == 11
    labels = segmentation.probabilities.argmax(0).numpy()
    assert f"Weights: {REPO}@{commit[:7]}, sha256" in wording.summary(segmentation, labels, ENGLISH)
    calls = takeaway.calls(segmentation.checkpoint, 3, "http://here", ENGLISH)
    assert f'open_checkpoint("{REPO}@{commit}")' in calls and "gradio_client" not in calls


def test_opening_again_lists_it_once(publish):
    publish()
    _, _, mine = brought(REPO)
    _, model, again = brought(REPO, mine)
    assert again == mine and len(model["choices"]) == 2


@pytest.mark.parametrize("place", ["zoo/deeplab_v1-animals", "./zoo", "/etc", "~", "..", "zoo", ""])
def test_no_folder_of_the_server_can_be_named(hub, tmp_path, monkeypatch, place):
    monkeypatch.chdir(tmp_path)
    said, model, _ = brought(place)
    assert "worse" in said and "value" not in model
    assert "there is no" in said or "neither a folder nor a Hub repo" in said
    assert str(tmp_path) not in said


def test_where_the_owner_offers_folders_these_and_no_others_open(tmp_path, monkeypatch):
    monkeypatch.setenv(guestbook.FOLDERS, str(tmp_path / "offered"))
    tiny.pack(tmp_path / "offered", "deeplab_v1-camvid")
    tiny.pack(tmp_path / "secret", "deeplab_v1-camvid")
    (tmp_path / "offered" / "half").mkdir()
    (tmp_path / "offered" / "half" / "config.json").write_text("{")
    assert guestbook.bring("deeplab_v1-camvid", silent) == "./deeplab_v1-camvid"
    assert guestbook.find("./deeplab_v1-camvid").domain == "camvid"
    for place in ("../secret/deeplab_v1-camvid", "..", str(tmp_path / "secret"), "./half"):
        with pytest.raises((ValueError, WeightsError), match="neither a folder nor a Hub repo"):
            guestbook.bring(place, silent)
    with pytest.raises(ValueError, match="owner offers; those are deeplab_v1-camvid, half"):
        guestbook.bring("others", silent)
    with pytest.raises(ValueError, match="half") as caught:
        guestbook.bring("half", silent)
    assert str(tmp_path) not in str(caught.value)


def test_the_owners_token_and_cache_are_not_the_visitors(hub, publish, monkeypatch, tmp_path):
    """A private repo of the owner's would open with the token, or lie in the cache."""
    publish("owner/private")
    monkeypatch.setenv("HF_TOKEN", "writer")
    external.from_hub("owner/private")
    assert hub.tokens("owner/private") == {"Bearer writer"}
    key = guestbook.bring("owner/private", silent)
    assert hub.tokens("owner/private") == {"Bearer writer", ""}
    assert guestbook.find(key).folder.is_relative_to(tmp_path / "visitors")


def test_number_and_bytes_are_bounded_and_what_goes_is_deleted(publish, monkeypatch, tmp_path):
    monkeypatch.setattr(guestbook, "MOST", 2)
    for repo in ("a/net", "b/net", "c/net"):
        publish(repo)
    first, second = guestbook.bring("a/net", silent), guestbook.bring("b/net", silent)
    guestbook.find(first)
    third = guestbook.bring("c/net", silent)
    assert list(guestbook.known((first, second, third))) == [first, third]
    kept = {each.name for each in (tmp_path / "visitors").glob("models--*")}
    assert kept == {"models--a--net", "models--c--net"}
    with pytest.raises(gr.Error, match="no longer kept here; open it again"):
        list(handlers.analyse("photo.png", second, Look()))
    monkeypatch.setattr(guestbook, "LARGEST", 1000)
    with pytest.raises(ValueError, match="1,000 may be"):
        guestbook.bring("b/net", silent)
    assert not list((tmp_path / "visitors").glob("models--b*")), "a refused one leaves nothing"
    assert guestbook.find(first).embedded


def test_another_commit_of_a_kept_repo_does_not_take_its_files(publish):
    first = publish(seed=1)
    guestbook.bring(REPO, silent)
    with pytest.raises(WeightsError, match="has no commit"):
        guestbook.bring(f"{REPO}@{'0' * 40}", silent)
    assert guestbook.find(f"{REPO}@{first}").embedded


def test_what_the_hub_says_is_shown_in_place_and_without_markup(hub):
    said, _, _ = brought("<b>/x")
    assert "&lt;b&gt;" in said and "<b>" not in said
    said, _, _ = brought("them/absent")
    assert "there is no them/absent" in said and "log in" not in said  # who, and on whose machine?
    hub.fault("gated", "them/gated")
    said, _, _ = brought("them/gated")
    assert "is gated; only what is open to all" in said


def test_an_example_leaves_a_visitors_fitting_network_chosen(publish, tmp_path):
    publish()
    _, _, (key,) = brought(REPO)
    street = photos.Example(tmp_path, "street", "camvid", "a street")
    assert photos.matching_model(street, key) == key


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
    assert choosing.whereabouts("deeplab_v1-animals", ENGLISH) == say(ENGLISH, "embedded")


def listed_as(state, checkpoint):
    """Check that list and sentence tell this state, in both languages; return the reason."""
    for language in (ENGLISH, KOREAN):
        names = {value: name for name, value in choosing.choices((), language)}
        assert say(language, f"list-{state}") in names[checkpoint.name].split(" · ")[-1]
        sentence, _, reason = choosing.whereabouts(checkpoint.name, language).partition(": ")
        assert sentence == say(language, state, reason="").removesuffix(": ")
        assert "HF_HUB_OFFLINE is" not in reason or language == ENGLISH
    return reason


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (ENGLISH, "is not available: it is not embedded"),
        (KOREAN, "쓸 수 없습니다: 내장되어 있지 않고"),
    ],
)
def test_a_network_that_cannot_be_had_says_so_when_it_is_picked(
    tmp_path, monkeypatch, language, words
):
    absent = tiny.pack(tmp_path / "zoo", "deeplab_v1-camvid")
    (absent.folder / "model.safetensors").unlink()
    warned = []
    monkeypatch.setattr(choosing.gr, "Warning", warned.append)
    choosing.look("deeplab_v1-animals", language)
    assert warned == []
    choosing.look(absent.name, language)
    (sentence,) = warned
    assert words in sentence and sentence.startswith("DeepLab v1")


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
        with pytest.raises(gr.Error, match="does not answer; try again in some minutes"):
            list(handlers.analyse(str(noise), absent.name, Look()))
        waited.append(time.monotonic() - began)
        if waited[-1] < LONGEST_WAIT:
            break
    assert min(waited) < LONGEST_WAIT
    assert list(handlers.analyse(str(noise), "deeplab_v1-animals", Look()))[-1].key
