"""The README's three commands, from photos and masks of three shapes to a network on the page.

They are run as they stand there, on a small set and for some crops in place of ten minutes.
"""

import re
import shlex

import numpy as np
import pytest
import shapes
import torch
from playwright.sync_api import expect
from steps import answered, opened, upload

from scripts import running
from seg_models import pipeline
from seg_models.cli import main

SIZE = 128, 128
CROPS = 160


def commands():
    """Return the words of the three commands in the README's section."""
    text = (running.ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("\n## Your own classes\n")[2].partition("\n## ")[0]
    block = re.search(r"```sh\n(.*?)```", section, re.DOTALL)[1]
    return [shlex.split(line.partition("  #")[0]) for line in block.splitlines()]


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    """The network that the first command trains, in the folder that it is run in."""
    place = tmp_path_factory.mktemp("own")
    shapes.draw(place / "shapes", 20, SIZE)
    python, *words = commands()[0]
    assert (python, *words[:2]) == (".venv/bin/python", "-m", "seg_models")
    at = words.index("--minutes")
    del words[at : at + 2]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # on a busy machine two wait for each other most of the time
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SEG_MODELS_WEIGHTS_DIR", raising=False)
        patch.chdir(place)
        shorter = ["--set", f"crops={CROPS}", "--set", "validations=1"]
        assert main([*words[2:], *shorter, "--device", "cpu"]) == 0
    torch.set_num_threads(threads)
    return place / "mine"


def test_the_second_command_says_how_good_it_is_on_other_photos(mine, monkeypatch, capsys):
    monkeypatch.chdir(mine.parent)
    assert main([*commands()[1][3:], "--device", "cpu"]) == 0
    rows = dict(re.findall(r"^(.*\S) +([\d.]+)$", capsys.readouterr().out, re.MULTILINE))
    assert {"background", "circle", "square", "triangle"} < rows.keys()
    assert float(rows["mIoU"]) > 30  # background alone: 15; measured: 43


def test_the_third_command_puts_it_on_the_page(mine, browser):
    python, script, *arguments = commands()[2]
    assert (python, script) == (".venv/bin/python", "app.py")
    folders = [str(mine.parent / each) for each in arguments]
    photo = mine.parent / "shapes" / "images" / "00.png"
    with (
        running.process({}, arguments=folders) as (address, _),
        opened(browser, address) as page,
    ):
        expect(page.locator("#model input")).to_have_value(re.compile(r"DeepLab v3 · mine"))
        upload(page, photo)
        answered(page)
        expect(page.locator("#status")).to_contain_text("Done")
        found = np.unique(pipeline.load(str(mine), "cpu").segment(photo, crf=True).labels())
        names = np.array(["background", "circle", "square", "triangle"])[found]
        assert len(names) > 1
        for name in names:
            expect(page.locator("#legend")).to_contain_text(name)
