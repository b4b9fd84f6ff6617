"""Labelled photos in folders, and the one reader of the pictures that hold their labels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from ..photos.files import MAX_PIXELS
from ..photos.listing import photos_in
from ..specs import VOID, LabelSet, Message

Pairs = list[tuple[Path, Path]]  # photo, labels
LOSSLESS = ("PNG", "TIFF", "BMP", "GIF")  # a JPEG's labels would be new ones at every edge
VOID_COLOURS = ((224, 224, 192), (0, 0, 0))  # VOC's, CamVid's; black unless a class has it
GREY_STEPS = {"L;2": 85, "L;4": 17}  # by which Pillow spreads greys of few bits over 0-255
NO_CLASS = 1 << 15


class ColouredLabelsError(ValueError):
    """A label picture in colours, where nobody said what they mean."""


@dataclass(frozen=True)
class LabelForm:
    """How a data set writes its labels down, beside class indices and 255 for void."""

    void: int | None = None  # another value that means no class, such as the SegNet tutorial's 11
    colours: LabelSet | None = None  # pixels are coloured as these classes are; None: indices

    def __post_init__(self) -> None:
        if self.void is not None and not 0 <= self.void <= 65535:
            raise ValueError(f"void is {self.void}; a label is 0 to 65535")


INDICES = LabelForm()


def pairs(folder: Path) -> Pairs:
    """Return each photo of `folder/images` with the PNG of its name in `folder/labels`.

    Raises:
        ValueError: If the folders are not there or hold no photo, or a file has no partner.
    """
    for name in ("images", "labels"):
        if not (folder / name).is_dir():
            raise ValueError(f"{folder} has no folder {name}/; it needs images/ and labels/")
    labels = {each.stem: each for each in sorted((folder / "labels").glob("[!.]*"))
              if each.suffix.lower() == ".png"}  # fmt: skip
    found: dict[str, Path] = {}
    faults = []
    for photo in photos_in([folder / "images"]).photos:
        name = photo.path.name
        twin = found.setdefault(photo.path.stem, photo.path).name
        if twin != name:
            faults.append(f"images/{twin} and images/{name} would share their labels")
        elif photo.path.stem not in labels:
            faults.append(f"images/{name} has no labels/{photo.path.stem}.png")
    faults += [f"labels/{labels[stem].name} has no photo" for stem in labels.keys() - found.keys()]
    if faults:
        shown = "; ".join(sorted(faults)[:5])
        more = f"; and {len(faults) - 5} more such files" if len(faults) > 5 else ""
        raise ValueError(f"{folder}: {shown}{more}")
    return [(photo, labels[stem]) for stem, photo in found.items()]


def spread(found: list, limit: int | None) -> list:
    """Return `limit` of the items, spread evenly over all of them, or all without a limit."""
    if limit is None or limit >= len(found):
        return found
    if limit < 1:
        raise ValueError(f"limit is {limit}; at least 1 photo is needed")
    return [found[number * len(found) // limit] for number in range(limit)]


def read_ground_truth(path: Path, form: LabelForm = INDICES) -> np.ndarray:
    """Return the class indices `(H, W)` uint8 of a label picture, 255 for void.

    Read are indexed pictures and greys of 1 to 16 bits, whose values are the indices; where
    `form` names colours, pictures in these.

    Raises:
        ValueError: If it is no such picture, or holds an index that is none, a colour of no class.
    """
    picture, levels = _decoded(path)
    if form.colours is not None:
        return _from_colours(picture, form.colours, path.name)
    if levels is None:
        raise ColouredLabelsError(
            Message(
                "{name} is a {mode} picture; labels are indexed or grey PNGs whose pixels are "
                "class indices",
                name=path.name, mode=picture.mode,
            )
        )  # fmt: skip
    if form.void is not None:
        levels = np.where(levels == form.void, VOID, levels)
    if not 0 <= levels.min() <= levels.max() <= VOID:
        wrong = levels.max() if levels.max() > VOID else levels.min()
        raise ValueError(
            Message(
                "{name} holds {wrong}, but labels are 0 to 254, and 255 for void; if {wrong} is "
                "void, say --void {wrong}",
                name=path.name, wrong=wrong,
            )
        )  # fmt: skip
    return levels.astype(np.uint8)


def _decoded(path: Path) -> tuple[Image.Image, np.ndarray | None]:
    """Return the picture, loaded, and its levels if it has one channel."""
    try:
        with Image.open(path, formats=LOSSLESS) as picture:
            step = GREY_STEPS.get(_raw_mode(picture), 1)
            picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        rule = Message("at most {size} megapixels are taken", size=MAX_PIXELS // 1_000_000)
        raise ValueError(
            Message("{name} is too large: {rule}", name=path.name, rule=rule)
        ) from error
    except Image.UnidentifiedImageError as error:
        template = "{name} is not a picture; give an indexed PNG"
        raise ValueError(Message(template, name=path.name)) from error
    except Exception as error:  # decoders raise what they like on damaged files
        template = "{name} is damaged: {fault}; export or download it anew"
        fault = " ".join(str(error).split())[:100]
        raise ValueError(Message(template, name=path.name, fault=fault)) from error
    if picture.mode == "1":
        return picture, np.array(picture).astype(np.uint8)
    if picture.mode in ("P", "L") or picture.mode.startswith("I"):
        return picture, np.array(picture) // step
    return picture, None


def _raw_mode(picture: Image.Image) -> str:
    arguments = picture.tile[0][3] if picture.tile else ""
    return arguments if isinstance(arguments, str) else arguments[0]


def _from_colours(picture: Image.Image, labels: LabelSet, name: str) -> np.ndarray:
    """Return the index of each pixel's colour among the classes'."""
    index_of = np.full(1 << 24, NO_CLASS, np.uint16)
    for colour in VOID_COLOURS:
        index_of[_code(*colour)] = VOID
    for index, colour in enumerate(labels.colours):
        index_of[_code(*colour)] = index
    channels = np.asarray(picture.convert("RGB"))
    indices = index_of[_code(*(channels[..., each].astype(np.int32) for each in range(3)))]
    strange = np.argwhere(indices == NO_CLASS)
    if len(strange):
        colour = tuple(map(int, channels[tuple(strange[0])]))
        raise ValueError(f"{name} holds the colour {colour}, which no class of the set has")
    return indices.astype(np.uint8)


def _code(red, green, blue):
    return red << 16 | green << 8 | blue
