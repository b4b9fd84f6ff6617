"""What a visitor handed in, and what came of it, is gone after an hour."""

import time
from pathlib import Path

import httpx
from gradio_client import Client, handle_file

from scripts import running

SCRIPT = Path(__file__).with_name("page_with_a_clock.py")
PATIENCE = 120  # seconds; a busy machine needs ten times what an idle one does


def test_photo_and_results_are_deleted_after_an_hour(zoo_folder, photo_path, tmp_path):
    clock, cache = tmp_path / "clock", tmp_path / "cache"
    cache.mkdir()
    put(clock, 0)
    variables = {
        "SEG_MODELS_WEIGHTS_DIR": str(zoo_folder),
        "GRADIO_TEMP_DIR": str(cache / "gradio"),
        "TMPDIR": str(cache),
        "CLOCK": str(clock),
        "PYTHONPATH": str(running.ROOT),
    }

    def kept():
        return {each for each in cache.rglob("*") if each.is_file()}

    with running.process(variables, SCRIPT) as (address, _):
        of_the_page = kept()
        segment(address, photo_path)
        key = hand_in(address, photo_path)
        of_the_visitor = kept() - of_the_page
        assert photo_path.name in {each.name for each in of_the_visitor}
        assert len(of_the_visitor) >= 6  # a program's photo, its three pictures, a page's photo
        put(clock, 50)
        time.sleep(3)  # the cleaner comes by, and leaves what is young
        lasting = {each for each in of_the_visitor if "passing" not in each.parts}
        assert len(lasting) >= 5 and lasting <= kept()  # pictures that were copied may go
        put(clock, 61)
        end = time.monotonic() + PATIENCE
        while kept() & of_the_visitor and time.monotonic() < end:
            time.sleep(0.2)
        assert not kept() & of_the_visitor
        assert "refused" in httpx.get(f"{address}/page/photos/{key}.json").json()


def hand_in(address, photo_path):
    content = photo_path.read_bytes()
    answer = httpx.post(f"{address}/page/photos?name=photo.png&language=en", content=content)
    return answer.raise_for_status().json()["key"]


def segment(address, photo_path):
    client = Client(address, verbose=False, analytics_enabled=False, download_files=False)
    client.predict(handle_file(str(photo_path)), "deeplab_v1-animals", 1, api_name="/segment")
    client.close()


def put(clock, minutes):
    unfinished = clock.with_suffix(".unfinished")  # the cleaner may read at any moment
    unfinished.write_text(str(minutes))
    unfinished.replace(clock)
