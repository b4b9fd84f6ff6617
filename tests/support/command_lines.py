"""Command lines that nobody means."""

import random
from pathlib import Path

NUMBERS = ("0", "1", "3", "-1", "1.5", "x", "", "9" * 30, "nan", "\0")
DEVICES = ("auto", "cpu", "gpu", "", "cuda:99")
MODELS = (
    "tiny-animals", "tiny-animls", "", ".", "..", "/", "/dev/null", "a/b/c", "\0", "x" * 5000,
    "nobody/nothing", "tiny-animals/../tiny-animals", "--model",
)  # fmt: skip
NAMES = (
    "ok.png", "text.jpg", "none.jpg", ".", "..", "", "/dev/null", "/dev/zero", "/proc/self/mem",
    "folder", "empty", "a\0b.png", "x" * 300 + ".png", "\udcff.png", "-", "--", "ok.png/ok.png",
    "<img>.png", "new\nline.png", "...png",
)  # fmt: skip


def lay_out(folder: Path, photo: bytes) -> None:
    """Put some of `NAMES` into `folder`."""
    for name in ("ok.png", "<img>.png", "new\nline.png", "...png", "\udcff.png"):
        (folder / name).write_bytes(photo)
    (folder / "text.jpg").write_text("no photo")
    for name in ("folder", "empty"):
        (folder / name).mkdir()
    (folder / "folder" / "...png").write_bytes(photo)


def odd(folder: Path, chance: random.Random) -> list[str]:
    """Return the arguments of a command, a few of them likely to be wrong."""
    kind = chance.choice(
        ("predict", "predict", "predict", "evaluate", "train", "labels", "fetch", "others")
    )
    common = _options(folder, chance)
    if kind == "predict":
        return [kind, *(_path(folder, chance) for _ in range(chance.randint(1, 3))), *common]
    if kind == "evaluate":
        return [kind, "--data", _path(folder, chance), *common]
    if kind == "train":
        recipe = chance.choice(("none", "", "deeplab_v1-camvid"))
        more = ["--minutes", chance.choice(NUMBERS), "--out", f"{folder}/net"]
        return [kind, recipe, "--data", _path(folder, chance), *more]
    if kind == "labels":
        form = chance.choice(("coco", "cvat", "label-studio", "voc", "masks", "yolo"))
        places = ["--images", _path(folder, chance), "--out", f"{folder}/out"]
        return [kind, "convert", _path(folder, chance), "--form", form, *places]
    if kind == "fetch":
        return [kind, chance.choice(MODELS)]
    return chance.choice(
        ([], [""], ["list", "--json"], ["list", "--xml"], ["benchmark"], ["benchmark", "../x"],
         ["publish", "--dry-run"], ["publish", "--namespace", "a b", "--dry-run"], ["\0"],
         ["predict"], ["--version"], ["publish", "--space", "x", "--dry-run"])
    )  # fmt: skip


def _path(folder: Path, chance: random.Random) -> str:
    name = chance.choice(NAMES)
    return name if name.startswith(("/", "-")) or not name else f"{folder}/{name}"


def _options(folder: Path, chance: random.Random) -> list[str]:
    options = ["--model", chance.choice(MODELS[:1] * 20 + MODELS)]
    for name, values in (
        ("--crf", NUMBERS), ("--device", DEVICES), ("--working-side", NUMBERS),
        ("--out", tuple(f"{folder}/{each}" for each in ("out", "ok.png", "text.jpg/a", "\0"))),
    ):  # fmt: skip
        if chance.random() < 0.5:
            options += [name, chance.choice(values)]
    return options if "--out" in options else [*options, "--out", f"{folder}/out"]
