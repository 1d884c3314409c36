"""Sending to a model hub: a folder of files as a data set. Nothing goes out unless `send` is called.

Huggingface_hub honours HF_ENDPOINT, HF_TOKEN and the usual proxy variables.
"""

from pathlib import Path

from workbench.errors import HubError
from workbench.models.hub import endpoint


def send(folder: Path, repository: str, *, private: bool = True, message: str = "Feedback") -> str:
    """Put the files of a folder into a data set repository, made if missing; return its address. Raises HubError."""
    from huggingface_hub import HfApi

    api = HfApi(endpoint=endpoint())
    try:
        api.create_repo(repository, repo_type="dataset", private=private, exist_ok=True)
        api.upload_folder(repo_id=repository, repo_type="dataset", folder_path=folder, commit_message=message)
    except Exception as error:
        raise _in_words(error, repository) from error
    return f"{endpoint()}/datasets/{repository}"


def _in_words(error: Exception, repository: str) -> HubError:
    """Return the failure as a sentence: what was asked for, what is wrong, what to do."""
    import httpx
    from huggingface_hub import errors

    host = endpoint().removeprefix("https://").removeprefix("http://")
    if isinstance(error, errors.HfHubHTTPError):
        status = error.response.status_code
        if status in (401, 403):
            return HubError(
                f"{host} does not let you write to {repository} ({status}). Set HF_TOKEN to a token with the right to "
                "write, and name a repository of your own."
            )
        return HubError(f"{host} answered {status} when {repository} was to be written. Try again later.")
    if isinstance(error, errors.HFValidationError):
        return HubError(f"{repository!r} is no repository name. Write it as OWNER/NAME.")
    if isinstance(error, (httpx.HTTPError, ConnectionError)):
        return HubError(f"{host} cannot be reached. Check the network or HF_ENDPOINT; nothing was sent.")
    return HubError(f"{repository} could not be sent to {host}: {error}. Try again.")
