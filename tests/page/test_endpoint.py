"""The page's API, asked by gradio_client as its users do: right answers and clear refusals."""

import io
import json
import re
import threading
import zlib

import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from scripts.running import ROOT
from seg_models import labels, pipeline
from seg_models.visualize import draw

MODEL = "deeplab_v1-animals"


@pytest.fixture(scope="module")
def client(server):
    client = Client(server, verbose=False, analytics_enabled=False)
    yield client
    client.close()


def segment(client, path, iterations=2, model=MODEL):
    answer = client.predict(handle_file(str(path)), model, iterations, api_name="/segment")
    *pictures, details = answer
    return [np.array(Image.open(each).convert("RGB")) for each in pictures], details


def test_only_the_documented_endpoint_is_public(client):
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert list(endpoints) == ["/segment"]
    (facts,) = endpoints.values()
    assert [each["parameter_name"] for each in facts["parameters"]] == [
        "photo", "model", "iterations",
    ]  # fmt: skip
    assert len(facts["returns"]) == 4
    assert "Segment a photo" in facts["description"]


def test_the_pictures_are_the_pipelines_own(client, photo_path, zoo_folder, monkeypatch):
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(zoo_folder))
    (score_map, upsampled, refined), details = segment(client, photo_path, iterations=3)
    segmenter = pipeline.load(MODEL)
    expected = segmenter.segment(photo_path, segmenter.checkpoint.crf)
    colour = np.array(labels.ANIMALS.colours, np.uint8)
    np.testing.assert_array_equal(refined, colour[expected.labels()])
    np.testing.assert_array_equal(upsampled, colour[expected.probabilities.argmax(0)])
    cells = draw.score_map_picture(expected.score_map, (64, 96), labels.ANIMALS)
    np.testing.assert_array_equal(score_map, cells)
    assert details["crf"]["iterations"] == 3
    assert details["checkpoint"]["name"] == MODEL
    assert sum(each["share"] for each in details["classes"]) == pytest.approx(1)


def test_the_readmes_lines_do_what_they_say(server, monkeypatch):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"```python\n(from gradio_client .*?)```", readme, re.DOTALL)
    monkeypatch.chdir(ROOT)  # where its reader is
    space = {}
    exec(lines.replace("http://127.0.0.1:7860", server), space)
    space["client"].close()
    pictures = [Image.open(space[each]) for each in ("score_map", "upsampled", "refined")]
    assert {each.size for each in pictures} == {(1024, 666)}
    assert len({each.tobytes() for each in pictures}) == 3
    details = space["details"]
    assert details["checkpoint"]["name"] == "deeplab_v1-camvid"
    assert details["crf"]["iterations"] == 5


def test_without_iterations_refined_is_upsampled(client, photo_path):
    (_, upsampled, refined), details = segment(client, photo_path, iterations=0)
    np.testing.assert_array_equal(refined, upsampled)
    assert details["crf"] is None


def test_a_turned_photo_gives_the_upright_ones_answer(client, photo_path, tmp_path):
    upright = Image.open(photo_path)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by 90 degrees when shown
    turned = tmp_path / "turned.png"
    upright.rotate(90, expand=True).save(turned, exif=exif)
    for one, other in zip(segment(client, turned)[0], segment(client, photo_path)[0], strict=True):
        np.testing.assert_array_equal(one, other)


def sixteen_bits(photo):
    return Image.fromarray(np.array(photo.convert("L")).astype(np.uint16) * 257)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda photo: photo.convert("L"), "grey.png"),
        (lambda photo: photo.convert("RGBA"), "alpha.png"),
        (sixteen_bits, "deep.png"),
        (lambda photo: photo.convert("CMYK"), "print.jpg"),
        (lambda photo: photo.convert("P"), "palette.gif"),
        (lambda photo: photo.crop((0, 0, 1, 1)), "pixel.png"),
        (lambda photo: photo.resize((700, 3)), "strip.webp"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_every_kind_of_picture_gets_an_answer_of_its_size(
    client, photo_path, tmp_path, change, name
):
    picture = change(Image.open(photo_path))
    picture.save(tmp_path / name)
    pictures, _ = segment(client, tmp_path / name)
    assert {each.shape for each in pictures} == {(picture.height, picture.width, 3)}


def huge_png():
    """A PNG of 20,000 x 20,000 black pixels: 50 MB decoded, 50 kB as a file."""

    def chunk(kind, content):
        check = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + check

    side = 20_000
    header = side.to_bytes(4, "big") * 2 + bytes((1, 0, 0, 0, 0))  # one bit a pixel
    rows = zlib.compress(bytes(side * (side // 8 + 1)), 1)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", rows), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def truncated_jpeg():
    whole = io.BytesIO()
    Image.effect_noise((200, 200), 90).save(whole, "JPEG")
    return whole.getvalue()[:4000]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (lambda: b"this is a letter, not a photo", "not a picture"),
        (lambda: b"", "empty"),
        (truncated_jpeg, "damaged"),
        (huge_png, "too large"),
        (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
    ],
    ids=["text", "empty", "truncated", "huge", "svg"],
)
def test_what_is_no_photo_gets_one_clear_sentence(client, photo_path, tmp_path, content, reason):
    path = tmp_path / "bad.jpg"
    path.write_bytes(content())
    with pytest.raises(AppError, match=reason) as caught:
        segment(client, path)
    assert "bad.jpg" in str(caught.value) and "/" not in str(caught.value)
    assert len(segment(client, photo_path)[0]) == 3  # and the server goes on serving


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((None, MODEL, 2), "no photo"),
        (("photo", "deeplab_v9-animals", 2), "deeplab_v9-animals"),
        (("photo", MODEL, 99), "20"),
        (("photo", MODEL, -1), "0"),
    ],
)
def test_wrong_settings_are_refused_with_a_reason(client, photo_path, arguments, reason):
    photo = handle_file(str(photo_path)) if arguments[0] else None
    with pytest.raises(AppError, match=reason):
        client.predict(photo, *arguments[1:], api_name="/segment")


def test_visitors_at_the_same_moment_all_get_their_answer(server, photo_path):
    """Gradio's own way of storing arrays lets equal results of two visitors race for a file."""
    answers = []

    def visit():
        client = Client(server, verbose=False, analytics_enabled=False)
        answers.append(json.dumps([each.tolist() for each in segment(client, photo_path)[0]]))
        client.close()

    threads = [threading.Thread(target=visit) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(120)
    assert len(answers) == 4 and len(set(answers)) == 1
