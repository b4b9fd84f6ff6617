"""Sending files to a repo of the Hub, so that it holds exactly them afterwards."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..specs import WeightsError
from . import download
from .download import within

if TYPE_CHECKING:
    from huggingface_hub import HfApi

Contents = Mapping[str, Path | bytes]  # path in the repo: the file, or what it says


def connect() -> "HfApi":
    """Return a client whose token the Hub knows.

    Raises:
        ValueError: If there is no token.
        WeightsError: If the Hub does not answer, or refuses the token.
    """
    from huggingface_hub import HfApi, get_token

    if get_token() is None:
        raise ValueError("the Hub asks for a token: run `hf auth login`, or set HF_TOKEN")
    client = HfApi(endpoint=download.endpoint())
    # The probe: later requests have no time limit of their own.
    with explained("the log-in"):
        within(download.PROBE_SECONDS, client.whoami)
    return client


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn network errors within into one sentence about `what`, a WeightsError."""
    from huggingface_hub.errors import HTTPError

    try:
        yield
    except (HTTPError, TimeoutError, RuntimeError) as error:
        cause = error.__cause__ or error  # an upload that fails is a RuntimeError with a cause
        status = getattr(getattr(error, "response", None), "status_code", None)
        reason = (str(cause).strip() or type(cause).__name__).splitlines()[0]
        hint = "; may this token write there?" if status in (401, 403) else ""
        raise WeightsError(f"{what} failed at {download.endpoint()}: {reason}{hint}") from error


def send(
    client: "HfApi", repo: str, contents: Contents, message: str, repo_type: str = "model"
) -> str:
    """Make one commit after which `repo` holds `contents` and nothing else; return its id.

    Nothing is committed, and the newest commit returned, if the repo holds just that already.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    there = client.list_repo_files(repo, repo_type=repo_type)
    stale = [path for path in there if path not in contents and path != ".gitattributes"]
    operations = [CommitOperationDelete(path) for path in stale]
    operations += [
        CommitOperationAdd(path, content if isinstance(content, bytes) else str(content))
        for path, content in contents.items()
    ]
    commit = client.create_commit(
        repo, operations, commit_message=message, repo_type=repo_type, revision="main"
    )
    return commit.oid


def plan(repo: str, contents: Contents) -> Iterator[str]:
    """Yield what `send` would send, a line for each file."""
    sizes = {path: _size(content) for path, content in contents.items()}
    yield f"{repo}: {len(sizes)} files, {sum(sizes.values()):,} bytes"
    for path, size in sizes.items():
        yield f"  {size:>12,}  {path}"


def package() -> dict[str, Path]:
    """Return the files of this package that inference needs: all but the training."""
    root = Path(__file__).parents[1]
    sources = (each for each in root.rglob("*") if each.suffix in (".py", ".cpp"))
    files = {path.relative_to(root): path for path in sorted(sources)}
    return {
        f"{root.name}/{place.as_posix()}": path
        for place, path in files.items()
        if place.parts[0] != "training"
    }


def _size(content: Path | bytes) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size
