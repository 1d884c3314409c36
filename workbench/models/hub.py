"""The only door to a model hub: what a file is there, and its download. Nothing goes out unless one of these is called.

Huggingface_hub honours HF_ENDPOINT, HF_TOKEN and the usual proxy variables.
"""

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.errors import DownloadStopped, HubError

# Read when huggingface_hub is imported.
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
Progress = Callable[[int], bool]  # bytes so far -> go on?
AT_ONCE = 2**20  # bytes between two looks at whether to stop; huggingface_hub's own 10 MB are minutes of a slow line


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file as the hub describes it."""

    repository: str
    file: str
    revision: str  # commit
    bytes: int
    sha256: str


def look(repository: str, file: str, revision: str = "main") -> RemoteFile:
    """Ask the hub for a file's size, hash and commit; nothing is downloaded. Raises HubError."""
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    try:
        url = hf_hub_url(repository, file, revision=revision, endpoint=endpoint())
        found = get_hf_file_metadata(url, endpoint=endpoint())
    except Exception as error:
        raise in_words(error, repository, file) from error
    if not (found.size and found.etag and found.commit_hash and len(found.etag) == 64):
        raise HubError(f"The hub gives no size and SHA-256 for {file} in {repository}, so it could not be checked.")
    return RemoteFile(repository, file, found.commit_hash, found.size, found.etag)


def download(remote: RemoteFile, part: Path, progress: Progress) -> None:
    """Fetch the file into `part`, going on where an earlier try ended.

    `hf_hub_download` begins anew each time since huggingface_hub 1.x; its `http_get` can go on, and does here. A part
    belongs to one process at a time. `progress` is told the bytes so far, about every 1 MB; when it returns False the
    download stops and its part is kept. Raises HubError, DownloadStopped.
    """
    from filelock import FileLock, Timeout
    from huggingface_hub import constants, hf_hub_url
    from huggingface_hub.file_download import http_get
    from huggingface_hub.utils._headers import build_hf_headers

    url = hf_hub_url(remote.repository, remote.file, revision=remote.revision, endpoint=endpoint())
    constants.DOWNLOAD_CHUNK_SIZE = min(constants.DOWNLOAD_CHUNK_SIZE, AT_ONCE)
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{part}.lock", timeout=0), part.open("ab") as file:
            if file.tell() > remote.bytes:  # none of this file: a hub would answer 416 to what follows it
                file.truncate(file.seek(0))
            http_get(
                url, file, resume_size=file.tell(), headers=build_hf_headers(), expected_size=remote.bytes,
                tqdm_class=_bar(progress),
            )  # fmt: skip
    except DownloadStopped:
        raise
    except Timeout as error:
        raise HubError(f"{remote.file} is being downloaded by another process. Wait for it, or stop it.") from error
    except Exception as error:
        raise in_words(error, remote.repository, remote.file) from error


def endpoint() -> str:
    """Return the hub's address."""
    return os.environ.get("HF_ENDPOINT", "").rstrip("/") or "https://huggingface.co"


def _bar(progress: Progress) -> Any:
    """Return a progress bar that draws nothing, reports, and can end the download."""
    from tqdm import tqdm

    class Bar(tqdm):  # type: ignore[type-arg]
        def __init__(self, *args: Any, **options: Any) -> None:
            options.pop("name", None)  # huggingface_hub's own
            super().__init__(*args, **{**options, "disable": False, "file": _Nowhere()})
            self._tell()

        def update(self, n: float | None = 1) -> bool | None:
            done = super().update(n)
            self._tell()
            return done

        def _tell(self) -> None:
            if not progress(int(self.n)):
                raise DownloadStopped("The download was stopped; what came by then is kept. Start it again to go on.")

    return Bar


class _Nowhere:
    def write(self, text: str) -> None: ...

    def flush(self) -> None: ...


def in_words(error: Exception, repository: str, file: str) -> HubError:
    """Return the failure as a sentence: what was asked for, what is wrong, what to do."""
    import httpx
    from huggingface_hub import errors

    host = endpoint().removeprefix("https://").removeprefix("http://")
    if isinstance(error, errors.GatedRepoError):
        return HubError(
            f"{repository} is gated: accept its licence on {host} with your account, make a token there, "
            "and start again with HF_TOKEN set to it."
        )
    if isinstance(error, errors.EntryNotFoundError) and not isinstance(error, errors.LocalEntryNotFoundError):
        return HubError(f"{repository} on {host} has no file {file}. Check the catalogue's entry.")
    if isinstance(error, errors.RepositoryNotFoundError):
        return HubError(
            f"There is no {repository} on {host}, or it is private. Check the name; for a private one set HF_TOKEN."
        )
    if isinstance(error, errors.HfHubHTTPError):
        return HubError(f"{host} answered {error.response.status_code} for {file}. Try again later.")
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return HubError(f"The disk is full: {file} could not be written. Make room and start again; its part is kept.")
    if isinstance(error, (httpx.HTTPError, ConnectionError, errors.LocalEntryNotFoundError)):
        return HubError(
            f"{host} cannot be reached for {file}. Check the network or HF_ENDPOINT and start again; its part is kept."
        )
    return HubError(f"{file} could not be fetched from {repository}: {error}. Start again; its part is kept.")
