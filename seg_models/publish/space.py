"""Publishing the page: a Hugging Face Space that holds what this checkout holds."""

from collections.abc import Iterator
from pathlib import Path

from ..hub import download, upload

ROOT = Path(__file__).parents[2]
NEEDED = ("README.md", "app.py", "requirements.txt", "seg_models")
PARTS = (*NEEDED, "page", "weights", "assets", "packages.txt", "LICENSE")
# ZeroGPU: the only hardware on which a free account may have a Gradio Space.
HARDWARE = "zero-a10g"


def publish(space: str, dry_run: bool = False) -> Iterator[str]:
    """Create or update the Space "<namespace>/<name>", yielding lines on what is done.

    Raises:
        ValueError: If this is no whole checkout, or no token is there.
        WeightsError: If the Hub refuses or is away.
    """
    files = contents()
    if dry_run:
        yield from upload.plan(f"spaces/{space}", files)
        return
    client = upload.connect()

    with upload.explained(f"publishing the Space {space}"):
        client.create_repo(
            space, repo_type="space", space_sdk="gradio", space_hardware=HARDWARE, exist_ok=True
        )
        commit = upload.send(client, space, files, "Update the page", "space")
    yield f"{download.endpoint()}/spaces/{space} at {commit}"


def contents() -> dict[str, Path]:
    """Return the files of the Space: the page, the package, the embedded weights, the examples."""
    for part in NEEDED:
        if not (ROOT / part).exists():
            raise ValueError(f"{ROOT} lacks {part}; publish the Space from a checkout")
    found = []
    for part in map(ROOT.joinpath, PARTS):
        found += sorted(part.rglob("*")) if part.is_dir() else [part]
    return {
        path.relative_to(ROOT).as_posix(): path
        for path in found
        if path.is_file() and not {"__pycache__", ".gradio"} & set(path.parts)
    }
