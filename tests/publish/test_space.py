"""The Space holds what the page needs and nothing else."""

import pytest

from seg_models.publish import space


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A small checkout to make a Space of."""
    for path in ("README.md", "app.py", "requirements.txt", "page/a.py", "weights/x/config.json"):
        (tmp_path / "checkout" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "checkout" / path).write_text(path)
    for path in ("seg_models/__pycache__/a.pyc", "tests/test_a.py", "seg_models/a.py"):
        (tmp_path / "checkout" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "checkout" / path).write_text(path)
    monkeypatch.setattr(space, "ROOT", tmp_path / "checkout")
    return tmp_path / "checkout"


def test_the_space_holds_the_page_and_what_it_needs(hub, checkout, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "writer")
    first = list(space.publish("tests/page"))
    assert first == list(space.publish("tests/page")), "a second time must change nothing"
    (checkout / "page" / "a.py").rename(checkout / "page" / "b.py")
    assert list(space.publish("tests/page")) != first
    from huggingface_hub import HfApi

    there = set(HfApi(endpoint=hub.url).list_repo_files("tests/page", repo_type="space"))
    assert there == {
        "README.md", "app.py", "requirements.txt", "page/b.py", "seg_models/a.py",
        "weights/x/config.json",
    }  # fmt: skip
    (checkout / "app.py").unlink()
    with pytest.raises(ValueError, match=r"lacks app\.py"):
        list(space.publish("tests/page"))
