"""Reading from the Hub without ever hanging: what is cached, a short probe, the download.

An unreachable Hub costs huggingface_hub 23 seconds of retries, one that accepts and never answers
over six minutes. So every download is preceded by a probe that has a deadline of its own.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..specs import DownloadPolicy, HubAddress, HubUnreachableError, Message, WeightsError

ANSWER_SECONDS = 3  # what a server gets to answer one request
PROBE_SECONDS = 8  # the whole probe, name look-up and redirects included
PATIENCE = 180.0  # seconds for which a Hub that failed is not asked again
OFFLINE = Message("HF_HUB_OFFLINE is set; unset it to fetch")
FETCHING = "Fetching {repo}: {size} MB"
OWNER = DownloadPolicy()
Progress = Callable[[float, Message], object]  # a share from 0 to 1 and a sentence

log = logging.getLogger(__name__)
_failures: dict[str, tuple[float, Message]] = {}  # endpoint: when, why


def endpoint() -> str:
    """Return the address of the Hub: HF_ENDPOINT, or Hugging Face's own."""
    from huggingface_hub import constants

    return os.environ.get("HF_ENDPOINT", constants.ENDPOINT).rstrip("/")


def failure() -> Message | None:
    """Return why no request is worth making now, or None: asks nobody."""
    from huggingface_hub import constants

    if constants.is_offline_mode():
        return OFFLINE
    when, why = _failures.get(endpoint(), (0.0, None))
    return why if why and time.monotonic() - when < PATIENCE else None


def forget_failures() -> None:
    """Ask the Hub again at the next wish, whatever it answered before."""
    _failures.clear()


def cached(address: HubAddress, policy: DownloadPolicy = OWNER) -> Path | None:
    """Return the file in the cache, if it is there; asks nobody."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    with suppress(HFValidationError):
        found = try_to_load_from_cache(
            address.repo, address.file, cache_dir=policy.cache, revision=address.commit
        )
        return Path(found) if isinstance(found, str) else None


def discard(path: Path) -> None:
    """Take a wrong file out of the cache, so that the next attempt fetches it anew."""
    for each in (path.resolve(), path):
        with suppress(OSError):
            each.unlink(missing_ok=True)


def download(
    address: HubAddress,
    progress: Progress | None = None,
    size: int | None = None,
    policy: DownloadPolicy = OWNER,
) -> Path:
    """Fetch the file into the cache and return its path there.

    Args:
        address: What to fetch.
        progress: Told how far it is; without one, huggingface_hub draws its bar on stderr.
        size: Bytes the file must have, if that is known.
        policy: Whose cache, whose token, and how many bytes at most where no size is given.

    Raises:
        HubUnreachableError: Within `PROBE_SECONDS`, if no Hub answers; at once for `PATIENCE`
            seconds after that.
        WeightsError: If the Hub answers but does not give the file, or it cannot be kept.
    """
    from huggingface_hub.errors import HTTPError

    from . import errors

    if reason := failure():
        raise HubUnreachableError(reason)
    try:
        policy, found = within(PROBE_SECONDS, lambda: _probed(address, policy))
    except (HTTPError, OSError, ValueError) as error:
        problem = errors.of_no_answer(error, address, endpoint(), policy)
        if isinstance(problem, HubUnreachableError):
            _failures[endpoint()] = (time.monotonic(), problem.args[0])
        raise problem from error
    if found is not None and found != (size or min(found, policy.largest)):
        template = (
            "{file} of {repo} has {found} bytes, not the {size} that config.json states"
            if size
            else "{file} of {repo} has {found} bytes, not at most {size}"
        )
        wanted = size or policy.largest
        raise WeightsError(
            Message(template, file=address.file, repo=address.repo, found=found, size=wanted)
        )
    try:
        return _download(address, progress, policy)
    except (HTTPError, OSError, ValueError) as error:
        raise errors.of_no_file(error, address, policy) from error


def _download(address: HubAddress, progress: Progress | None, policy: DownloadPolicy) -> Path:
    from huggingface_hub import hf_hub_download

    path = hf_hub_download(
        address.repo,
        address.file,
        revision=address.commit,
        cache_dir=policy.cache,
        token=policy.token,
        endpoint=endpoint(),
        etag_timeout=ANSWER_SECONDS,
        tqdm_class=bridge(progress, address.repo) if progress else None,
    )
    return Path(path)


def _probed(address: HubAddress, policy: DownloadPolicy) -> tuple[DownloadPolicy, int | None]:
    """Return what `_probe` does, and the policy by which the Hub answered.

    A token that has expired is refused even for what is open to all: then it goes without.
    """
    from huggingface_hub import get_token
    from huggingface_hub.errors import HfHubHTTPError

    try:
        return policy, _probe(address, policy)
    except HfHubHTTPError as error:
        refused = error.response.status_code == 401
        if not refused or policy.token is False or get_token() is None:
            raise
        stranger = replace(policy, token=False)
        try:
            found = _probe(address, stranger)
        except HfHubHTTPError:
            raise error from None  # the repo is not open, whoever asks
    log.warning(
        "%s refuses the token of this machine, which may have expired (`hf auth login` renews it); "
        "%s is open to all and is fetched without it", endpoint(), address.repo,
    )  # fmt: skip
    return stranger, found


def _probe(address: HubAddress, policy: DownloadPolicy) -> int | None:
    """Ask for the file's first byte, wherever the Hub keeps it; return the file's size in bytes."""
    from huggingface_hub import get_hf_file_metadata, get_session, hf_hub_url
    from huggingface_hub.errors import FileMetadataError

    url = hf_hub_url(address.repo, address.file, revision=address.commit, endpoint=endpoint())
    metadata = get_hf_file_metadata(
        url, token=policy.token, timeout=ANSWER_SECONDS, endpoint=endpoint()
    )
    if metadata.commit_hash is None or metadata.etag is None:
        raise FileMetadataError("no commit in the answer")  # a log-in page, a proxy's notice
    if metadata.location != url:  # storage elsewhere may be blocked where the Hub is not
        with get_session().stream(
            "GET", metadata.location, headers={"Range": "bytes=0-0"}, timeout=ANSWER_SECONDS
        ) as response:
            response.raise_for_status()
    return metadata.size


def bridge(progress: Progress, what: str) -> type:
    """Return a class that huggingface_hub takes for tqdm, and which tells `progress` of `what`."""

    class Bridge:
        def __init__(self, *_: Any, total: float | None = None, initial: float = 0, **__: Any):
            self.total, self.done = total, initial
            self.update(0)

        def update(self, count: float = 1) -> None:
            self.done += count
            share = min(self.done / self.total, 1.0) if self.total else 0.0
            progress(share, Message(FETCHING, repo=what, size=round(self.done / 1e6)))

        def close(self) -> None:
            """Nothing is drawn here, so nothing is wiped."""

        def __enter__(self) -> "Bridge":
            return self

        def __exit__(self, *_: Any) -> None:
            self.close()

    return Bridge


def within(seconds: float, call: Callable[[], Any]) -> Any:
    """Return what `call` returns, or raise TimeoutError once `seconds` have passed."""
    outcome: Future = Future()

    def attempt() -> None:
        try:
            outcome.set_result(call())
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=attempt, daemon=True).start()  # daemon: nothing waits for it at exit
    return outcome.result(seconds)
