"""Adding a model or an adapter from a file: looked at, tried in a child process, then put in place in one step.

The app's own process reads the header only, within bounds; llama.cpp sees the file in the child first.
"""

import hashlib
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from workbench.errors import InputError, ModelError, ModelMissing
from workbench.models.adapters import InstalledAdapter, base_for, bases, rank, read_adapter
from workbench.models.gguf import Header, read_header, sha256
from workbench.models.inspecting import Sort, sort_of
from workbench.models.installed import Installed, places, read_manifest, read_model
from workbench.models.placing import ADAPTERS, aside, entry, make, slug, write_manifest
from workbench.models.trial import run_trial
from workbench.packaged import missing

MOST_UPLOADED = 2 * 2**30  # bytes of a file that comes through the browser; a larger one is added by its path
SPARE = 200_000_000  # bytes of disk that stay free
PLAIN = re.compile(r"\w[\w.-]{,120}\.gguf", re.ASCII)  # a file's name that may stay
AT_ONCE = 8 * 2**20  # bytes of a read while copying

Progress = Callable[[str, float], None]  # what it is doing, and the share done; what it raises ends it


def check_upload(models: Path, name: str, size: int, beginning: bytes) -> None:
    """Raise InputError when a file that comes through the browser cannot be a model, or has no room; before it is kept.

    `beginning`: its first bytes, four or more.
    """
    if not name.lower().endswith(".gguf") or beginning[:4] != b"GGUF":
        raise InputError(f"{name} is not a GGUF file. Convert the model to GGUF, or pick another file.")
    if size > MOST_UPLOADED:
        raise InputError(
            f"{name} has {size / 1e9:.1f} GB; the page takes up to {MOST_UPLOADED / 1e9:.1f} GB. Add it by its path."
        )
    require_room(models, name, size)


def require_room(models: Path, name: str, size: int) -> None:
    """Raise InputError when the disk of the models folder cannot hold so many bytes more."""
    make(models)
    free = shutil.disk_usage(models).free
    if free < size + SPARE:
        raise InputError(
            f"{name} needs {size / 1e9:.1f} GB on the disk of {models}, {free / 1e9:.1f} GB are free. "
            "Make room and start again."
        )


def add(
    models: Path, path: Path, *, name: str | None = None, base: str | None = None, own: bool = False,
    more: tuple[Path, ...] = (), progress: Progress = lambda _words, _share: None,
) -> Installed | InstalledAdapter:  # fmt: skip
    """Check a GGUF file, try it, and put it into the models folder under `name`, its own name if None.

    A LoRA is checked against and tried on the base it was made for: `base` says which where several fit. `own`: the
    file is moved instead of copied. `more`: base models that lie elsewhere. A kill leaves nothing half made.
    Raises ModelError, InputError.
    """
    progress("looking at the file", 0.0)
    header = read_header(path)
    sort = sort_of(header)
    chosen = slug(name or path.stem)
    if sort is Sort.ADAPTER:
        return _add_adapter(models, path, header, chosen, base, own, more, progress)
    with aside(models / chosen) as folder:
        file, digest = _bring(path, folder, models, own, progress)
        _refuse_twin(models, path.name, digest)
        fill(folder, file, digest, {"name": chosen, "title": _title(header, chosen)}, progress)
    return read_model(models / chosen)


def fill(folder: Path, file: Path, sha256: str, about: dict[str, Any], progress: Progress) -> None:
    """Try the base model that lies in a folder being made, and write its manifest. Raises ModelError."""
    header = read_header(file)
    sort_of(header)
    manifest = {
        "base": entry(file, sha256), "adapters": {}, "parameters": header.parameters,
        "licence": header.text("general.license"), "trial": _tried(file, None, progress),
    }  # fmt: skip
    write_manifest(folder, manifest | {key: value for key, value in about.items() if value})


def _add_adapter(
    models: Path, path: Path, header: Header, name: str, wanted: str | None, own: bool, more: tuple[Path, ...],
    progress: Progress,
) -> InstalledAdapter:  # fmt: skip
    base = base_for(header, bases(models, *more), wanted)
    with aside(models / ADAPTERS / name) as folder:
        file, digest = _bring(path, folder, models, own, progress)
        manifest = {
            "name": name, "title": _title(header, name), "adapter": entry(file, digest),
            "base": {"name": base.name, "sha256": base.sha256}, "rank": rank(header),
            "licence": header.text("general.license"), "trial": _tried(base.header.path, file, progress),
        }  # fmt: skip
        write_manifest(folder, manifest)
    return read_adapter(models / ADAPTERS / name)


def _bring(path: Path, folder: Path, models: Path, own: bool, progress: Progress) -> tuple[Path, str]:
    """Copy or move the file into the folder; return where it is, and its hash.

    Copied, not linked: who writes into the original later would change, or end, a model at work.
    """
    target = folder / (path.name if PLAIN.fullmatch(path.name) else f"{slug(path.stem)}.gguf")
    if own and path.stat().st_dev == models.stat().st_dev:
        path.replace(target)
        progress("reading it", 0.0)
        return target, sha256(target)
    size, done, digest = path.stat().st_size, 0, hashlib.sha256()
    require_room(models, path.name, size)
    with path.open("rb") as source, target.open("wb") as copy:
        while piece := source.read(AT_ONCE):
            copy.write(piece)
            digest.update(piece)
            done += len(piece)
            progress("copying", min(1.0, done / size))
    if done != size:
        raise ModelMissing(f"{path.name} changed while it was copied. Wait until it is whole, and add it again.")
    return target, digest.hexdigest()


def _refuse_twin(models: Path, name: str, sha256: str) -> None:
    """Raise InputError when the very same file is here already."""
    for place in places(models):
        try:
            same = place.is_dir() and read_manifest(place / "manifest.json")["base"]["sha256"] == sha256
        except (ModelError, KeyError, TypeError):
            continue
        if same and not missing(place):
            raise InputError(f"{name} is already here: it is the model {place.name}.")


def _title(header: Header, name: str) -> str:
    return header.text("general.name")[:100] or name


def _tried(base: Path, adapter: Path | None, progress: Progress) -> dict[str, Any]:
    """Return the figures of a trial, as a manifest keeps them."""

    def go_on() -> bool:
        progress("trying it", 0.0)
        return True

    return asdict(run_trial(base, adapter, go_on=go_on))
