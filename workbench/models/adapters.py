"""Adapters that were added by themselves: MODELS/adapters/NAME/, a LoRA in GGUF and a manifest that names its base."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.errors import AdapterMismatch, ModelDamaged, WorkbenchError
from workbench.models.gguf import Header, read_header, sha256
from workbench.models.installed import check_adapter, checked_file, places, read_manifest
from workbench.models.placing import ADAPTERS
from workbench.packaged import file_of


@dataclass(frozen=True, slots=True)
class InstalledAdapter:
    """A LoRA on the disk, checked to be whole."""

    name: str
    title: str
    path: Path
    sha256: str
    bytes: int
    rank: int
    base: str  # the name of the base it was tried on
    base_sha256: str
    licence: str = ""
    notes: str = ""
    trial: dict[str, Any] = field(default_factory=dict)  # see models/trial.py


def adapter_places(models: Path) -> list[Path]:
    """Return the folders of the adapters that were added by themselves."""
    return sorted(path.parent for path in (models / ADAPTERS).glob("[!.]*/manifest.json"))


def read_adapter(folder: Path) -> InstalledAdapter:
    """Return the adapter in a folder. Raises ModelError with the reason."""
    manifest = read_manifest(folder / "manifest.json")
    try:
        path, found = checked_file(folder, manifest["adapter"])
        return InstalledAdapter(
            name=str(manifest["name"]),
            title=str(manifest.get("title") or manifest["name"]),
            path=path,
            sha256=found,
            bytes=path.stat().st_size,
            rank=rank(read_header(path)),
            base=str(manifest["base"]["name"]),
            base_sha256=str(manifest["base"]["sha256"]),
            licence=str(manifest.get("licence", "")),
            notes=str(manifest.get("notes", "")),
            trial=dict(manifest.get("trial", {})),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ModelDamaged(f"{folder / 'manifest.json'} lacks or misspells {error}. Add the adapter again.") from error


@dataclass(frozen=True, slots=True)
class Base:
    """A base model on this machine, as far as an adapter asks."""

    name: str
    header: Header
    sha256: str


def bases(models: Path, *more: Path) -> list[Base]:
    """Return the base models in the folder, and at `more` places; broken ones are left out."""
    found = {}
    for place in dict.fromkeys(path.resolve() for path in (*places(models), *more)):
        try:
            found[place] = _base(place)
        except (WorkbenchError, KeyError, TypeError, OSError):  # the list of models says what is wrong with it
            continue
    return list(found.values())


def base_for(adapter: Header, known: list[Base], wanted: str | None) -> Base:
    """Return the base that the adapter fits: the wanted one, else the only one. Raises AdapterMismatch."""
    if wanted is not None:
        chosen = next((base for base in known if base.name == wanted), None)
        if chosen is None:
            raise AdapterMismatch(f"There is no base model {wanted!r} here; there are {_names(known)}.")
        check_adapter(adapter, chosen.header, chosen.sha256)
        return chosen
    fitting = [base for base in known if _fits(adapter, base)]
    if len(fitting) == 1:
        return fitting[0]
    name = adapter.path.name
    if fitting:
        raise AdapterMismatch(f"{name} fits {_names(fitting)}: say which one it was trained on with --base.")
    raise AdapterMismatch(
        f"{name} is an adapter for the architecture {adapter.architecture!r} and fits none of the base models here "
        f"({', '.join(f'{base.name}: {base.header.architecture!r}' for base in known) or 'there is none'}). "
        "Get the base it was trained on first."
    )


def rank(adapter: Header) -> int:
    """Return a LoRA's rank: the length that A and B share."""
    return next(tensor.shape[0] for name, tensor in adapter.tensors.items() if name.endswith("lora_b"))


def _base(place: Path) -> Base:
    if not place.is_dir():
        return Base(place.stem, read_header(place), sha256(place))
    manifest = read_manifest(place / "manifest.json")
    base = manifest["base"]
    return Base(str(manifest["name"]), read_header(file_of(place, base)), str(base["sha256"]))


def _fits(adapter: Header, base: Base) -> bool:
    try:
        check_adapter(adapter, base.header, base.sha256)
    except AdapterMismatch:
        return False
    return True


def _names(known: list[Base]) -> str:
    return " and ".join(base.name for base in known) or "none"
