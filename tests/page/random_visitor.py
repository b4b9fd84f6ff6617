"""A visitor who does anything in any order, and checks what is seen whenever the page rests.

    .venv/bin/python tests/page/random_visitor.py [--sequences 5000] [--seed 1]

Photo, panels, captions, legend, chart, details and tabs must then speak of one run, the one that
was chosen, or say that they are stale. What they must say is computed here, without the page.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page
from tqdm import tqdm

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1] / "support")]

from scripts import running  # noqa: E402
from seg_models import pipeline, preprocess  # noqa: E402
from seg_models.checkpoints import registry  # noqa: E402
from seg_models.visualize import summary  # noqa: E402

PATIENCE = 120_000  # milliseconds that a page may take to rest
# What a slow line does: answers come late, and not in the order of their questions.
SLOW_LINE = """(() => {
  const fast = window.fetch.bind(window);
  let state = %d;
  const random = () => (state = (state * 48271) %% 2147483647) / 2147483647;
  window.fetch = async (...question) => {
    await new Promise((ready) => setTimeout(ready, 90 * random() ** 3));
    return fast(...question);
  };
})()"""
# What the hand has reached: a click may miss what moves away under it, as it does for anyone.
HANDS = """(() => {
  window.reached = [];
  for (const kind of ['click', 'input']) {
    addEventListener(kind, ({ target }) => window.reached.push([kind, target]), true);
  }
})()"""
REACHED = """([kind, selector]) => window.reached.splice(0)
  .some(([each, target]) => each === kind && target.closest(selector))"""
RESTS = """() => {
  const page = document.querySelector('#page');
  if (page?.dataset.state !== 'settled') return false;
  if (page.dataset.run === '') return document.querySelector('#status').textContent === 'Stopped.';
  const drawn = [...document.querySelectorAll('#panels canvas')]
    .every((canvas) => canvas.dataset.run === page.dataset.run);
  return drawn && document.querySelector('#crf-settings').dataset.moving === undefined
    && document.querySelector('#photo').getAttribute('aria-busy') !== 'true'
    && !document.querySelector('.tab[aria-busy="true"]');
}"""
# Where the middle of an element is, once it is in sight.
PLACE = """([selector, number]) => {
  const all = document.querySelectorAll(selector);
  const element = all[number % all.length];
  element.scrollIntoView({ block: 'nearest', behavior: 'instant' });
  const { left, top, width, height } = element.getBoundingClientRect();
  return { left, top, width, height };
}"""
SEEN = (
    """() => {
  const run = document.querySelector('#page').dataset.run;
  const rests = (RESTS_HERE)();
  if (!rests || run === '') return { rests, run };
  const all = (selector) => [...document.querySelectorAll(selector)];
  const text = (selector) => document.querySelector(selector)?.textContent ?? '';
  const mean = (canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const sums = [0, 0, 0, 0];
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] < 255) continue;
      sums[3] += 1;
      for (let channel = 0; channel < 3; channel += 1) sums[channel] += data[at + channel];
    }
    return sums.slice(0, 3).map((sum) => sum / sums[3]);
  };
  return {
    rests, run,
    stale: document.querySelector('#results').hasAttribute('data-stale'),
    staleSaid: document.querySelector('.stale').hidden ? '' : text('.stale'),
    photo: text('#photo .title'),
    model: document.querySelector('#model').dataset.model,
    crf: document.querySelector('#crf input').checked,
    iterations: Number(document.querySelector('#iterations input').value),
    runs: Object.fromEntries(['#score-map', '#upsampled', '#refined', '#legend', '#chart',
      '#details'].map((place) => [place, document.querySelector(place).dataset.run])),
    canvases: all('#panels canvas').map((canvas) => canvas.dataset.run),
    captions: all('#panels .caption').map((caption) => caption.textContent),
    words: all('#panels .frame').map((frame) => frame.getAttribute('aria-label')),
    legend: all('#legend button').map((entry) => entry.textContent),
    bars: all('#chart .bars span').length,
    details: text('#details pre'),
    probe: { run: document.querySelector('#probe').dataset.run ?? '', text: text('#probe') },
    opacity: Number(document.querySelector('#opacity input').value),
    mean: mean(document.querySelector('#score-map canvas')),
    tabs: all('#more > .tab').map((tab) => ({
      of: tab.querySelector('.origin').hidden ? '' : tab.querySelector('.origin').textContent,
      stale: tab.hasAttribute('data-stale'),
      models: [...tab.querySelectorAll('figure[data-model]')].map((each) => each.dataset.model),
    })),
    problems: all('#photo .worse').map((each) => each.textContent).join(' '),
    status: text('#status p'),
  };
}"""
).replace("RESTS_HERE", RESTS)


@dataclass(frozen=True)
class Known:
    """A photo that the visitor may choose, and what is known of it beforehand."""

    title: str
    path: Path
    example: str | None = None  # its key


@dataclass
class Faults:
    """What was seen that must not be."""

    found: list[str] = field(default_factory=list)
    done: Counter = field(default_factory=Counter)


def photos(folder: Path) -> list[Known]:
    """Make four photos of sizes and colours of their own, and return them with three examples."""
    found = []
    sizes = {"reds": (40, 60), "greens": (64, 48), "blues": (30, 90), "greys": (52, 52)}
    for number, (name, (height, width)) in enumerate(sizes.items()):
        noise = np.random.default_rng(number).integers(0, 90, (4, 6, 3))
        noise += 150 * (np.arange(3) == number) + 60 * (number == 3)
        patches = noise.astype(np.uint8).repeat(32, 0).repeat(32, 1)
        picture = Image.fromarray(patches).resize((width, height), Image.Resampling.NEAREST)
        picture.save(folder / f"{name}.png")
        found.append(Known(f"{name}.png", folder / f"{name}.png"))
    return found


class Expected:
    """What the page must say of a photo, a network and a number of iterations."""

    def __init__(self) -> None:
        self.of = lru_cache(maxsize=None)(self._of)

    def _of(self, path: Path, model: str, iterations: int) -> dict:
        segmenter = pipeline.load(model)
        photo = preprocess.cap(preprocess.open_photo(path), 1024)
        crf = replace(segmenter.checkpoint.crf, iterations=iterations)
        segmentation = segmenter.segment(photo, crf)
        labels = (segmentation.history[-1:] or (segmentation.probabilities.argmax(0),))[0]
        height, width = photo.shape[:2]
        return {
            "size": f"{width}×{height}",
            "mean": photo.reshape(-1, 3).mean(0),
            "classes": {
                each["class"]: each["share"]
                for each in summary.shares(labels, segmenter.checkpoint.labels)
            },
        }


class Visitor:
    """Acts on a page as chance wants, and tells what is wrong when it rests."""

    def __init__(self, page: Page, known: list[Known], expected: Expected, chance: random.Random):
        self.page, self.known, self.expected, self.chance = page, known, expected, chance
        self.models = sorted(each.name for each in registry.checkpoints())
        self.uploads = [each for each in known if each.example is None]
        self.examples = [each for each in known if each.example]
        self.log: list[str] = []
        self.stopped = False  # whether what is shown may be of an earlier run
        self.stopped_before_upload = False
        acts = {
            self.choose_example: 5, self.upload: 5, self.choose_network: 5, self.press: 3,
            self.stop: 2, self.drag_iterations: 4, self.step_by_keys: 3, self.switch_crf: 2,
            self.switch_tab: 2, self.compare: 1, self.point: 2, self.upload_rubbish: 1,
            self.move_setting: 1, self.back: 0.5, self.reload: 0.12, self.fade: 1,
        }  # fmt: skip
        self.acts, self.weights = list(acts), list(acts.values())

    def act(self) -> None:
        """Do anything."""
        (act,) = self.chance.choices(self.acts, self.weights)
        self.log.append(act.__name__)
        act()

    def _place(self, selector: str, number: int = 0) -> dict[str, float]:
        return self.page.evaluate(PLACE, [selector, number])

    def _click(self, selector: str, number: int = 0, across: float = 0.5) -> None:
        """Click as a hand does: where the element is, whether it is ready or not."""
        box = self._place(selector, number)
        x = box["left"] + across * box["width"]
        self.page.mouse.click(x, box["top"] + 0.5 * box["height"])

    def _chosen(self, kind: str, selector: str) -> None:
        """After a choice that reached the page nothing of an earlier run may stay."""
        if self.page.evaluate(REACHED, [kind, selector]):
            self.stopped = self.stopped_before_upload = False

    def choose_example(self) -> None:
        example = self.chance.choice(self.examples)
        self._click(f'[data-example="{example.example}"]')
        self._chosen("click", "[data-example]")

    def upload(self) -> None:
        photo = self.chance.choice(self.uploads)
        self.page.locator("#photo input[type=file]").set_input_files(photo.path)
        self.stopped_before_upload |= self.stopped  # and before others that are on their way, too
        self.stopped = False

    def upload_rubbish(self) -> None:
        file = {"name": "letter.jpg", "mimeType": "image/jpeg", "buffer": b"Dear reader"}
        self.page.locator("#photo input[type=file]").set_input_files(file)
        self.stopped |= self.stopped_before_upload  # a photo still on its way is void now

    def choose_network(self) -> None:
        self._click("#model input")
        self._click("#model [role=option]", self.chance.randrange(100))
        self._chosen("click", "#model [role=option]")

    def press(self) -> None:
        self._click("#segment")
        self._chosen("click", "#segment")

    def stop(self) -> None:
        self.page.keyboard.press("Escape")
        self.stopped = True

    def drag_iterations(self) -> None:
        box = self._place("#iterations input")
        y = box["top"] + box["height"] / 2
        places = [box["left"] + 8 + 0.4 * (box["width"] - 16) * self.chance.random() for _ in "ab"]
        self.page.mouse.move(places[0], y)
        self.page.mouse.down()
        self.page.mouse.move(places[1], y, steps=2)
        self.page.mouse.up()
        self._chosen("input", "#iterations")

    def step_by_keys(self) -> None:
        self._click("#iterations input", across=0.1)
        for _ in range(self.chance.randint(1, 3)):
            self.page.keyboard.press(self.chance.choice(["ArrowLeft", "ArrowRight"]))
        self._chosen("input", "#iterations")

    def switch_crf(self) -> None:
        self._click("#crf input")

    def switch_tab(self) -> None:
        self._click("#more > [role=tablist] button", self.chance.randrange(4))

    def compare(self) -> None:
        self._click("#more-compare-tab")
        self._click("#compare")

    def point(self) -> None:
        self._click("#refined .frame", across=self.chance.random())

    def move_setting(self) -> None:
        if self.page.evaluate("!document.querySelector('#crf-settings').open"):
            self._click("#crf-settings summary")
        setting = self.chance.choice(["w1", "theta-alpha", "theta-beta", "w2", "theta-gamma"])
        self._click(f"#{setting} input", across=self.chance.random())
        if self.chance.random() < 0.7:
            self._click("#tuned")
        self._chosen("input", "#crf-settings")

    def fade(self) -> None:
        self._click("#opacity input")
        self.page.keyboard.press(self.chance.choice(["Home", "End"]))

    def back(self) -> None:
        self.page.evaluate("history.length > 2 && history.back()")
        self.stopped = True  # to a state that a Stop may have left behind

    def reload(self) -> None:
        self.page.reload()
        self.page.locator("#segment").wait_for()
        self.stopped = self.stopped_before_upload = False

    def check(self) -> list[str]:
        """Wait until the page rests, and return what is wrong with what it shows."""
        seen = {"rests": False}
        while not seen["rests"]:  # going back takes a moment: the page may rest before, and after
            self.page.wait_for_function(RESTS, timeout=PATIENCE)
            self.page.evaluate("new Promise((drawn) => requestAnimationFrame(() => drawn()))")
            seen = self.page.evaluate(SEEN)
        self.stopped_before_upload = False  # no photo is on its way now
        if not seen["run"]:  # the first run, after a reload
            return [] if self.stopped else ["stopped by nobody"]
        if seen["stale"]:
            return [] if self.stopped and seen["staleSaid"] else ["stale without a reason"]
        return [*self._one_run(seen), *self._right(seen), *self._tabs(seen)]

    def _one_run(self, seen: dict) -> list[str]:
        runs = {**seen["runs"], **{f"canvas {n}": run for n, run in enumerate(seen["canvases"])}}
        if seen["probe"]["run"]:
            runs["probe"] = seen["probe"]["run"]
        return [f"{where} is of another run" for where, run in runs.items() if run != seen["run"]]

    def _right(self, seen: dict) -> list[str]:
        photo = next((each for each in self.known if each.title == seen["photo"]), None)
        if photo is None:
            return [f"no photo is called {seen['photo']!r}"]
        details = json.loads(seen["details"])
        found = []
        if details["checkpoint"]["name"] != seen["model"]:
            found.append(f"details of {details['checkpoint']['name']} beside {seen['model']}")
        checkpoint = registry.find(seen["model"])
        iterations = seen["iterations"] if seen["crf"] else 0
        used = details["crf"] or {"iterations": 0}
        expected = self.expected.of(photo.path, seen["model"], iterations)
        if not seen["captions"][1].startswith(f"{expected['size']} pixels"):
            found.append(f"{seen['photo']} is {expected['size']}, said is {seen['captions'][1]}")
        if iterations and not seen["captions"][2].startswith(f"{iterations} iteration"):
            found.append(f"{iterations} iterations chosen, said is {seen['captions'][2]}")
        if seen["bars"] != used["iterations"]:
            found.append(f"{seen['bars']} bars, {used['iterations']} iterations")
        if seen["opacity"] == 0 and np.abs(np.subtract(seen["mean"], expected["mean"])).max() > 12:
            found.append(f"the panel's photo is {seen['mean']}, {photo.title} {expected['mean']}")
        tuned = checkpoint.crf.__dict__
        own = all(used[key] == tuned[key] for key in used.keys() & tuned.keys() - {"iterations"})
        if own:
            found += self._classes(seen["legend"], expected["classes"])
        return found

    def _classes(self, legend: list[str], expected: dict[str, float]) -> list[str]:
        said = dict(re.fullmatch(r"(.*) <?([\d.]+) %", entry).groups() for entry in legend)
        wrong = said.keys() ^ expected.keys()
        wrong |= {
            each
            for each in said.keys() & expected.keys()
            if abs(float(said[each]) - 100 * expected[each]) > 0.6
        }
        return [f"the legend says {said}, right is {expected}"] if wrong else []

    def _tabs(self, seen: dict) -> list[str]:
        found = []
        for tab in seen["tabs"]:
            if tab["of"] and seen["photo"] not in tab["of"] and not tab["stale"]:
                found.append(f"a tab is {tab['of']} beside {seen['photo']}, and not dimmed")
        return found


def visit(
    browser: Browser,
    address: str,
    known: list[Known],
    sequences: int,
    seed: int,
    changed=None,
    watch: Callable[[Iterable[int]], Iterable[int]] = iter,
) -> Faults:
    """Do so many sequences of 4 to 12 actions, in two tabs by turns; return what was wrong.

    Args:
        browser: Which opens the page.
        address: Of the page.
        known: The photos to choose among.
        sequences: How many.
        seed: Of chance.
        changed: Called with the browser's context, to change what it is served.
        watch: Hands on the sequences' numbers, and may show how far they are.
    """
    faults = Faults()
    context = browser.new_context(viewport={"width": 920, "height": 700}, locale="en-GB")
    context.add_init_script(HANDS)
    context.add_init_script(SLOW_LINE % (seed + 1))
    if changed:
        changed(context)
    expected, chance = Expected(), random.Random(seed)
    visitors = [_enter(context, address, known, expected, chance, faults) for _ in range(2)]
    for number in watch(range(sequences)):
        visitor = chance.choices(visitors, (3, 1))[0]
        visitor.log.clear()
        visitor.page.bring_to_front()
        try:
            for _ in range(chance.randint(4, 12)):
                visitor.act()
            wrong = visitor.check()
        except Exception as error:
            wrong = [f"{type(error).__name__}: {error}"]
        faults.done.update(visitor.log)
        for each in wrong:
            faults.found.append(f"sequence {number}, {' '.join(visitor.log)}: {each}")
        if wrong and changed:
            break
    context.close()
    return faults


def _enter(
    context: BrowserContext, address: str, known: list[Known], expected: Expected,
    chance: random.Random, faults: Faults,
) -> Visitor:  # fmt: skip
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: faults.found.append(f"page error: {error}"))
    page.on(
        "console",
        lambda said: faults.found.append(f"console: {said.text}") if said.type == "error" else None,
    )
    page.goto(address)
    page.wait_for_function(RESTS, timeout=PATIENCE)
    return Visitor(page, known, expected, chance)


def _shown(numbers: Iterable[int]) -> Iterable[int]:
    return tqdm(numbers, "sequences", mininterval=10)


def main() -> None:
    """Visit a page with small networks, and tell what was wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sequences", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    import small_site

    with tempfile.TemporaryDirectory() as scratch, small_site.served(Path(scratch)) as site:
        os.environ["SEG_MODELS_WEIGHTS_DIR"] = str(site.weights)
        began = time.monotonic()
        with running.chromium() as browser:
            faults = visit(
                browser, site.address, site.photos, chosen.sequences, chosen.seed, watch=_shown
            )
    print("\n".join(faults.found))
    print(
        f"{chosen.sequences} sequences, {sum(faults.done.values())} actions, "
        f"{len(faults.found)} faults, {time.monotonic() - began:.0f} s"
    )
    sys.exit(bool(faults.found))


if __name__ == "__main__":
    main()
