"""What annotation tools export becomes label pictures: the same scene, in every tool's form."""

import json
import re

import numpy as np
import pytest
from PIL import Image, ImageDraw

from seg_models.annotations import convert, label_studio, outlines
from seg_models.cli import main
from seg_models.evaluation.labelled_photos import pairs, read_ground_truth
from seg_models.labels import VOC, read_classes

SIZE = 20, 30  # height, width
BOX = (slice(4, 12), slice(6, 16))  # a cat
STRIPE = (slice(10, 18), slice(20, 26))  # a dog


def scene(cat=1, dog=2):
    """Return the labels that each export describes."""
    labels = np.zeros(SIZE, np.uint8)
    labels[BOX], labels[STRIPE] = cat, dog
    return labels


@pytest.fixture
def photos(tmp_path):
    """A folder with cam/a.jpg, which is annotated, and b.jpg, which is not."""
    folder = tmp_path / "photos"
    (folder / "cam").mkdir(parents=True)
    for name in ("cam/a.jpg", "b.jpg"):
        Image.new("RGB", SIZE[::-1], "gray").save(folder / name)
    return folder


def corners(area):
    """Return x, y, x, y, ... of a rectangle's corners."""
    rows, columns = area
    x, y, right, below = columns.start, rows.start, columns.stop, rows.stop
    return [x, y, right, y, right, below, x, below]


def by_columns(mask):
    """Return COCO's run lengths, of what is not and what is."""
    counts, last, run = [], False, 0
    for each in mask.T.ravel():
        if each != last:
            counts.append(run)
            last, run = each, 0
        run += 1
    return [*counts, run]


def coco(tmp_path, runs):
    stripe = [corners(STRIPE)]
    if runs:
        stripe = {"size": list(SIZE), "counts": by_columns(scene() == 2)}
    facts = {
        "images": [{"id": 7, "file_name": "cam/a.jpg", "height": SIZE[0], "width": SIZE[1]}],
        "categories": [{"id": 5, "name": "dog"}, {"id": 3, "name": "cat"}],
        "annotations": [
            {"image_id": 7, "category_id": 3, "segmentation": [corners(BOX)]},
            {"image_id": 7, "category_id": 5, "segmentation": stripe},
            {"image_id": 7, "category_id": 5, "segmentation": [], "bbox": [1, 1, 2, 2]},
        ],
    }
    path = tmp_path / "instances.json"
    path.write_text(json.dumps(facts))
    return path


def cvat(tmp_path):
    points = corners(BOX)
    text = ";".join(f"{x:.2f},{y:.2f}" for x, y in zip(points[::2], points[1::2], strict=True))
    rows, columns = STRIPE
    height, width = rows.stop - rows.start, columns.stop - columns.start
    # A box of one row and column more around the stripe: its first row and column are not it.
    runs = [width + 2]
    for _ in range(height):
        runs += [width, 1]
    path = tmp_path / "annotations.xml"
    path.write_text(f"""<?xml version="1.0" encoding="utf-8"?>
<annotations><version>1.1</version><meta><task><labels>
<label><name>cat</name><color>#ff8000</color></label>
<label><name>dog</name><color>#0080ff</color></label>
</labels></task></meta>
<image id="0" name="cam/a.jpg" width="{SIZE[1]}" height="{SIZE[0]}">
<mask label="dog" rle="{", ".join(map(str, runs[:-1]))}" left="{columns.start - 1}"
 top="{rows.start - 1}" width="{width + 1}" height="{height + 1}" z_order="1"/>
<polygon label="cat" points="{text}" z_order="0"/>
<box label="cat" xtl="1" ytl="1" xbr="2" ybr="2" z_order="2"/>
</image></annotations>""")
    return path


def packed(values, width=8):
    """Return rle-pack's bytes, by its description: runs of equal numbers as such, others singly."""
    sizes = (3, 4, 8, 16)
    bits = f"{len(values):032b}{width - 1:05b}" + "".join(f"{each - 1:04b}" for each in sizes)
    place = 0
    while place < len(values):
        end = place + 1
        while end < len(values) and values[end] == values[place] and end - place < 65536:
            end += 1
        kind = next(k for k, size in enumerate(sizes) if end - place - 1 < 2**size)
        bits += f"{int(end - place > 1)}{kind:02b}{end - place - 1:0{sizes[kind]}b}"
        bits += f"{values[place]:0{width}b}"
        place = end
    bits += "0" * (-len(bits) % 8)
    return [int(bits[at : at + 8], 2) for at in range(0, len(bits), 8)]


def studio(tmp_path):
    height, width = SIZE
    brush = np.zeros((height, width, 4), np.uint8)
    brush[STRIPE] = 255
    points = np.array(corners(BOX), float).reshape(4, 2) * 100 / (width, height)
    size = {"original_width": width, "original_height": height}
    result = [
        {**size, "type": "polygonlabels",
         "value": {"points": points.tolist(), "polygonlabels": ["cat"]}},
        {**size, "type": "brushlabels",
         "value": {"format": "rle", "rle": packed(brush.ravel().tolist()), "brushlabels": ["dog"]}},
        {**size, "type": "rectanglelabels", "value": {"x": 1, "rectanglelabels": ["cat"]}},
        {"type": "choices", "value": {"choices": ["sharp"]}},
    ]  # fmt: skip
    tasks = [{
        "data": {"image": "/data/upload/3/0123abcd-a.jpg"},
        "annotations": [
            {"result": [], "was_cancelled": False}, {"result": result},
            {"result": [], "was_cancelled": True},
        ],
    }]  # fmt: skip
    path = tmp_path / "project.json"
    path.write_text(json.dumps(tasks))
    return path


def label_map(tmp_path):
    folder = tmp_path / "mask"
    (folder / "SegmentationClass").mkdir(parents=True)
    colours = np.uint8([(0, 0, 0), (250, 50, 83), (36, 179, 83)])
    Image.fromarray(colours[scene()]).save(folder / "SegmentationClass" / "a.png")
    (folder / "labelmap.txt").write_text(
        "# label:color_rgb:parts:actions\ncat:250,50,83::\nbackground:0,0,0::\ndog:36,179,83::\n"
    )
    return folder


EXPORTS = {
    "coco": lambda place: coco(place, runs=False),
    "coco runs": lambda place: coco(place, runs=True),
    "cvat": cvat,
    "label-studio": studio,
    "voc": label_map,
}


@pytest.mark.parametrize("name", EXPORTS)
def test_every_tools_export_of_a_scene_becomes_the_same_labels(tmp_path, photos, capsys, name):
    out = tmp_path / "out"
    command = ["labels", "convert", str(EXPORTS[name](tmp_path)), "--form", name.split()[0]]
    assert main([*command, "--images", str(photos), "--out", str(out)]) == 0
    ((photo, labels),) = pairs(out)
    assert photo.name == "a.jpg" and photo.read_bytes() == (photos / "cam/a.jpg").read_bytes()
    np.testing.assert_array_equal(read_ground_truth(labels), scene())
    assert read_classes(out / "classes.txt", "x").classes == ("background", "cat", "dog")
    said = capsys.readouterr().out
    assert "1 photos and their labels: background, cat, dog" in said
    assert "without annotations, left out: 1" in said
    assert ("passed over: 1" in said) == (name != "voc")


def test_a_tools_colours_are_kept(tmp_path, photos):
    convert.convert(convert.read("cvat", cvat(tmp_path)), photos, tmp_path / "out")
    found = read_classes(tmp_path / "out" / "classes.txt", "x")
    assert found.colours == ((0, 0, 0), (255, 128, 0), (0, 128, 255))


def test_vocs_own_indices_are_vocs_classes(tmp_path, photos):
    folder = tmp_path / "voc" / "SegmentationClass"
    folder.mkdir(parents=True)
    labels = scene(8, 255)
    Image.fromarray(labels).save(folder / "a.png")
    done = convert.convert(convert.read("voc", folder.parent), photos, tmp_path / "out")
    assert done.labels.classes == VOC.classes and done.labels.colours == VOC.colours
    ((_, path),) = pairs(tmp_path / "out")
    np.testing.assert_array_equal(read_ground_truth(path), labels)


def test_masks_of_black_and_white_become_labels(tmp_path, photos):
    (tmp_path / "masks").mkdir()
    Image.fromarray(scene(255, 255)).save(tmp_path / "masks" / "a.png")
    (tmp_path / "two.txt").write_text("background\nanimal\n")
    command = ["labels", "convert", str(tmp_path / "masks"), "--form", "masks", "--map", "255=1"]
    command += ["--classes", str(tmp_path / "two.txt"), "--images", str(photos)]
    assert main([*command, "--out", str(tmp_path / "out")]) == 0
    ((_, path),) = pairs(tmp_path / "out")
    np.testing.assert_array_equal(read_ground_truth(path), scene(1, 1))


def test_classes_can_be_chosen_and_what_is_unlabelled_can_be_void(tmp_path, photos):
    (tmp_path / "classes.txt").write_text("dog\nhorse\n")
    chosen = read_classes(tmp_path / "classes.txt", "own")
    export = convert.read("coco", coco(tmp_path, runs=False))
    with pytest.raises(ValueError, match=r"no class 'background'.*say --unlabelled void"):
        convert.convert(export, photos, tmp_path / "out", chosen)
    convert.convert(export, photos, tmp_path / "out", chosen, "void")
    ((_, path),) = pairs(tmp_path / "out")
    np.testing.assert_array_equal(read_ground_truth(path), np.where(scene() == 2, 0, 255))


def test_a_lower_area_is_covered_by_a_higher_one(tmp_path, photos):
    text = cvat(tmp_path).read_text().replace('label="cat" points="', 'label="dog" points="')
    text = text.replace("</image>", (
        '<polygon label="cat" z_order="-1" points="0,0;30,0;30,20;0,20"/></image>'
    ))  # fmt: skip
    (tmp_path / "annotations.xml").write_text(text)
    export = convert.read("cvat", tmp_path / "annotations.xml")
    convert.convert(export, photos, tmp_path / "out")
    ((_, path),) = pairs(tmp_path / "out")
    np.testing.assert_array_equal(read_ground_truth(path), np.where(scene() > 0, 2, 1))


@pytest.mark.parametrize(
    ("form", "change", "said"),
    [
        ("coco", ('"cam/a.jpg"', '"cam/z.jpg"'), r"cam/z\.jpg is not in"),
        ("coco", ('"width": 30', '"width": 31'), r"cam/a\.jpg: annotated at 31x20 pixels, but a"),
        ("coco", ('"categories"', '"kinds"'), r"not of the form coco: it lacks 'categories'"),
        ("coco", ("}", ""), r"instances\.json is not of the form coco"),
        ("coco", ("[[6, 4, 16, 4, 16, 12, 6, 12]]", "[[6, 4]]"), r"a\.jpg: a polygon needs three"),
        ("cvat", ("<image ", "<track "), r"annotations\.xml is not of the form cvat"),
        ("cvat", ('top="9"', 'top="90"'), r"a\.jpg: a mask does not fill its box, or lies outside"),
        ("label-studio", ('"rle": [', '"rle": [9, '), r"a\.jpg: a brush's mask"),
    ],
)
def test_what_cannot_be_converted_is_told_in_one_line(tmp_path, photos, capsys, form, change, said):
    path = EXPORTS[form](tmp_path)
    text = path.read_text()
    assert change[0] in text
    path.write_text(text.replace(*change))
    command = ["labels", "convert", str(path), "--form", form, "--images", str(photos)]
    assert main([*command, "--out", str(tmp_path / "out")]) == 2
    line = capsys.readouterr().err.splitlines()[-1]  # behind the progress bar
    assert line.startswith("seg_models labels: ")
    assert re.search(said, line), line


def test_nothing_is_converted_into_a_folder_that_is_not_empty(tmp_path, photos):
    export = convert.read("coco", coco(tmp_path, runs=False))
    with pytest.raises(ValueError, match="is not empty"):
        convert.convert(export, photos, tmp_path)


def test_photos_of_equal_names_keep_apart(tmp_path, photos):
    Image.new("RGB", SIZE[::-1], "red").save(photos / "a.jpg")
    facts = json.loads(coco(tmp_path, runs=False).read_text())
    facts["images"].append({**facts["images"][0], "id": 8, "file_name": "b.jpg"})
    (photos / "b.jpg").rename(photos / "cam" / "b.png")
    (photos / "b.jpg").write_bytes((photos / "a.jpg").read_bytes())
    (photos / "cam" / "c.jpg").write_bytes((photos / "a.jpg").read_bytes())
    facts["images"].append({**facts["images"][0], "id": 9, "file_name": "cam/b.png"})
    path = tmp_path / "instances.json"
    path.write_text(json.dumps(facts))
    convert.convert(convert.read("coco", path), photos, tmp_path / "out")
    assert [photo.name for photo, _ in pairs(tmp_path / "out")] == ["a.jpg", "b.jpg", "cam-b.png"]


def test_an_ellipse_has_its_area_and_its_turn():
    size = 80, 100
    upright = outlines.ellipse((50, 40), (30, 10), 0, size)
    assert abs(upright.sum() - np.pi * 30 * 10) < 0.02 * np.pi * 30 * 10
    rows, columns = np.nonzero(outlines.ellipse((50, 40), (30, 10), 90, size))
    assert (np.ptp(columns) + 1, np.ptp(rows) + 1) == (20, 60)
    drawn = Image.new("1", size[::-1])
    ImageDraw.Draw(drawn).ellipse((20, 30, 79, 49), fill=1)
    assert (np.array(drawn) != upright).sum() < 80  # pixels of the border


def test_packed_numbers_are_what_was_packed():
    random = np.random.default_rng(0)
    values = np.repeat(random.integers(0, 256, 50), random.integers(1, 400, 50)).tolist()
    assert label_studio.unpacked(packed(values)).tolist() == values
    # Written by hand: 5 numbers of 8 bits; lengths of 1, 2, 3 and 4 bits. 1 00 1: twice 7; then
    # 0 01 10: three that differ.
    bits = f"{5:032b}" + "00111" + "0000000100100011" + "1001" + f"{7:08b}" + "00110"
    bits += f"{1:08b}{2:08b}{3:08b}"
    bits += "0" * (-len(bits) % 8)
    content = [int(bits[at : at + 8], 2) for at in range(0, len(bits), 8)]
    assert label_studio.unpacked(content).tolist() == [7, 7, 1, 2, 3]
