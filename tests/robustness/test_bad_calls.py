"""What a stranger may ask of the page: no answer gives a file away, and none stops the server."""

import http.server
import random
import threading

import pytest
from calls import MODEL, given, odd_inputs, segment, tells_too_much, upload, visitor

from page.server import guard

CALLS = 150  # malformed ones that are tried


@pytest.fixture(scope="module")
def client(served):
    with visitor(served.address) as client:
        yield client


@pytest.fixture(scope="module")
def cached(client, photo_path):
    """The path of a sound photo that was handed in."""
    return upload(client, photo_path.read_bytes())


@pytest.fixture(scope="module")
def secret(tmp_path_factory, photo_path):
    """A picture of the server's own that nobody handed in."""
    path = tmp_path_factory.mktemp("private") / "secret.png"
    path.write_bytes(photo_path.read_bytes())
    return path


@pytest.fixture
def insider():
    """A server that only this machine reaches, and the requests it was sent."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, asked
    server.shutdown()
    server.server_close()


def test_a_sound_call_is_answered(client, cached):
    assert segment(client, given(cached), MODEL, 1).done


def test_malformed_calls_get_a_sentence_and_the_server_lives(client, cached):
    chance = random.Random(0)
    for _ in range(CALLS):
        inputs = odd_inputs(cached, chance)
        answer = segment(client, *inputs)
        assert answer.done or answer.sentence, (inputs, answer)
        assert "it was logged" not in answer.text, inputs  # nothing that nobody foresaw
        assert not tells_too_much(answer.text), (inputs, answer)
    assert segment(client, given(cached), MODEL, 1).done


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"data": 5}', b'{"data": {}}', b"\xff\xfe", b"[" * 100_000,
     b'{"data": [NaN, 1, 1e999]}', b'{"data": [null, null, null], "session_hash": 5}'],
    ids=lambda body: body[:20].decode(errors="replace"),
)  # fmt: skip
def test_a_body_that_is_no_call_is_refused(client, cached, body):
    answer = client.post("call/segment", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (200, 400, 422)  # 200: it joins the queue, to be refused there
    assert not tells_too_much(answer.text)
    assert segment(client, given(cached), MODEL, 1).done


@pytest.mark.parametrize(
    "describe",
    [
        lambda path, _: given(str(path)),
        lambda path, _: {"path": str(path)},  # no file's description, so Gradio does not look
        lambda path, _: {"path": str(path), "meta": {}},
        lambda path, _: given(str(path), is_stream=True),
        lambda path, _: given(f"file://{path}"),
        lambda path, cached: given(f"{cached}/../../../../../../../..{path}"),
        lambda path, cached: {"path": f"{cached}/../../../../../../../..{path}"},
        lambda path, _: str(path),
    ],
)
def test_a_picture_of_the_servers_own_is_not_segmented(client, cached, secret, describe):
    answer = segment(client, describe(secret, cached), MODEL, 1)
    assert not answer.done and answer.sentence
    assert not tells_too_much(answer.text) and str(secret) not in answer.text


def test_a_folder_is_no_photo(client, served):
    answer = segment(client, {"path": str(served.cache)}, MODEL, 1)
    assert not answer.done and str(served.cache) not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "2130706433", "127.1"])
@pytest.mark.parametrize("with_meta", [True, False])
def test_the_server_asks_nobody_on_a_visitors_behalf(client, insider, host, with_meta):
    port, asked = insider
    photo = given(f"http://{host}:{port}/photo.png")
    answer = segment(client, photo if with_meta else {"path": photo["path"]}, MODEL, 1)
    assert answer.sentence == guard.NO_ADDRESS
    for place in (f"file={photo['path']}", f"proxy={photo['path']}"):
        assert client.get(place).status_code in (400, 403)
    assert asked == []


@pytest.mark.parametrize(
    "place",
    [
        "file=/etc/passwd", "file=app.py", "file=requirements.txt", "file=%2e%2e/app.py",
        "file={weights}/deeplab_v1-animals/config.json", "file={secret}", "file=/proc/self/environ",
        "file={cached}/../../../../../../../../../../etc/passwd", "file=", "file=..%5capp.py",
        "file={cache}", "file={cached}%00.png", "proxy=https://example.hf.space/", "monitoring",
        "monitoring/summary", "runs", "custom_component/1/client/component/..%2f..%2fapp.py",
        "../static/%2e%2e/%2e%2e/blocks.py", "../assets/..%2f..%2fblocks.py", "../app.py",
        "stream/a/1/1/playlist.m3u8", "vibe-code", "profiling/traces",
    ],
)  # fmt: skip
def test_no_file_can_be_read_through_the_page(served, client, cached, secret, zoo_folder, place):
    names = {
        "weights": zoo_folder, "secret": secret, "cached": cached, "cache": served.cache,
    }  # fmt: skip
    answer = client.get(place.format(**names))
    assert answer.status_code in (400, 403, 404, 422)
    assert not {"Traceback", "site-packages", "root:x:"} & set(answer.text.split())
    assert b"PNG" not in answer.content and b"long_side" not in answer.content


@pytest.mark.parametrize(
    "name",
    ["../../evil.png", "/etc/evil.png", "..", "<img src=x>.png", "x" * 400 + ".png", "con.png",
     "\u202egnp.exe", "a\r\nset-cookie: b.png", ".png", "%2e%2e%2fevil.png"],
)  # fmt: skip
def test_a_name_leads_nowhere(served, client, name):
    answer = client.post("upload", files={"files": (name, b"no picture")})
    assert answer.status_code in (200, 400)
    assert "set-cookie" not in answer.headers
    if answer.status_code == 200:
        (path,) = answer.json()
        assert path.startswith(str(served.cache)) and ".." not in path.split("/")
        told = segment(client, given(path), MODEL, 1)
        assert "is not a picture" in told.sentence
        assert "<img" not in told.sentence and str(served.cache) not in told.sentence


def test_a_request_beyond_all_measure_is_refused(client, cached):
    large = b"0" * (guard.LARGEST_REQUEST + 1)
    assert client.post("call/segment", content=large).status_code == 413
    pieces = (large[: 2**20] for _ in range(2 * guard.LARGEST_REQUEST // 2**20))  # no length told
    assert client.post("call/segment", content=pieces).status_code >= 400
    assert client.post("upload", files={"files": ("a.png", large)}).status_code == 413
    assert segment(client, given(cached), MODEL, 1).done
