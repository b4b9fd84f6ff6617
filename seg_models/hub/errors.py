"""What went wrong on the way to the Hub, in one sentence that says what to do."""

from huggingface_hub import constants, errors

from ..specs import DownloadPolicy, HubAddress, HubUnreachableError, Message, WeightsError


def of_no_answer(
    error: Exception, address: HubAddress, endpoint: str, policy: DownloadPolicy
) -> WeightsError:
    """Explain why the probe failed: the Hub refuses this file, or does not answer at all."""
    refusal = _to_stranger(error, address, endpoint) if policy.token is False else None
    refusal = refusal or _refusal(error, address, endpoint)
    if refusal is not None:
        return WeightsError(refusal)
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status is not None and status < 500:
        template = "{hub} answers {status} when asked for {repo}"
        return WeightsError(Message(template, hub=endpoint, status=status, repo=address.repo))
    return HubUnreachableError(_silence(error, endpoint, status))


def of_no_file(error: Exception, address: HubAddress, policy: DownloadPolicy) -> WeightsError:
    """Explain why a Hub that answered did not deliver: it broke off, or the disk is in the way."""
    transport = any(isinstance(each, errors.HTTPError) for each in (error, error.__cause__))
    if transport or "Consistency check failed" in str(error):
        template = "the download of {repo} broke off; try again"
        return WeightsError(Message(template, repo=address.repo))
    if policy.cache is not None:  # a visitor can do nothing about it, and need not know the folder
        template = "{repo} cannot be kept: the disk is full or not to be written"
        return WeightsError(Message(template, repo=address.repo))
    template = (
        "the cache folder {folder} cannot keep the file ({fault}); "
        "make room there, or set HF_HOME to a folder that can be written"
    )
    return WeightsError(Message(template, folder=constants.HF_HUB_CACHE, fault=_first_line(error)))


def _silence(error: Exception, endpoint: str, status: int | None) -> Message:
    """Return why the Hub as a whole is of no use just now."""
    if status is not None:
        template = "{hub} answers {status}; try again in some minutes"
        return Message(template, hub=endpoint, status=status)
    if isinstance(error, errors.FileMetadataError):
        template = "{hub} does not answer as a Hub does; is a log-in page or a proxy in between?"
    elif isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        template = "{hub} does not answer; try again in some minutes"
    else:
        template = "{hub} cannot be reached ({fault}); check the connection"
    return Message(template, hub=endpoint, fault=_first_line(error))


def _to_stranger(error: Exception, address: HubAddress, endpoint: str) -> Message | None:
    """Return why the Hub gives nothing to those who cannot log in here."""
    match error:
        case errors.GatedRepoError():
            template = "{repo} is gated; only what is open to all can be had here"
        case errors.RepositoryNotFoundError():
            template = "there is no {repo} on {hub}, or it is private; check the name"
        case _:
            return None
    return Message(template, repo=address.repo, hub=endpoint)


def _refusal(error: Exception, address: HubAddress, endpoint: str) -> Message | None:
    """Return why a Hub that answers does not give this one file."""
    match error:
        case errors.GatedRepoError():
            template = (
                "{repo} is gated: accept its terms on {page}, then log in with `hf auth login`"
            )
        case errors.RepositoryNotFoundError():
            template = (
                "there is no {repo} on {hub}, or it is private; check the name, "
                "or log in with `hf auth login`"
            )
        case errors.RevisionNotFoundError():
            template = "{repo} has no commit {commit}; check config.json"
        case errors.RemoteEntryNotFoundError():
            template = "{repo} has no file {file}; see what it has on {hub}"
        case errors.HFValidationError():
            template = "{repo!r} is no name of a Hub repo: it must look like me/my-network"
        case _:
            return None
    return Message(
        template,
        repo=address.repo,
        hub=endpoint,
        page=f"{endpoint}/{address.repo}",
        commit=address.commit or "main",
        file=address.file,
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
