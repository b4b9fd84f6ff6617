"""Looking inside the networks: what the tab's handlers show, without a server."""

import base64
import io
import re

import numpy as np
import pytest
import tiny
from PIL import Image

from page.segment import photos
from page.server.turns import Work
from page.tabs import figures, look_inside
from seg_models import pipeline, preprocess
from seg_models.checkpoints import registry
from seg_models.explain.receptive_field import ReceptiveField, receptive_field
from seg_models.explain.theoretical_receptive_field import Box

EN = "en"


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


@pytest.fixture
def key(photo_path):
    return photos.receive(photo_path, "patches.png").key


def fields(**asked):
    return [tuple(each.values()) for each in look_inside.fields(asked, Work("me"), EN)]


def activations(**asked):
    return [tuple(each.values()) for each in look_inside.growth(asked, Work("me"), EN)]


def test_each_network_shows_what_its_score_saw_when_it_is_done(key, photo_path):
    models = ["deeplab_v1-animals", "fcn8s-camvid"]
    seen = fields(photo=key, models=models, x=50, y=20)
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
    assert look_inside._moved((1023, 767), (768, 1024, 3), (1, 3, 48, 64)) == (63, 47)
    assert look_inside._moved((0, 0), (768, 1024, 3), (1, 3, 48, 64)) == (0, 0)
    assert look_inside._moved((9999, -5), (768, 1024, 3), (1, 3, 48, 64)) == (63, 0)


def test_the_brightest_pixels_are_those_of_most_influence():
    influence = np.zeros((20, 30), np.float32)
    influence[5:9, 10:14] = 2
    heat = figures._heat(np.full((40, 60, 3), 128, np.uint8), influence).astype(int)
    assert heat.shape == (20, 30, 3)
    brightness = heat.sum(2)
    assert (brightness[5:9, 10:14] == brightness.max()).all()
    assert (brightness == brightness.max()).sum() == 16


def test_the_squares_are_theory_and_practice():
    influence = np.zeros((40, 60), np.float32)
    influence[19:22, 29:32] = 1
    found = ReceptiveField((2, 3), (5, 8), 0, influence, Box(10, 30, 20, 40))
    drawn = figures._squares(np.zeros((40, 60, 3), np.uint8), found, found.within(1.0), "")
    assert re.findall(
        r'class="theory" x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)"', drawn
    ) == [("20", "10", "21", "21")]
    assert re.findall(
        r'class="practice" x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)"', drawn
    ) == [("29", "19", "3", "3")]


def test_a_field_beyond_the_photo_is_drawn_but_not_without_end():
    found = ReceptiveField((0, 0), (5, 8), 0, np.ones((40, 60), np.float32), Box(-10, 99, -500, 70))
    drawn = figures._squares(np.zeros((40, 60, 3), np.uint8), found, 9, "")
    assert 'viewBox="-9 -9 78 58"' in drawn


def test_the_maps_of_a_decoder_come_at_their_own_resolution(key):
    *_, (page, status) = activations(photo=key, model="segnet-camvid")
    assert "SegNet saw the photo at 64×43 pixels" in status
    shapes = [each.shape[:2] for each in pictures(page)]
    layers = ["unpool5", "conv5", "unpool4", "conv4", "unpool3", "conv3", "unpool2", "conv2",
              "unpool1", "conv1"]  # fmt: skip
    named = re.findall(r"<b>(unpool\d|conv\d) (\d+)×(\d+)</b>", page)
    assert [name for name, *_ in named] == layers
    assert shapes[1:-1] == [(int(height), int(width)) for _, width, height in named]
    assert shapes[-1] == (43, 64) and "<b>Classes</b>" in page


def test_a_class_of_its_own_ends_in_its_probability(key):
    *_, (page, _) = activations(photo=key, model="deconvnet-animals", shown=3)
    name = registry.find("deconvnet-animals").labels.classes[3]
    assert f"<b>Probability of {name}</b>" in page and "<b>fc7 1×1</b>" in page
    assert page.count("<img") == page.count('alt="') == 14


@pytest.mark.parametrize(
    ("show", "reason"),
    [
        (lambda key: fields(photo="gone", models=["deeplab_v1-animals"]), "no longer kept"),
        (lambda key: fields(photo=key, models=[]), "at least one"),
        (lambda key: activations(photo=key), "no checkpoint called"),
        (lambda key: activations(photo=key, model="deeplab_v1-animals"), "no decoder to look into"),
    ],
)
def test_what_cannot_be_shown_is_said_plainly(show, reason, key):
    with pytest.raises(ValueError, match=reason):
        show(key)


def test_a_square_beyond_the_view_is_dotted_at_its_border():
    found = ReceptiveField((0, 0), (5, 8), 0, np.ones((40, 60), np.float32), Box(-10, 99, -500, 70))
    drawn = figures._squares(np.zeros((40, 60, 3), np.uint8), found, 9, "")
    assert 'class="theory beyond" x="-7" y="-7" width="74" height="54"' in drawn
    assert 'class="practice" ' in drawn or 'class="practice beyond"' in drawn
