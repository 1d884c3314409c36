"""Records of the models on this machine, and of which of them does which task."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a model file is."""

    BASE = "base"
    ADAPTER = "adapter"


@dataclass(frozen=True, slots=True)
class RegisteredModel:
    """A base model or an adapter, as it was last seen on the disk."""

    id: int
    kind: Kind
    name: str  # of an adapter: that of its home, a slash, its own
    title: str
    task: str  # an adapter's: what it was trained for; "" when nobody said
    path: str  # a base: the folder with its manifest, or the GGUF file; an adapter: the GGUF file
    sha256: str
    bytes: int
    modified: int  # of the file, in ns: a file that has changed is read anew
    parameters: int = 0  # of a base
    rank: int = 0  # of an adapter
    base_sha256: str = ""  # of an adapter: the base it fits
    licence: str = ""
    notes: str = ""
    run: Mapping[str, Any] = field(default_factory=dict)  # of the training: when, on what, with which data
    figures: Mapping[str, float] = field(default_factory=dict)  # from the run and the export's proof
    removed: bool = False  # it was not there any more at the last look
    added: str = ""


@dataclass(frozen=True, slots=True)
class Binding:
    """Which base, with which adapter, does a task."""

    base: RegisteredModel
    adapter: RegisteredModel | None = None


@dataclass(frozen=True, slots=True)
class Switch:
    """One row of history: what was in use from then on. Number 0 is the beginning, when nothing was chosen."""

    id: int
    words: str  # what was done
    created: str
    of: Mapping[str, Binding] = field(default_factory=dict)  # task -> binding; a task that is not there: the default
    restores: int | None = None  # a roll back: the switch whose state holds again
    before: int = 0  # the switch whose state held until then
