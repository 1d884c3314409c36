"""Downloads of models: one at a time, in a thread of the app, resumable, verified before the model is offered."""

import os
import shutil
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

from workbench.errors import DownloadStopped, HubError, InputError, ModelError, ModelTooLarge, WorkbenchError
from workbench.models import hub
from workbench.models.adding import SPARE, Progress, fill
from workbench.models.catalogue import Entry
from workbench.models.gguf import read_header, sha256
from workbench.models.placing import aside, make

PARTS = ".downloads"  # folder beside the models


@dataclass(frozen=True, slots=True)
class Offer:
    """What a download would fetch and whether there is room for it."""

    entry: Entry
    quantisation: str
    remote: hub.RemoteFile
    folder: Path  # where the model would lie
    so_far: int  # bytes an earlier try left
    disk_free: int

    @property
    def missing(self) -> int:
        """Bytes still to fetch."""
        return self.remote.bytes - self.so_far

    def require_room(self) -> None:
        """Raise HubError when the disk cannot hold it."""
        if self.disk_free < self.missing + SPARE:
            raise HubError(
                f"{self.entry.title} {self.quantisation} needs {self.missing / 1e9:.1f} GB more on the disk of "
                f"{self.folder.parent}, {self.disk_free / 1e9:.1f} GB are free. Make room and start again."
            )


@dataclass(frozen=True, slots=True)
class Step:
    """How far a download is."""

    bytes: int
    total: int
    seconds: float  # since this try began
    rate: float = 0.0  # bytes a second, of this try
    words: str = "downloading"  # downloading | checking | trying it | done | stopped | failed
    error: str = ""

    @property
    def ended(self) -> bool:
        """True when nothing more will come."""
        return self.words in ("done", "stopped", "failed")

    @property
    def seconds_left(self) -> float | None:
        """A guess from the rate so far."""
        return (self.total - self.bytes) / self.rate if self.rate > 0 else None


def folder_of(models: Path, entry: Entry, quantisation: str) -> Path:
    """Return where the model will lie."""
    return models / f"{entry.name}-{quantisation.lower()}"


def offer(models: Path, entry: Entry, quantisation: str) -> Offer:
    """Ask the hub what the download is; nothing is fetched yet. Raises HubError, InputError."""
    if entry.comes_along:
        raise InputError(f"{entry.title} comes with the app (`make setup`): there is nothing to download.")
    remote = hub.look(entry.repository, entry.files[quantisation].file)
    folder = folder_of(models, entry, quantisation)
    make(models)
    return Offer(entry, quantisation, remote, folder, _so_far(_part(folder, remote)), shutil.disk_usage(models).free)


class Download:
    """One download. `start` runs it in a thread, `run` in this one."""

    def __init__(self, offered: Offer) -> None:
        self.offer = offered
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._began = time.monotonic()
        self._first: int | None = None  # bytes there when this try began
        self._step = Step(offered.so_far, offered.remote.bytes, 0.0)
        self._thread = threading.Thread(target=self._quietly, name="model-download", daemon=True)

    def step(self) -> Step:
        """Return how far it is."""
        with self._lock:
            return self._step

    def start(self) -> None:
        """Begin in the background; the outcome is in `step`."""
        self._thread.start()

    def stop(self) -> None:
        """Ask it to end; what came by then is kept."""
        self._stop.set()

    def wait(self, timeout: float | None = None) -> Step:
        """Block until it ended or `timeout` seconds passed."""
        self._thread.join(timeout)
        return self.step()

    def run(self) -> Path:
        """Fetch, check, and put in place; return the model's folder. Raises HubError, ModelDamaged."""
        offered = self.offer
        offered.require_room()
        part = _part(offered.folder, offered.remote)
        hub.download(offered.remote, part, self._progress)
        self._note(bytes=offered.remote.bytes, words="checking")
        verify(part, offered.remote)
        put_in_place(part, offered, self._adding)
        shutil.rmtree(part.parent)
        self._note(words="done")
        return offered.folder

    def _quietly(self) -> None:
        try:
            self.run()
        except DownloadStopped as error:
            self._note(words="stopped", error=str(error))
        except WorkbenchError as error:
            self._note(words="failed", error=str(error))
        except OSError as error:
            words = f"{self.offer.entry.title} could not be put in place: {error}. Start again; its part is kept."
            self._note(words="failed", error=words)

    def _progress(self, so_far: int) -> bool:
        if self._first is None:
            self._first = so_far
        seconds = time.monotonic() - self._began
        self._note(bytes=so_far, seconds=seconds, rate=(so_far - self._first) / seconds if seconds > 0 else 0.0)
        return not self._stop.is_set()

    def _adding(self, words: str, _share: float) -> None:
        self._note(words=words)
        if self._stop.is_set():
            raise DownloadStopped("The trial of the downloaded model was stopped. Start again to have it tried.")

    def _note(self, **changes: object) -> None:
        with self._lock:
            self._step = replace(self._step, **changes)  # type: ignore[arg-type]


def verify(path: Path, remote: hub.RemoteFile) -> None:
    """Compare size and hash with the hub's, then read the header; a file that fails is deleted. Raises HubError."""
    found = path.stat().st_size
    if found == remote.bytes and sha256(path) == remote.sha256:
        read_header(path)
        return
    path.unlink()
    raise HubError(
        f"{remote.file} arrived damaged: {found:,} bytes and another SHA-256 than the hub's {remote.sha256[:12]}, "
        "so it was deleted. Start the download again."
    )


def put_in_place(part: Path, offered: Offer, progress: Progress) -> None:
    """Try the model, then make its folder in one step: it is there whole, or not at all. Raises ModelError.

    What the hub's hash says is right is kept when the trial is stopped or there is no memory for it now.
    """
    entry, remote = offered.entry, offered.remote
    about = {
        "name": offered.folder.name,
        "title": f"{entry.title} ({offered.quantisation})",
        "licence": entry.licence,
        "notes": entry.good_for,
        "from": {"repository": remote.repository, "file": remote.file, "revision": remote.revision},
    }
    with aside(offered.folder, replace=True) as folder:
        file = folder / Path(remote.file).name
        try:
            os.link(part, file)  # a kill from here on leaves the part
        except OSError:  # a disk without links
            part.replace(file)
        try:
            fill(folder, file, remote.sha256, about, progress)
        except (ModelTooLarge, DownloadStopped, KeyboardInterrupt):
            file.replace(part)
            raise
        except ModelError:
            part.unlink(missing_ok=True)
            raise


def unfinished(models: Path) -> list[str]:
    """Return the names of the models whose download was begun and not ended."""
    return sorted({part.parent.name for part in (models / PARTS).glob("*/*.part")})


def forget(models: Path, name: str) -> None:
    """Delete what an unfinished download left. Raises HubError while another process is at it."""
    from filelock import FileLock, Timeout

    folder = models / PARTS / name
    try:
        for part in folder.glob("*.part"):
            with FileLock(f"{part}.lock", timeout=0):
                part.unlink()
    except Timeout as error:
        raise HubError(f"{name} is being downloaded by another process. Wait for it, or stop it.") from error
    shutil.rmtree(folder, ignore_errors=True)


def _part(folder: Path, remote: hub.RemoteFile) -> Path:
    """Return where the part of exactly this file lies: another commit's would not fit."""
    return folder.parent / PARTS / folder.name / f"{remote.sha256}.part"


def _so_far(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0
