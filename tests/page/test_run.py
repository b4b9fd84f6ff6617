"""A run's messages, without a server: in order, right, and no longer than they are wanted."""

import base64
import zlib
from dataclasses import asdict

import numpy as np
import pytest

from page.segment import network, photos, run
from page.server.turns import Cancelled, Work
from seg_models import pipeline
from seg_models.specs import CrfSettings

MODEL = "deeplab_v1-animals"
pytestmark = pytest.mark.usefixtures("own_zoo")


def asked(photo, iterations=3, base=None, **settings):
    crf = CrfSettings(iterations=iterations, **{"appearance_weight": 2.0, **settings})
    return run.Asked(photo.key, MODEL, crf, base)


def messages(wish):
    return list(run.run(wish, Work("visitor")))


def labels(message):
    packed = message["map"]
    content = zlib.decompress(base64.b64decode(packed["content"]))
    return np.frombuffer(content, np.uint8).reshape(packed["height"], packed["width"])


def test_stage_after_stage_is_the_pipelines_own(photo, photo_path):
    begin, score_map, upsampled, *iterations, done = messages(asked(photo))
    assert [begin["kind"], done["kind"]] == ["begin", "done"]
    assert begin["run"] == done["run"] and begin["photo"]["key"] == photo.key
    segmenter = pipeline.load(MODEL)
    expected = segmenter.segment(photo_path, CrfSettings(iterations=3, appearance_weight=2.0))
    np.testing.assert_array_equal(labels(score_map), expected.score_map.argmax(0))
    np.testing.assert_array_equal(labels(upsampled), expected.probabilities.argmax(0))
    assert [each["number"] for each in iterations] == [1, 2, 3]
    for message, known in zip(iterations, expected.history, strict=True):
        np.testing.assert_array_equal(labels(message), known)
    before = labels(upsampled)
    for message in iterations:
        assert message["changed"] == pytest.approx((labels(message) != before).mean())
        before = labels(message)
    assert done["details"]["crf"]["iterations"] == 3
    assert done["details"]["checkpoint"]["name"] == MODEL


def test_every_message_is_plain_enough_for_json(photo):
    import json

    for message in messages(asked(photo)):
        assert json.loads(json.dumps(message))["kind"] == message["kind"]


def test_a_run_that_nobody_wants_ends_within_one_step(photo):
    work = Work("visitor")
    steps = run.run(asked(photo, 20), work)
    while next(steps)["kind"] != "iteration":
        pass
    work.cancel()
    with pytest.raises(Cancelled):
        next(steps)


def test_the_network_is_spared_where_its_answer_is_known(photo, monkeypatch):
    first = messages(asked(photo))[0]["run"]
    monkeypatch.setattr(network, "stages", lambda *_: pytest.fail("computed again"))
    again = messages(asked(photo, 4, base=first, colour_reach=20.0))
    assert again[0]["run"] != first and again[-1]["details"]["crf"]["colour_reach"] == 20.0


@pytest.mark.parametrize("other", ["another photo", "another network"])
def test_a_base_of_something_else_is_not_used(photo, photo_path, other):
    first = messages(asked(photo))[0]["run"]
    if other == "another photo":
        wish = asked(photos.receive(photo_path, "again.png"), base=first)
    else:
        wish = run.Asked(photo.key, "deeplab_v1-camvid", base=first)
    *_, done = messages(wish)
    assert done["details"]["checkpoint"]["name"] == wish.model
    assert done["details"]["milliseconds"].keys() == {"preprocess", "network", "upsample", "crf"}


def test_without_settings_the_checkpoints_own_are_used(photo):
    begin, *_ = messages(run.Asked(photo.key, MODEL))
    assert begin["crf"] == asdict(pipeline.load(MODEL).checkpoint.crf)


def test_without_iterations_there_is_no_crf(photo):
    *stages, done = messages(asked(photo, 0))
    assert [each["kind"] for each in stages] == ["begin", "stage", "stage"] or [
        each["kind"] for each in stages if each["kind"] != "waiting"
    ] == ["begin", "stage", "stage"]
    assert done["details"]["crf"] is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"iterations": 21}, "give 0 to 20"),
        ({"iterations": -1}, "give 0 to 20"),
        ({"iterations": "many"}, "not of the form"),
        ({"colour_reach": 0}, "give 1 to 60"),
        ({"appearance_weight": float("nan")}, "give 0 to 20"),
        ({"smoothness_reach": 1e9}, "give 1 to 20"),
        ({"smoothness_reach": None}, "not of the form"),
    ],
)
def test_settings_beyond_their_range_are_refused(changed, reason):
    with pytest.raises(ValueError, match=reason):
        run.settings({**asdict(CrfSettings()), **changed})


@pytest.mark.parametrize("body", [{}, {"photo": 1, "model": MODEL}, {"photo": "a", "model": None}])
def test_what_is_no_wish_is_refused(body):
    with pytest.raises(ValueError, match="needs the keys"):
        run.read(body)


def test_a_photo_that_is_gone_is_said_plainly():
    with pytest.raises(ValueError, match="no longer kept here"):
        messages(run.Asked("unknown", MODEL))


def test_an_examples_run_is_recorded_and_a_visitors_is_not(photo, monkeypatch):
    example = photos.Example("patches", None, "Patches", "animals", "patches")
    shared = photos.Photo("patches", "Patches", photo.size, photo.pixels, example)
    real = photos.find
    monkeypatch.setattr(run, "find", lambda key: shared if key == "patches" else real(key))
    first = messages(run.Asked("patches", MODEL))
    monkeypatch.setattr(network, "stages", lambda *_: pytest.fail("computed again"))
    assert messages(run.Asked("patches", MODEL))[0]["run"] == first[0]["run"]
    run.RESULTS._kept.clear()
    with pytest.raises(pytest.fail.Exception):  # what is no longer kept must be computed
        messages(run.Asked("patches", MODEL))
    with pytest.raises(pytest.fail.Exception):
        messages(asked(photo))
