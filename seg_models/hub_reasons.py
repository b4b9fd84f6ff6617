"""What went wrong on the way to the Hub, in one sentence that says what to do."""

from huggingface_hub import constants, errors

from .hub_reader import HubUnreachableError
from .specs import HubAddress, WeightsError


def explain(error: Exception, address: HubAddress, endpoint: str) -> WeightsError:
    """Return the WeightsError for an error of huggingface_hub, its transport or the disk."""
    refusal = _refusal(error, address, endpoint)
    if refusal is not None:
        return WeightsError(refusal)
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status is not None and status < 500:
        return WeightsError(f"{endpoint} refuses {address.repo}: it answers {status}")
    if status is not None:
        return HubUnreachableError(f"{endpoint} answers {status}; try again in some minutes")
    if isinstance(error, errors.OfflineModeIsEnabled):
        return HubUnreachableError("HF_HUB_OFFLINE forbids to ask the Hub; unset it to fetch")
    if isinstance(error, errors.FileMetadataError):
        return HubUnreachableError(
            f"{endpoint} does not answer as a Hub does; is there a log-in page or a proxy between?"
        )
    if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        return HubUnreachableError(
            f"{endpoint} does not answer; check the connection, or try later"
        )
    if isinstance(error, errors.HTTPError):
        return HubUnreachableError(f"{endpoint} cannot be reached: {_first_line(error)}")
    return _about_the_cache(error)


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
            return f"{address.repo} has no revision {address.commit or 'main'}; check config.json"
        case errors.RemoteEntryNotFoundError():
            return f"{address.repo} has no file {address.file}; check the repo's file list"
        case errors.HFValidationError():
            return f"{address.repo!r} is no name of a Hub repo: it must look like me/my-network"
    return None


def _about_the_cache(error: Exception) -> WeightsError:
    if "Consistency check failed" in str(error):
        return WeightsError("the download broke off before its end; try again")
    return WeightsError(
        f"the cache folder {constants.HF_HUB_CACHE} cannot keep the file ({_first_line(error)}); "
        "make room there, or set HF_HOME to a folder that can be written"
    )


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
