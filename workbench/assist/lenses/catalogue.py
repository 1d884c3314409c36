"""Which lenses there are: those that come with the workbench, those of a file, those the person wrote."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from workbench.errors import InputError
from workbench.records import OwnLens

HERE = Path(__file__).parent
YOURS = "you"
WORST = "flip"  # names no worst idea: the model is asked for one first
LABELLED = ("persona", "constraint", "analogy", "spark", "audience", "flip")  # as in `persona: night nurse`


@dataclass(frozen=True, slots=True)
class Kind:
    """A family of lenses."""

    kind: str
    name: str
    about: str
    source: str  # who thought of it


@dataclass(frozen=True, slots=True)
class Lens:
    """A way of looking at a topic. `label` is what prompts carry; the free lens has an empty one."""

    kind: str  # free | scamper | hat | persona | constraint | analogy | spark | audience | flip | own
    label: str
    name: str  # for people
    instruction: str = ""  # what it asks
    example: str = ""
    source: str = ""
    id: int | None = None  # of the person's own


class FileLens(BaseModel):
    """A lens in the person's JSON file: a list of these."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=80)
    instruction: str = Field(default="", max_length=300)
    example: str = ""
    source: str = ""
    kind: str = "own"


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


_DATA = json.loads(_read("lenses.json"))
KINDS = {row["kind"]: Kind(**row) for row in _DATA["kinds"]}
LENSES = tuple(Lens(**row, source=KINDS[row["kind"]].source) for row in _DATA["lenses"])
PERSONAS: dict[str, str] = json.loads(_read("personas.json"))  # who: the words of what they know
SPARKS = tuple(_read("sparks.txt").split("\n")[:-1])


def label_of(kind: str, name: str, instruction: str = "") -> str:
    """Return what prompts carry for a lens in people's words, in the form that adapters were trained on."""
    if kind in LABELLED:
        return f"{kind}: {name[:1].lower() + name[1:] if name.istitle() else name}"
    return f"{name}: {instruction}" if instruction else name


def _listed(kind: str, name: str) -> Lens:
    words = {"persona": "How would {} go about it?", "spark": "Let this set you off: {}."}
    shown = name[0].upper() + name[1:]
    asks = words[kind].format(name if kind == "spark" or " of " in name else f"a {name}")
    return Lens(kind, f"{kind}: {name}", shown, asks, source=KINDS[kind].source)


BUILT_IN = (
    *LENSES, *(_listed("persona", name) for name in PERSONAS), *(_listed("spark", word) for word in SPARKS),
)  # fmt: skip
_BY_LABEL = {lens.label: lens for lens in BUILT_IN}


def read_file(path: Path) -> list[Lens]:
    """Return the lenses of a person's JSON file. Raises InputError with the first row that does not fit."""
    try:
        rows = TypeAdapter(list[FileLens]).validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"The lenses in {path} cannot be read: {error.strerror}. Check WORKBENCH_LENSES.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"The lenses in {path} cannot be used: {where}: {first['msg'].lower()}. "
            'It holds a list such as [{"name": "Quiet", "instruction": "It makes no sound."}].'
        ) from error
    return [
        Lens(row.kind, label_of(row.kind, row.name, row.instruction), row.name, row.instruction, row.example,
             row.source or path.name)
        for row in rows
    ]  # fmt: skip


def catalogue(own: Sequence[OwnLens] = (), file: Path | None = None) -> dict[str, Lens]:
    """Return every lens by its label: the person's first, then the file's, then those that come along."""
    yours = [Lens(each.kind, each.label, each.name, each.instruction, each.example, YOURS, each.id) for each in own]
    found = {lens.label: lens for lens in (*yours, *(read_file(file) if file else ()))}
    return found | {label: lens for label, lens in _BY_LABEL.items() if label not in found}


def asks_worst(label: str) -> bool:
    """Return whether the lens is to turn the worst idea round and says none: `flip`, also as somebody typed it."""
    return " ".join(label.split()).rstrip(" :").casefold() == WORST


def lens_name(label: str) -> str:
    """Return a lens label in words for people; a person's own lens reads as it was written."""
    return _BY_LABEL[label].name if label in _BY_LABEL else label


def lens_kind(label: str) -> str:
    """Return the kind of a label; `own` when it is none of the known forms."""
    if label in _BY_LABEL:
        return _BY_LABEL[label].kind
    kind = label.partition(": ")[0]
    return kind if kind in KINDS else "own"
