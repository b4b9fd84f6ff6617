"""The page in Korean: in the browser from the first label to the last sentence, and its tables."""

import ast
import re
import string
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from steps import answered, opened, upload

from page.i18n import english, errors, korean, preferred, say
from page.segment import photos
from page.server.routes import STATIC
from page.tabs import check
from seg_models import preprocess
from seg_models.checkpoints import registry, weights
from seg_models.evaluation import labelled_photos, metrics
from seg_models.specs import Checkpoint, Message

# Two or more English words in a row. Names of networks and parts of the page keep their own.
ENGLISH_WORDS = re.compile(r"[A-Za-z]{2,}(?:[ ,]+[a-z]{2,})+")
NAMES = {"Coarse to", "pip install gradio"}
# What Gradio's own components say to screen readers, in no language but English.
GRADIO = {"Gradio footer navigation"}
# Everything a visitor reads or hears, but for code and the record of facts, which is for programs.
READ = """() => {
  const parts = [];
  for (const each of document.querySelectorAll('body *')) {
    if (each.closest('script, style, pre, #details')) continue;
    for (const name of ['aria-label', 'alt', 'title', 'placeholder']) {
      parts.push(each.getAttribute(name) ?? '');
    }
    for (const child of each.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) parts.push(child.textContent);
    }
    if (each instanceof HTMLInputElement) parts.push(each.value);
  }
  return parts;
}"""


def english_left(page):
    found = {each for part in page.evaluate(READ) for each in ENGLISH_WORDS.findall(part)}
    assert "__i18n__" not in page.locator("body").inner_text()
    return found - NAMES - GRADIO


def test_a_korean_browser_reads_no_english_sentence(browser, site, tmp_path):
    letter = tmp_path / "letter.jpg"
    letter.write_text("Dear reader")
    mask = tmp_path / "mask.png"
    Image.fromarray(np.ones((40, 60), np.uint8)).save(mask)
    with opened(browser, site.address, locale="ko-KR") as page:
        answered(page)
        expect(page.locator("#segment")).to_have_text("분할하기")
        expect(page.locator("#examples img").first).to_have_attribute("alt", re.compile("예제"))
        expect(page.locator("#model input")).to_have_value(re.compile("동물"))
        page.locator("#photo input[type=file]").set_input_files(letter)
        expect(page.locator("#photo .worse")).to_contain_text("그림이 아닙니다")
        assert english_left(page) == set()
        upload(page, site.photos[0].path)
        expect(page.locator("#status")).to_contain_text("걸렸습니다")
        expect(page.locator("#refined .caption")).to_contain_text("3회 반복")
        for place in ("#card summary", "#bring summary", "#crf-settings summary"):
            page.locator(place).click()
        page.locator("#refined .frame").click(position={"x": 20, "y": 20})
        expect(page.locator("#probe")).to_contain_text("3회 반복 후")
        expect(page.locator(".loupe")).to_contain_text("점수 맵")
        page.locator("#compare").click()
        expect(page.locator("#compare-status")).to_contain_text("비교했습니다")
        page.get_by_role("tab", name="가져가기").click()
        page.locator("#take").click()
        expect(page.locator("#calls")).to_contain_text("명령줄")
        assert english_left(page) == set()
        page.get_by_role("tab", name="정답 확인").click()
        page.locator("#truth input[type=file]").set_input_files(mask)
        expect(page.locator("#truth-report")).to_contain_text("CRF")
        page.locator("#view select").select_option("entropy")
        expect(page.locator("#refined img")).to_have_attribute("alt", re.compile("불확실성"))
        assert english_left(page) == set()


def test_the_language_is_changed_on_the_page_and_stays(browser, site):
    with opened(browser, site.address) as page:
        run = answered(page)
        page.get_by_label("Language").select_option("ko")
        expect(page.locator("#segment")).to_have_text("분할하기")
        assert answered(page) == run  # nothing is computed anew
        expect(page.locator("#status")).to_contain_text("걸렸습니다")
        page.reload()
        expect(page.locator("#segment")).to_have_text("분할하기")


def places(text):
    return {place for _, place, _, _ in string.Formatter().parse(text) if place}


def test_both_languages_have_the_same_texts_with_the_same_places():
    assert korean.TEXTS.keys() == english.TEXTS.keys()
    for key, text in english.TEXTS.items():
        assert places(text) == places(korean.TEXTS[key]), key
    for text, translation in errors.KOREAN.items():
        assert places(text) == places(translation), text


def test_every_text_that_the_scripts_ask_for_is_there_and_no_other():
    sources = [*STATIC.rglob("*.js"), *STATIC.parent.rglob("*.py")]
    asked = "\n".join(each.read_text() for each in sources if each.parent.name != "i18n")
    fixed = set(re.findall(r"""\b(?:t|say|count)\((?:[\w.]+, )?['"]([\w -]+)['"]""", asked))
    counted = {each for each in fixed if f"{each}-one" in english.TEXTS}
    assert fixed - counted <= english.TEXTS.keys()


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("ko", "ko"),
        ("en-GB,ko;q=0.5", "en"),
        ("fr", "en"),
        ("", "en"),
    ],
)
def test_the_language_is_the_first_that_the_browser_asks_for(asked, language):
    request = type("Request", (), {"headers": {"accept-language": asked}})
    assert preferred(request) == language


def test_every_class_and_example_has_a_korean_name():
    from seg_models import labels

    known = [each for label_set in labels.DOMAINS.values() for each in label_set.classes]
    known += [each.title for each in photos.examples()] + list(labels.DOMAINS)
    assert [each for each in known if each not in korean.NAMES] == []


def refused(call, *arguments):
    with pytest.raises((ValueError, weights.WeightsError)) as caught:
        call(*arguments)
    return caught.value.args[0]


def unreadable(folder):
    path = folder / "letter.jpg"
    path.write_text("Dear reader")
    return refused(preprocess.open_photo, path)


def empty(folder):
    path = folder / "nothing.jpg"
    path.touch()
    return refused(preprocess.open_photo, path)


def huge(folder):
    path = folder / "huge.png"
    side = int(preprocess.MAX_PIXELS**0.5) + 1
    Image.new("1", (side, side)).save(path)
    return refused(preprocess.open_photo, path)


def damaged(folder):
    path = folder / "damaged.jpg"
    Image.effect_noise((200, 200), 90).save(path, "JPEG")
    path.write_bytes(path.read_bytes()[:4000])
    return refused(preprocess.open_photo, path)


def coloured(folder):
    path = folder / "mask.png"
    Image.new("RGB", (2, 2)).save(path)
    return refused(labelled_photos.read_ground_truth, path)


def no_class(folder):
    return refused(metrics.confusion, np.zeros((2, 2)), np.full((2, 2), 9), 7)


def all_void(folder):
    return refused(metrics.scores, np.zeros((2, 2), np.int64))


def unknown_network(folder):
    return refused(registry.find, "deeplab_v9-animals")


def no_address(folder):
    checkpoint = registry.find("deeplab_v1-animals")
    elsewhere = Checkpoint(**{**vars(checkpoint), "folder": None, "hub": None})
    return refused(weights.locate, elsewhere)


@pytest.mark.parametrize(
    "fault",
    [unreadable, empty, huge, damaged, coloured, no_class, all_void, unknown_network, no_address],
)  # fmt: skip
def test_the_engines_errors_are_known_in_korean(fault, tmp_path, zoo_folder, monkeypatch):
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(zoo_folder))
    sentence = fault(tmp_path)
    assert errors.translated("en", sentence) == str(sentence)
    told = errors.translated("ko", sentence)
    assert re.search("[가-힣]", told), told


def test_every_translated_sentence_is_one_that_is_said():
    """Fails where a sentence of the engine was reworded: reword it in `errors.KOREAN`, too."""
    root = Path(__file__).parents[2]
    sources = [each for part in ("seg_models", "page") for each in (root / part).rglob("*.py")]
    said = {
        node.value
        for each in sources if each != Path(errors.__file__)
        for node in ast.walk(ast.parse(each.read_text()))
        if isinstance(node, ast.Constant)
    }  # fmt: skip
    of_the_page = {value for value in vars(errors).values() if isinstance(value, str)}
    assert not [each for each in errors.KOREAN if each not in said | of_the_page]


def test_what_the_engine_says_within_what_it_says_is_translated():
    broke = Message("the download of {repo} broke off; try again", repo="me/a-b")
    told = Message(weights.CANNOT, name="a-b", reason=broke)
    assert errors.translated("ko", told) == (
        "a-b의 가중치를 받을 수 없습니다: me/a-b 내려받기가 끊겼습니다. 다시 해 보세요"
    )
    assert errors.translated("ko", "a sentence that nobody knows") == "a sentence that nobody knows"


def test_a_file_name_with_braces_is_kept():
    empty = Message("{name} is empty; give a JPEG, PNG, WebP or the like", name="{0}.jpg")
    told = errors.translated("ko", empty)
    assert told.startswith("{0}.jpg 파일은 비어")


def test_the_verdict_says_in_korean_that_the_crf_hurts():
    scores = [metrics.Scores(each, each, (each, each)) for each in (0.7, 0.6)]
    assert "나쁘게" in check.verdict(scores, "ko")
    assert say("ko", "hurts", mious="", best=1) != say("ko", "only-hurts", mious="", best=0)
