"""Stages that survive a kill: each writes aside and is renamed, and is done once for the same inputs."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from finetune.exporting.machine import Took
from workbench.errors import InputError


class Work:
    """The folder in which an export is made, beside the place where it will lie and on the same disk."""

    def __init__(self, out: Path) -> None:
        self.folder = out.absolute().with_name(f".export-{out.name}")
        self.took: dict[str, dict] = {}  # stage -> seconds, peak memory, bytes

    def __enter__(self) -> "Work":
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(self.folder / "lock")
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            name = self.folder.name.removeprefix(".export-")
            raise InputError(f"Another export to {name} is at work. Wait for it, or name another --out.") from error
        for left in self.folder.glob(".part-*"):  # of a run that was killed
            remove(left)
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def finish(self) -> None:
        """Remove the folder: everything in it has gone to its place."""
        self._lock.release()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stage(self, name: str, inputs: dict, make: Callable[[Path], Took | None]) -> Path:
        """Return the file or folder `name`, made by `make` unless it is there, whole and from the same inputs."""
        path, mark = self.folder / name, self.folder / f"{name}.stage"
        key = fingerprint(inputs)
        done = _read(mark)
        if done and done["inputs"] == key and path.exists() and size(path) == done["bytes"]:
            print(f"{name}: there already", flush=True)
        else:
            # A name of this process's own: a child that outlives a killed parent may still write to the old one.
            aside = self.folder / f".part-{os.getpid()}-{name}"
            mark.unlink(missing_ok=True)
            remove(path)
            remove(aside)
            took = make(aside)
            aside.replace(path)
            facts = {"seconds": took.seconds, "peak_memory_bytes": took.peak_bytes} if took else {}
            done = {"inputs": key, "bytes": size(path)} | facts
            write(mark, done)
            print(f"{name}: {done['bytes'] / 1e6:,.1f} MB{_words(facts)}", flush=True)
        self.took[name] = {fact: value for fact, value in done.items() if fact != "inputs"}
        return path


def fingerprint(inputs: dict) -> str:
    """Return a hash of values and of files, these by size and time of change."""
    text = json.dumps({name: _known(value) for name, value in sorted(inputs.items())}, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _known(value: object) -> object:
    if not isinstance(value, Path):
        return value
    files = sorted(path for path in value.rglob("*") if path.is_file()) if value.is_dir() else [value]
    return [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files]


def size(path: Path) -> int:
    """Return the bytes of a file, or of all files in a folder."""
    if path.is_dir():
        return sum(inner.stat().st_size for inner in path.rglob("*") if inner.is_file())
    return path.stat().st_size


def write(path: Path, data: object) -> None:
    """Write JSON aside, then rename it."""
    aside = path.with_name(f".part-{os.getpid()}-{path.name}")
    aside.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    aside.replace(path)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def swap(new: Path, out: Path) -> None:
    """Put the finished folder `new` in the place of `out`. A kill between the two renames is mended by `recover`."""
    old = out.with_name(f".old-{out.name}")
    remove(old)
    if out.exists():
        out.replace(old)
    new.replace(out)
    remove(old)


def recover(out: Path) -> None:
    """Put the former export back if a kill came between the two renames of `swap`."""
    old = out.with_name(f".old-{out.name}")
    if old.exists() and not out.exists():
        old.replace(out)


def _read(path: Path) -> dict | None:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _words(facts: dict) -> str:
    return f", {facts['seconds']:.0f} s, at most {facts['peak_memory_bytes'] / 1e6:,.0f} MB of memory" if facts else ""
