"""The handler answers as Inference Endpoints ask it: bytes, base64 or a PIL image in, JSON out."""

import base64
import importlib.util
import io
import json

import numpy as np
import pytest
import vivid
from PIL import Image

from seg_models.hub import upload


@pytest.fixture
def endpoint(tmp_path, monkeypatch):
    """The handler, loaded from its file as Endpoints load it, out of a folder of its own name."""
    vivid.pack(tmp_path, "deeplab_v1-camvid")
    folder = (tmp_path / "deeplab_v1-camvid").rename(tmp_path / "repository")
    path = folder / "handler.py"
    path.write_bytes(upload.package()["seg_models/publish/endpoint_handler.py"].read_bytes())
    spec = importlib.util.spec_from_file_location("handler", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.EndpointHandler(str(folder))


def test_the_source_of_the_native_engine_goes_along():
    assert "seg_models/crf/native_engine.cpp" in upload.package()


@pytest.fixture
def picture():
    return Image.fromarray(vivid.photo())


def file_of(picture) -> bytes:
    file = io.BytesIO()
    picture.save(file, format="PNG")
    return file.getvalue()


def forms(picture) -> list:
    """Return a photo in every form it may come in."""
    content = file_of(picture)
    text = base64.b64encode(content).decode()
    return [picture, content, text, f"data:image/png;base64,{text}", f"{text[:60]}\n{text[60:]}"]


def test_every_form_of_a_photo_gives_the_pipelines_own_labels(endpoint, picture):
    expected = endpoint.segmenter.segment(vivid.photo()).labels()
    assert len(np.unique(expected)) > 4
    for inputs in forms(picture):
        answer = json.loads(json.dumps(endpoint({"inputs": inputs})))
        mask = Image.open(io.BytesIO(base64.b64decode(answer["mask"])))
        assert mask.mode == "P" and np.array_equal(np.array(mask), expected)
        assert len(answer["classes"]) == len(answer["colours"]) == 11
        assert sum(each["share"] for each in answer["shares"]) == pytest.approx(1)
        assert "crf" not in answer["milliseconds"]


def test_crf_iterations_are_a_parameter(endpoint, picture):
    answer = endpoint({"inputs": picture, "parameters": {"crf_iterations": 2}})
    assert answer["milliseconds"]["crf"] > 0


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "no photo came"),
        ({"inputs": "not base64, or is it"}, "not base64"),
        ({"inputs": "nobase64!"}, "not base64"),
        ({"inputs": b"no picture"}, "the photo is not a picture"),
        ({"inputs": ["a", "list"]}, "is a list"),
        ({"inputs": b"", "parameters": {"crf_iterations": -1}}, "0 to 100"),
        ({"inputs": b"", "parameters": {"crf_iterations": "3"}}, "0 to 100"),
    ],
)
def test_a_wrong_request_is_explained_and_the_next_one_works(endpoint, picture, data, words):
    with pytest.raises(ValueError, match=words):
        endpoint(data)
    assert endpoint({"inputs": picture, "parameters": None})["mask"]


def test_a_path_is_never_read(endpoint, tmp_path):
    (tmp_path / "photo").write_bytes(b"")
    for path in (str(tmp_path / "photo"), "photo", "/etc/hostname"):
        with pytest.raises(ValueError, match=r"base64|picture"):
            endpoint({"inputs": path})
