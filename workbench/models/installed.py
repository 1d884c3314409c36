"""A model on disk: one GGUF file, or a folder with a manifest that names a base and its adapters."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.errors import AdapterMismatch, ModelDamaged, ModelMissing
from workbench.models.gguf import Header, read_header, sha256
from workbench.packaged import file_of


@dataclass(frozen=True, slots=True)
class Installed:
    """A base model and its adapters, checked to be whole and to belong together."""

    name: str
    title: str
    base: Path
    base_sha256: str
    adapters: dict[str, Path] = field(default_factory=dict)
    parameters: int = 0
    licence: str = ""
    notes: str = ""
    prompts_version: int | None = None


def read_model(path: Path) -> Installed:
    """Return the model at `path`, a .gguf file or a folder with manifest.json. Raises ModelError with the reason."""
    if not path.is_dir():
        header = read_header(path)
        title = header.text("general.name") or path.stem
        return Installed(path.stem, title, path, sha256(path), parameters=header.parameters)
    manifest = read_manifest(path / "manifest.json")
    try:
        base, base_sha256 = checked_file(path, manifest["base"])
        adapters = {name: checked_file(path, entry)[0] for name, entry in manifest.get("adapters", {}).items()}
        header = read_header(base)
        for adapter in adapters.values():
            check_adapter(read_header(adapter), header, base_sha256)
        return Installed(
            name=str(manifest["name"]),
            title=str(manifest.get("title") or manifest["name"]),
            base=base,
            base_sha256=base_sha256,
            adapters=adapters,
            parameters=header.parameters,
            licence=str(manifest.get("licence", "")),
            notes=str(manifest.get("notes", "")),
            prompts_version=manifest.get("prompts_version"),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ModelDamaged(f"{path / 'manifest.json'} lacks or misspells {error}. Export the model again.") from error


def places(models: Path) -> list[Path]:
    """Return where the models folder holds a base model: a folder with a manifest, or a lone GGUF file."""
    files = (path for path in models.glob("[!.]*.gguf") if path.is_file())
    folders = (path.parent for path in models.glob("[!.]*/manifest.json"))
    return sorted((*files, *folders))


def knows_checks(adapter: Path, task: str) -> bool:
    """Say whether an adapter learned the eight checks from judged ideas: the run that taught it left its record."""
    return (adapter.parent / "records" / task / "checks.json").is_file()


def check_adapter(adapter: Header, base: Header, base_sha256: str) -> None:
    """Raise AdapterMismatch unless the adapter's tensors fit the base's, and its noted base, if any, is this one."""
    name = adapter.path.name
    if adapter.metadata.get("general.type") != "adapter" or adapter.metadata.get("adapter.type") != "lora":
        raise AdapterMismatch(f"{name} is not a LoRA adapter. Pick a file that the export wrote as one.")
    if adapter.architecture != base.architecture:
        raise AdapterMismatch(
            f"{name} is for the architecture {adapter.architecture!r}, {base.path.name} is {base.architecture!r}. "
            "Pick another adapter or change the base model."
        )
    noted = adapter.metadata.get("workbench.base_sha256", base_sha256)
    if noted != base_sha256:
        raise AdapterMismatch(
            f"{name} was trained on the base {str(noted)[:12]}, the loaded one is {base_sha256[:12]}. "
            "Pick another adapter or change the base model."
        )
    misfit = next((tensor for tensor in adapter.tensors if not _fits(tensor, adapter, base)), None)
    if misfit or not adapter.tensors:
        raise AdapterMismatch(
            f"{name} was made for another base than {base.path.name}: its tensor {misfit} does not fit. "
            "Pick another adapter or change the base model."
        )


def _fits(name: str, adapter: Header, base: Header) -> bool:
    """Say whether a tensor fits its target, as llama.cpp asks: A (columns, rank), B (rank, rows)."""
    target, _, part = name.rpartition(".")
    if target not in base.tensors or part not in ("lora_a", "lora_b"):
        return False
    other = adapter.tensors.get(f"{target}.{'lora_b' if part == 'lora_a' else 'lora_a'}")
    mine, place = adapter.tensors[name].shape, base.tensors[target].shape
    if other is None or len(mine) < 2 or len(other.shape) < 2 or len(place) < 2:
        return False
    (a, b), (columns, rows) = (mine, other.shape) if part == "lora_a" else (other.shape, mine), place[:2]
    if target == "token_embd.weight":  # looked up, not multiplied: there A and B have changed places
        return a[1] == rows and b[1] == columns
    return a[0] == columns and b[1] == rows and a[1] == b[0]


def read_manifest(path: Path) -> dict[str, Any]:
    """Return a manifest as it stands there. Raises ModelMissing, ModelDamaged."""
    if not path.is_file():
        raise ModelMissing(
            f"There is no manifest.json in {path.parent}. Point WORKBENCH_MODEL at a model's folder or GGUF file."
        )
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelDamaged(f"{path} is not valid JSON ({error}). Export the model again.") from error
    if not isinstance(manifest, dict):
        raise ModelDamaged(f"{path} does not hold a JSON object. Export the model again.")
    return manifest


def checked_file(folder: Path, entry: dict[str, Any]) -> tuple[Path, str]:
    """Return the file's path and hash after comparing both size and hash with the manifest."""
    path, expected = file_of(folder, entry), str(entry["sha256"])
    again = f"Install {entry.get('requirement')} again" if "package" in entry else "Copy it again"
    if not path.is_file():
        raise ModelMissing(f"{path} is named in manifest.json but is not there. Copy the whole folder again.")
    if path.stat().st_size != entry.get("bytes", path.stat().st_size):
        raise ModelDamaged(
            f"{path.name} has {path.stat().st_size:,} bytes, its manifest says {entry['bytes']}. {again}."
        )
    read_header(path)  # a cut-off or foreign file gets its own sentence before its hash is compared
    found = sha256(path)
    if found != expected:
        raise ModelDamaged(f"{path.name} has the hash {found[:12]}, its manifest says {expected[:12]}. {again}.")
    return path, found
