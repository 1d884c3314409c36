"""A folder of models that holds whole ones only: what is made appears in one step, and so does what is removed."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workbench.errors import InputError, ModelMissing
from workbench.settings import FIRST, STARTER

ADAPTERS = "adapters"  # folder of the adapters that were added by themselves
NEW, OLD, GONE = ".new-", ".old-", ".gone-"  # being made; being replaced; being removed
WAIT = 3600  # seconds for another process that is at it: copying 8 GB from a slow disk takes minutes
LONGEST = 64  # characters of a name


def slug(words: str) -> str:
    """Return the words as a name for a folder and the command line. Raises InputError when nothing is left."""
    name = re.sub(r"[^a-z0-9._]+", "-", words.lower()).strip("-._")[:LONGEST].rstrip("-._")
    if not name or name == ADAPTERS:
        raise InputError(f"{words!r} cannot be a model's name. Give it one of letters and digits with --name.")
    return name


@contextmanager
def aside(folder: Path, *, replace: bool = False) -> Iterator[Path]:
    """Yield an empty folder that becomes `folder` when the block ends well; otherwise nothing of it is left.

    A kill at any moment leaves the old folder or the new one: the next call tidies. Raises InputError when there is
    one already, unless it is to be replaced.
    """
    from filelock import FileLock

    make(folder.parent)
    with FileLock(folder.parent / ".lock", timeout=WAIT):
        _tidy(folder.parent)
        if folder.exists() and not replace:
            raise InputError(f"There is already a model {folder.name}. Give this one another name, or remove that one.")
        new, old = folder.with_name(NEW + folder.name), folder.with_name(OLD + folder.name)
        new.mkdir()
        try:
            yield new
            _sync(new)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
        if folder.exists():
            folder.replace(old)
        new.replace(folder)
        shutil.rmtree(old, ignore_errors=True)


def comes_along(place: Path) -> bool:
    """Say whether a model is part of the project: known to load, and not to be removed."""
    return place.resolve() in (FIRST.resolve(), STARTER.resolve())


def make(models: Path) -> None:
    """Make the folder. Raises InputError when that cannot be."""
    try:
        models.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"The models folder {models} cannot be used ({error.strerror}). Set WORKBENCH_MODELS to another."
        ) from error


def remove(folder: Path) -> None:
    """Remove a model or an adapter: it is gone in one step. Raises InputError for what comes along, ModelMissing."""
    if comes_along(folder):
        raise InputError(f"{folder.name} stays: it comes with the project, and serves until another is chosen.")
    if not folder.exists():
        raise ModelMissing(f"There is no model {folder.name} in {folder.parent}.")
    gone = folder.with_name(GONE + folder.name)
    shutil.rmtree(gone, ignore_errors=True)
    folder.replace(gone)
    if gone.is_dir():
        shutil.rmtree(gone)
    else:
        gone.unlink()


def entry(file: Path, sha256: str) -> dict[str, Any]:
    """Return what a manifest says of a file."""
    return {"file": file.name, "sha256": sha256, "bytes": file.stat().st_size}


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest of a folder that is being made, with the time."""
    manifest = manifest | {"added": datetime.now(UTC).isoformat(timespec="seconds")}
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    (folder / "manifest.json").write_text(text, encoding="utf-8", errors="replace")


def _tidy(models: Path) -> None:
    """Undo what a kill left half done; nobody else is at it, see the lock."""
    for path in models.glob(".*"):
        if path.name.startswith((NEW, GONE)):
            shutil.rmtree(path, ignore_errors=True)
        elif path.name.startswith(OLD):
            whole = path.with_name(path.name.removeprefix(OLD))
            if whole.exists():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.replace(whole)


def _sync(folder: Path) -> None:
    """Have the files on the disk before their folder gets its name."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
