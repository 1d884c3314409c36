"""What is to be improved: the adapter that does a task now, its base, what people said, and the record of the steps."""

import json
from dataclasses import dataclass
from pathlib import Path

from finetune import record
from workbench.errors import InputError
from workbench.models.gguf import sha256
from workbench.models.installed import Installed, read_model
from workbench.models.tasks import ADAPTERS
from workbench.settings import Settings
from workbench.store import Store

TASKS = ("brainstorm", "refine")
FILE = "improve.json"
ENDED = ("promoted", "rejected", "given up", "not enough")


@dataclass(frozen=True)
class Served:
    """What does a task now."""

    name: str  # of the base
    place: Path  # where the registry knows it: its folder, or its file
    base: Path
    base_sha256: str
    adapter: Path | None
    licence: str


def in_use(store: Store, settings: Settings, task: str) -> Served:
    """Return what does a task now. Raises InputError for a model on a server: its weights are not here."""
    if settings.engine != "llama":
        raise InputError("The model in use is on a server; only one on this machine can be improved.")
    binding = None if "model" in settings.model_fields_set else store.in_use().of.get(task)
    if binding is not None:
        installed = read_model(Path(binding.base.path))
        adapter = Path(binding.adapter.path) if binding.adapter else None
        return _served(installed, Path(binding.base.path), adapter)
    installed = read_model(settings.model)
    return _served(installed, settings.model.resolve(), installed.adapters.get(ADAPTERS[task]))


def _served(model: Installed, place: Path, adapter: Path | None) -> Served:
    return Served(model.name, place, model.base, model.base_sha256, adapter, model.licence)


class Improvement:
    """One round of the loop: a folder with the record of what is done, which a kill at any moment leaves whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def facts(self) -> dict:
        """What is written down, {} before the first."""
        path = self.folder / FILE
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    def note(self, **facts: object) -> dict:
        """Write facts down beside those that are there, and return them all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        known = self.facts | facts | {"updated": record.now(), "process": record.process()}
        record.write(self.folder / FILE, known)
        return known

    def say(self, state: str, words: str) -> None:
        """Note the state with a sentence, and print that."""
        self.note(state=state, words=words)
        print(words, flush=True)

    @property
    def ended(self) -> bool:
        return self.facts.get("state") in ENDED


def unfinished(out: Path, task: str) -> Improvement | None:
    """Return the newest round of a task that has not ended."""
    found = [Improvement(folder) for folder in _rounds(out, task)]
    return next((each for each in reversed(found) if not each.ended), None)


def begin(out: Path, task: str, served: Served, store: Store) -> Improvement:
    """Write a new round down."""
    number = max((int(folder.name.rpartition("-")[2]) for folder in _rounds(out, task)), default=0) + 1
    made = Improvement(out / f"{task}-{number}")
    made.note(
        task=task, number=number, started=record.now(), state="collecting", words="",
        database=str(store.path.resolve()),
        base={
            "name": served.name, "place": str(served.place), "path": str(served.base), "sha256": served.base_sha256,
            "licence": served.licence,
        },
        adapter={"path": str(served.adapter), "sha256": sha256(served.adapter)} if served.adapter else None,
        commit=record.commit(), command=f"python -m workbench improve {task}",
    )  # fmt: skip
    return made


def _rounds(out: Path, task: str) -> list[Path]:
    found = [path.parent for path in out.glob(f"{task}-*/{FILE}") if path.parent.name.rpartition("-")[2].isdigit()]
    return sorted(found, key=lambda folder: int(folder.name.rpartition("-")[2]))
