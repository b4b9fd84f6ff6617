"""Looking inside the networks: what the tab's handlers show, without a server."""

import base64
import io
import re

import gradio as gr
import numpy as np
import pytest
import tiny
from PIL import Image

from page import inside, inside_figures, inside_tab, lens, translations
from seg_models import pipeline, preprocess
from seg_models.checkpoints import registry
from seg_models.explain.receptive_field import ReceptiveField, receptive_field
from seg_models.explain.theoretical_receptive_field import Box

EN = translations.ENGLISH


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A zoo of untrained networks: three with coarse scores, two with decoders."""
    folder = tmp_path_factory.mktemp("inside")
    for name in ("deeplab_v1-animals", "dilatednet-animals", "fcn8s-camvid", "deconvnet-animals"):
        tiny.pack(folder, name, name.split("-")[0])
    tiny.pack(folder, "segnet-camvid", "segnet", options={"width": 0.05})
    return folder


@pytest.fixture(autouse=True)
def own_zoo(folder, monkeypatch):
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(folder))


def pictures(text):
    """Return the pictures in some HTML as arrays, in order."""
    urls = re.findall(r'(?:src|href)="data:image/png;base64,([^"]+)"', text)
    return [np.array(Image.open(io.BytesIO(base64.b64decode(each)))) for each in urls]


def test_the_lens_has_the_photo_as_the_crf_sees_it_to_the_level(photo_path):
    value = lens.data(str(photo_path), EN)
    (shown,) = pictures(f'src="{value["photo"]}"')
    np.testing.assert_array_equal(shown, preprocess.open_photo(photo_path))
    assert (value["width"], value["height"]) == (96, 64)
    assert len(value["ramp"]) == 256


def test_no_photo_makes_an_empty_lens(tmp_path):
    (tmp_path / "text.jpg").write_text("no picture")
    assert lens.data(None, EN) is None and lens.data(str(tmp_path / "text.jpg"), EN) is None


def test_the_networks_on_offer_are_those_there_are_now(folder):
    names = [each.name for each in inside.fitting(inside.FIELDS)]
    assert names == ["deeplab_v1-animals", "dilatednet-animals", "fcn8s-camvid"]
    assert [each.name for each in inside.fitting(inside.DECODERS)] == [
        "deconvnet-animals", "segnet-camvid",
    ]  # fmt: skip
    tiny.pack(folder, "fcn32s-animals", "fcn32s")
    assert "fcn32s-animals" in [each.name for each in inside.fitting(inside.FIELDS)]
    for file in (folder / "fcn32s-animals").iterdir():
        file.unlink()


def test_networks_of_the_same_domain_come_first():
    found = inside.fitting(inside.FIELDS)
    assert inside.chosen(found, "deeplab_v1-animals") == [
        "deeplab_v1-animals",
        "dilatednet-animals",
    ]
    assert inside.chosen(found, None) == [each.name for each in found]


def test_what_is_not_here_is_said():
    assert inside.absent(inside.EXPECTED_FIELDS, inside.fitting(inside.FIELDS)) == ["DeepLab v3"]
    assert inside.absent(inside.EXPECTED_DECODERS, []) == ["DeconvNet", "SegNet"]


def test_without_decoders_the_tab_says_so_and_the_button_rests(tmp_path, monkeypatch):
    monkeypatch.setenv("SEG_MODELS_WEIGHTS_DIR", str(tmp_path))
    *_, decoders, said, button = inside_tab._offer(None, True, None)
    assert decoders["choices"] == [] and button["interactive"] is False
    assert "DeconvNet, SegNet" in said


def test_opening_the_tab_takes_the_networks_own_crf():
    reaches = inside_tab._offer("deeplab_v1-animals", True, None)[:5]
    crf = registry.find("deeplab_v1-animals").crf
    assert [each["value"] for each in reaches] == [
        crf.appearance_reach, crf.colour_reach, crf.appearance_weight,
        crf.smoothness_reach, crf.smoothness_weight,
    ]  # fmt: skip


def test_each_network_shows_what_its_score_saw_when_it_is_done(photo_path):
    models = ["deeplab_v1-animals", "fcn8s-camvid"]
    seen = list(inside.fields(str(photo_path), models, (50, 20), EN))
    assert [page.count("<figure") for page, _ in seen] == [0, 1, 2]
    page, status = seen[-1]
    assert "DeepLab v1" in page and "FCN-8s" in page and "Pixel 50, 20" in status
    assert page.count('role="img" aria-label=') == 2
    segmenter = pipeline.load("deeplab_v1-animals")
    images = preprocess.images(
        preprocess.open_photo(photo_path), segmenter.checkpoint.preprocessing
    )
    found = receptive_field(segmenter.network, images, (50 * 64 // 96, 20 * 64 // 96))
    label = segmenter.checkpoint.labels.classes[found.label]
    assert f"{label}, cell {found.cell[1]}, {found.cell[0]} of" in page
    assert "435×435 pixels, all of the photo" in page


def test_the_photos_last_pixel_is_the_inputs_last():
    assert inside._moved((1023, 767), (768, 1024, 3), (1, 3, 48, 64)) == (63, 47)
    assert inside._moved((0, 0), (768, 1024, 3), (1, 3, 48, 64)) == (0, 0)
    assert inside._moved((9999, -5), (768, 1024, 3), (1, 3, 48, 64)) == (63, 0)


def test_the_brightest_pixels_are_those_of_most_influence():
    influence = np.zeros((20, 30), np.float32)
    influence[5:9, 10:14] = 2
    heat = inside_figures._heat(np.full((40, 60, 3), 128, np.uint8), influence).astype(int)
    assert heat.shape == (20, 30, 3)
    brightness = heat.sum(2)
    assert (brightness[5:9, 10:14] == brightness.max()).all()
    assert (brightness == brightness.max()).sum() == 16


def test_the_squares_are_theory_and_practice():
    influence = np.zeros((40, 60), np.float32)
    influence[19:22, 29:32] = 1
    found = ReceptiveField((2, 3), (5, 8), 0, influence, Box(10, 30, 20, 40))
    drawn = inside_figures._squares(np.zeros((40, 60, 3), np.uint8), found, found.within(1.0), "")
    assert re.findall(
        r'class="theory" x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)"', drawn
    ) == [("20", "10", "21", "21")]
    assert re.findall(
        r'class="practice" x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)"', drawn
    ) == [("29", "19", "3", "3")]


def test_a_field_beyond_the_photo_is_drawn_but_not_without_end():
    found = ReceptiveField((0, 0), (5, 8), 0, np.ones((40, 60), np.float32), Box(-10, 99, -500, 70))
    drawn = inside_figures._squares(np.zeros((40, 60, 3), np.uint8), found, 9, "")
    assert 'viewBox="-9 -9 78 58"' in drawn


def test_the_maps_of_a_decoder_come_at_their_own_resolution(photo_path):
    *_, (page, status) = inside.grown(str(photo_path), "segnet-camvid", -1, EN)
    assert "SegNet saw the photo at 64×43 pixels" in status
    shapes = [each.shape[:2] for each in pictures(page)]
    layers = ["unpool5", "conv5", "unpool4", "conv4", "unpool3", "conv3", "unpool2", "conv2",
              "unpool1", "conv1"]  # fmt: skip
    named = re.findall(r"<b>(unpool\d|conv\d) (\d+)×(\d+)</b>", page)
    assert [name for name, *_ in named] == layers
    assert shapes[1:-1] == [(int(height), int(width)) for _, width, height in named]
    assert shapes[-1] == (43, 64) and "<b>Classes</b>" in page


def test_a_class_of_its_own_ends_in_its_probability(photo_path):
    *_, (page, _) = inside.grown(str(photo_path), "deconvnet-animals", 3, EN)
    name = registry.find("deconvnet-animals").labels.classes[3]
    assert f"<b>Probability of {name}</b>" in page and "<b>fc7 1×1</b>" in page
    assert page.count("<img") == page.count('alt="') == 14


@pytest.mark.parametrize(
    ("show", "reason"),
    [
        (lambda: inside.fields(None, ["deeplab_v1-animals"], (0, 0), EN), "no photo yet"),
        (lambda: inside.fields("PHOTO", [], (0, 0), EN), "at least one"),
        (lambda: inside.grown("PHOTO", None, -1, EN), "no checkpoint called"),
        (lambda: inside.grown("PHOTO", "deeplab_v1-animals", -1, EN), "no decoder to look into"),
    ],
)
def test_what_cannot_be_shown_is_said_plainly(show, reason, photo_path, monkeypatch):
    opened = preprocess.open_photo
    monkeypatch.setattr(
        preprocess, "open_photo", lambda path: opened(photo_path if path == "PHOTO" else path)
    )
    with pytest.raises(gr.Error, match=reason):
        list(show())
