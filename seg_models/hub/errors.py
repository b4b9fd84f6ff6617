"""What went wrong on the way to the Hub, in one sentence that says what to do."""

from huggingface_hub import constants, errors

from ..specs import HubAddress, HubUnreachableError, Terms, WeightsError


def of_no_answer(
    error: Exception, address: HubAddress, endpoint: str, terms: Terms
) -> WeightsError:
    """Explain why the probe failed: the Hub refuses this file, or does not answer at all."""
    refusal = _to_stranger(error, address, endpoint) if terms.token is False else None
    refusal = refusal or _refusal(error, address, endpoint)
    if refusal is not None:
        return WeightsError(refusal)
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status is not None and status < 500:
        return WeightsError(f"{endpoint} answers {status} when asked for {address.repo}")
    if status is not None:
        return HubUnreachableError(f"{endpoint} answers {status}; try again in some minutes")
    if isinstance(error, errors.FileMetadataError):
        return HubUnreachableError(
            f"{endpoint} does not answer as a Hub does; is a log-in page or a proxy in between?"
        )
    if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        return HubUnreachableError(f"{endpoint} does not answer; try again in some minutes")
    return HubUnreachableError(
        f"{endpoint} cannot be reached ({_first_line(error)}); check the connection"
    )


def of_no_file(error: Exception, address: HubAddress, terms: Terms) -> WeightsError:
    """Explain why a Hub that answered did not deliver: it broke off, or the disk is in the way."""
    transport = any(isinstance(each, errors.HTTPError) for each in (error, error.__cause__))
    if transport or "Consistency check failed" in str(error):
        return WeightsError(f"the download of {address.repo} broke off; try again")
    if terms.cache is not None:  # a visitor can do nothing about it, and need not know the folder
        return WeightsError(f"{address.repo} cannot be kept: the disk is full or not to be written")
    return WeightsError(
        f"the cache folder {constants.HF_HUB_CACHE} cannot keep the file ({_first_line(error)}); "
        "make room there, or set HF_HOME to a folder that can be written"
    )


def _to_stranger(error: Exception, address: HubAddress, endpoint: str) -> str | None:
    """Return why the Hub gives nothing to those who cannot log in here."""
    match error:
        case errors.GatedRepoError():
            return f"{address.repo} is gated; only what is open to all can be had here"
        case errors.RepositoryNotFoundError():
            return f"there is no {address.repo} on {endpoint}, or it is private; check the name"
    return None


def _refusal(error: Exception, address: HubAddress, endpoint: str) -> str | None:
    """Return why a Hub that answers does not give this one file."""
    match error:
        case errors.GatedRepoError():
            return (
                f"{address.repo} is gated: accept its terms on {endpoint}/{address.repo}, "
                "then log in with `hf auth login`"
            )
        case errors.RepositoryNotFoundError():
            return (
                f"there is no {address.repo} on {endpoint}, or it is private; check the name, "
                "or log in with `hf auth login`"
            )
        case errors.RevisionNotFoundError():
            return f"{address.repo} has no commit {address.commit or 'main'}; check config.json"
        case errors.RemoteEntryNotFoundError():
            return f"{address.repo} has no file {address.file}; see what it has on {endpoint}"
        case errors.HFValidationError():
            return f"{address.repo!r} is no name of a Hub repo: it must look like me/my-network"
    return None


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
