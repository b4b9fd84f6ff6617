"""Lists of classes as people write them, and what is wrong with some."""

import itertools

import numpy as np
import pytest

from seg_models import labels


def read(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "classes.txt"
    path.write_bytes(text.encode(encoding))
    return labels.read_classes(path, "own")


def test_names_and_colours_are_read(tmp_path):
    found = read(tmp_path, (
        "# shapes\nbackground\n\ncircle #E69F00\n  dining  table\t 86, 180,233 \r\n별 3\n"
    ), "utf-8-sig")  # fmt: skip
    assert found.name == "own"
    assert found.classes == ("background", "circle", "dining table", "별 3")
    assert found.colours == ((0, 0, 0), (230, 159, 0), (86, 180, 233), (128, 0, 0))


def test_colours_that_are_not_stated_are_vocs_and_nobody_elses(tmp_path):
    assert [*itertools.islice(labels.voc_colours(), 20)] == [*labels.VOC.colours[1:]]
    found = read(tmp_path, "a\nb #800000\nc\nbackground\nd #000000\n")
    assert found.colours == ((0, 128, 0), (128, 0, 0), (128, 128, 0), (0, 0, 128), (0, 0, 0))
    many = read(tmp_path, "\n".join(f"class {number}" for number in range(255)))
    assert len(set(many.colours)) == 255


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cat\n", r"lists 1 classes; 2 to 255"),
        ("", r"lists 0 classes"),
        ("\n".join(map(str, range(256))), r"lists 256 classes"),
        ("cat\ndog\ncat\n", r"line 3: cat is listed twice"),
        ("cat #ff0000\ndog 255,0,0\n", r"line 2: the colour \(255, 0, 0\) is another class's"),
        ("cat 256,0,0\ndog\n", r"line 1: the colour of cat goes beyond 255"),
        (f"cat\n{'x' * 65}\n", r"line 2: a class needs a name"),
        ("cat\n #ff0000\n", r"line 2: a class needs a name"),
        ("cat\ndog\x07\n", r"line 2: a class needs a name"),
    ],
)
def test_what_is_no_list_of_classes_is_told_by_its_line(tmp_path, text, said):
    with pytest.raises(ValueError, match=said):
        read(tmp_path, text)


def test_a_list_in_another_encoding_is_told(tmp_path):
    with pytest.raises(ValueError, match=r"classes\.txt is no text in UTF-8"):
        read(tmp_path, "Müll\nWald\n", "utf-16")


def test_the_animals_stand_where_voc_has_them():
    where = labels.positions(labels.ANIMALS, labels.EVERYDAY)
    assert where == (0, 8, 10, 12, 13, 15, 17)
    assert labels.positions(labels.EVERYDAY, labels.ANIMALS) is None


def test_labels_are_renumbered_and_void_stays():
    given = np.array([[0, 1, 6], [255, 2, 0]], np.uint8)
    found = labels.renumbered(given, (0, 8, 10, 12, 13, 15, 17))
    assert found.tolist() == [[0, 8, 17], [255, 10, 0]]
