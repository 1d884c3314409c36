"""Models that can be downloaded: data in catalogue.json, and the user's own entries in a file beside the models.

Nothing here touches the network. A size marked `exact` is the hub's own, checked against what others have published of
the same file; the others are about so. `pull` asks the hub before it downloads anyway.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from workbench.errors import InputError

FREE_MEMORY = 150_000_000  # bytes for compute buffers and the app itself


class File(BaseModel):
    """One quantisation's file in the repository."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str = Field(pattern=r"^[\w][\w.\-/]*\.gguf$")
    bytes: int = Field(gt=0)
    exact: bool = False


class Entry(BaseModel):
    """A model of the catalogue."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    title: str
    parameters: int = Field(gt=0)
    repository: str = Field(pattern=r"^([\w.-]+/[\w.-]+)?$")  # on the hub; "" for what comes along
    source: str = ""  # the repository of the unquantised model, as training names it
    files: dict[str, File] = Field(min_length=1)  # quantisation -> file; the first is the one to take
    licence: str
    gated: bool = False  # the hub asks for an account that accepted the licence
    context: int = Field(gt=0)  # tokens it was trained for
    kv_bytes_per_token: int = Field(gt=0)  # f16: 2 x layers x KV heads x head size x 2 bytes
    template: str  # chat template family
    good_for: str
    adapters: tuple[str, ...] = ()  # hub repositories of published GGUF adapters

    @property
    def comes_along(self) -> bool:
        """True for the models of the project itself: there is nothing to download."""
        return not self.repository

    def memory(self, quantisation: str, context: int) -> int:
        """Return the memory it needs with so many tokens of context, in bytes."""
        return self.files[quantisation].bytes + self.kv_bytes_per_token * context + FREE_MEMORY

    def quantisation(self, wanted: str | None) -> str:
        """Return the wanted quantisation as the catalogue spells it, or the first. Raises InputError."""
        if wanted is None:
            return next(iter(self.files))
        found = next((name for name in self.files if name.lower() == wanted.lower()), None)
        if found is None:
            raise InputError(f"{self.title} is not offered as {wanted}; choose one of {', '.join(self.files)}.")
        return found


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every entry, the user's own after the shipped ones; an own one of the same name takes the shipped one's place."""

    entries: tuple[Entry, ...]

    def find(self, name: str) -> Entry:
        """Return the entry. Raises InputError with the names there are."""
        found = next((entry for entry in self.entries if entry.name == name.lower()), None)
        if found is None:
            names = ", ".join(entry.name for entry in self.entries)
            raise InputError(f"The catalogue has no model {name!r}; it has {names}.")
        return found


def read_catalogue(own: Path) -> Catalogue:
    """Return the catalogue with the user's own entries from `own`, if that file is there. Raises InputError."""
    shipped = _read(Path(__file__).with_name("catalogue.json"))
    added = _read(own) if own.is_file() else []
    names = {entry.name for entry in added}
    return Catalogue((*(entry for entry in shipped if entry.name not in names), *added))


def _read(path: Path) -> list[Entry]:
    try:
        return TypeAdapter(list[Entry]).validate_python(json.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{path} cannot be used: entry {place}: {first['msg']}. Mend it or move it away.") from error
    except (ValueError, OSError) as error:
        raise InputError(f"{path} cannot be read as JSON ({error}). Mend it or move it away.") from error
