"""What is reported on: a model's folder, or a base and its adapters as loose GGUF files."""

import json
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import InputError
from workbench.models import Installed, read_model
from workbench.models.gguf import sha256


@dataclass(frozen=True)
class Subject:
    """A model with a name for its column."""

    name: str
    path: Path  # what the app would be given: a folder with a manifest, or a GGUF file
    files: Installed

    @property
    def described(self) -> dict:
        """What a report says of it."""
        hashes = {name: sha256(path) for name, path in self.files.adapters.items()}
        return {
            "name": self.name, "path": str(self.path), "sha256": self.files.base_sha256, "adapters": hashes,
            "parameters": self.files.parameters,
        }  # fmt: skip


def of_folders(paths: list[Path]) -> list[Subject]:
    """Return the models at these places, whole and belonging together. Raises InputError, ModelError."""
    for path in paths:
        if not path.exists():
            raise InputError(f"There is no model at {path}. Name a folder with a manifest.json, or a GGUF file.")
    names = [path.resolve().name for path in paths]
    if len(set(names)) < len(names):
        names = [str(path) for path in paths]
    return [Subject(name, path, read_model(path)) for name, path in zip(names, paths, strict=True)]


def of_files(base: Path, adapters: dict[str, Path | None], folder: Path) -> Subject:
    """Return a model of loose files, tied together by a manifest in `folder`. Raises InputError, ModelError."""
    named = {name: path for name, path in adapters.items() if path}
    if missing := next((path for path in (base, *named.values()) if not path.is_file()), None):
        raise InputError(f"There is no file {missing}. Name the GGUF files that belong together.")
    entries = {name: {"file": str(path.resolve()), "sha256": sha256(path)} for name, path in named.items()}
    manifest = {
        "name": base.stem, "base": {"file": str(base.resolve()), "sha256": sha256(base)}, "adapters": entries,
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return Subject(base.stem, folder, read_model(folder))
