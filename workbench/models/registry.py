"""The registry: what lies on this machine, written down in the database, and which of it does which task.

    refresh(store, settings)
    use(store, settings, "llama-3.2-1b-instruct-q4_k_m")
    use(store, settings, "starter", tasks=["refine"], adapter="my-refine-2")
    store.roll_back()

A training loop registers what it made as the next version of a task's adapter with `register_adapter`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from workbench.errors import InputError, ModelError
from workbench.models.adapters import adapter_places, read_adapter
from workbench.models.adding import add
from workbench.models.describing import describe_adapter, describe_model, modified, numbers
from workbench.models.gguf import read_header
from workbench.models.inspecting import sort_of
from workbench.models.installed import check_adapter, places, read_model
from workbench.models.placing import comes_along
from workbench.models.tasks import ADAPTERS, TASKS
from workbench.models.trial import run_trial
from workbench.packaged import missing
from workbench.records import Kind, RegisteredModel, Switch
from workbench.settings import STARTER, Settings
from workbench.store import Store

TRIED = "decode_per_s"  # a figure that only a trial gives


def refresh(store: Store, settings: Settings) -> dict[str, str]:
    """Write down what lies in the models folder, the default and the starter; return what cannot be used, and why.

    What has not changed since the last look is not read again.
    """
    broken: dict[str, str] = {}
    known = {each.path: each for each in store.registered(removed=True)}
    elsewhere = (Path(path) for path, model in known.items() if model.kind is Kind.BASE)
    for place in dict.fromkeys((*places(settings.models), settings.model, STARTER, *elsewhere)):
        _look(store, known, place, broken, adapter=False)
    for place in adapter_places(settings.models):
        _look(store, known, place, broken, adapter=True)
    for path, model in known.items():
        there = Path(path).exists() and not missing(Path(path))
        if there == model.removed:
            store.mark_removed(model.id, not there)
    return broken


def use(
    store: Store, settings: Settings, name: str, *, tasks: Sequence[str] = TASKS, adapter: str | None = None
) -> Switch:
    """Let a model do these tasks from now on: one row of history. The files are checked first, hashes too.

    A base that was never tried, put there by hand or named by its path, is tried in a child process before that.

    `name`: a base model, or the path of one. `adapter`: a name; None: the model's own for each task, "" for none.
    Raises ModelError, InputError.
    """
    for place, reason in refresh(store, settings).items():
        if name in (place, Path(place).name):
            raise ModelError(reason)
    base = find(store, name, Kind.BASE)
    chosen = find(store, adapter, Kind.ADAPTER) if adapter else None
    installed = read_model(Path(base.path))
    _require_tried(store, base, installed.base)
    if chosen is not None:
        check_adapter(read_header(Path(chosen.path)), read_header(installed.base), installed.base_sha256)
    choices: dict[str, tuple[int, int | None]] = {}
    for task in tasks:
        if task not in TASKS:
            raise InputError(f"There is no task {task!r}; a model can be chosen for {', '.join(TASKS)}.")
        own = None if adapter == "" else _own_adapter(store, base, task)
        through = chosen or own
        choices[task] = base.id, through.id if through is not None else None
    return store.bind(choices, words(base, chosen, tasks))


def words(base: RegisteredModel, adapter: RegisteredModel | None, tasks: Sequence[str]) -> str:
    """Return what a switch does, for the history."""
    what = f"{base.name} with {adapter.name}" if adapter is not None else base.name
    return f"{what} for {'everything' if len(tasks) == len(TASKS) else ' and '.join(tasks)}"


def find(store: Store, name: str, kind: Kind) -> RegisteredModel:
    """Return the model or adapter with this name, path, or beginning of its hash. Raises InputError."""
    found = [each for each in store.registered(kind=kind) if name in (each.name, each.path)]
    found = found or [each for each in store.registered(kind=kind) if len(name) >= 6 and each.sha256.startswith(name)]
    if not found and kind is Kind.BASE and Path(name).exists():
        described = describe_model(Path(name).resolve())
        if not described:
            raise InputError(f"{name} writes nothing: it is an embedding model. Name it in WORKBENCH_EMBEDDING_MODEL.")
        return store.save_model(described[0])
    if len(found) == 1:
        return found[0]
    what = "adapter" if kind is Kind.ADAPTER else "model"
    if found:
        raise InputError(f"{name!r} is the name of {len(found)} {what}s; give the path of one: {_list(found, 'path')}.")
    there = _list(store.registered(kind=kind), "name") or "none"
    raise InputError(f"There is no {what} {name!r} on this machine; there are: {there}.")


def adapters_of(store: Store, base: RegisteredModel) -> list[RegisteredModel]:
    """Return the adapters that were made for this base, oldest first."""
    return [each for each in store.registered(kind=Kind.ADAPTER) if each.base_sha256 == base.sha256]


def register_adapter(
    store: Store, settings: Settings, path: Path, *, task: str, base: str, run: Mapping[str, Any] | None = None,
    figures: Mapping[str, float] | None = None, proof: Mapping[str, Any] | None = None,
) -> RegisteredModel:  # fmt: skip
    """Copy an adapter's GGUF file into the models folder as the next version of a task's adapter; it is not bound yet.

    It is tried on its base in a child process first. Bind it with `use(store, settings, base, tasks=[task],
    adapter=made.name)`; `store.roll_back()` takes that back. Raises ModelError, InputError.
    """
    if task not in TASKS:
        raise InputError(f"There is no task {task!r}; an adapter can be registered for {', '.join(TASKS)}.")
    refresh(store, settings)
    home = find(store, base, Kind.BASE)
    name = _next_name(settings, home, task)
    made = add(settings.models, path, name=name, base=home.name, more=(Path(home.path),))
    folder = made.path.parent if hasattr(made, "path") else settings.models
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest |= {"task": task, "run": dict(run or {}), "figures": dict(figures or {}), "proof": dict(proof or {})}
    _replace(folder / "manifest.json", json.dumps(manifest, indent=1, ensure_ascii=False))
    read_adapter(folder)
    return store.save_model(describe_adapter(folder))


def _require_tried(store: Store, base: RegisteredModel, file: Path) -> None:
    """Have a model that nobody has tried answer once in a child process: it may end the process it is loaded into."""
    if TRIED in base.figures or comes_along(Path(base.path)):
        return
    sort_of(read_header(file))
    store.add_figures(base.id, numbers(asdict(run_trial(file))))


def _next_name(settings: Settings, base: RegisteredModel, task: str) -> str:
    """Return the name of the next version: `starter-refine-2` after the one that came with the starter."""
    taken = {place.name for place in adapter_places(settings.models)}
    number = 2
    while f"{base.name}-{task}-{number}" in taken:
        number += 1
    return f"{base.name}-{task}-{number}"


def _replace(path: Path, text: str) -> None:
    """Write a file anew: the old one or the new one is there, never half of it."""
    aside = path.with_name(f".{path.name}.new")
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)


def _look(
    store: Store, known: Mapping[str, RegisteredModel], place: Path, broken: dict[str, str], *, adapter: bool
) -> None:
    seen = known.get(str(_file_of(place) if adapter else place))
    if seen is not None and not seen.removed and seen.modified == modified(place) and not missing(place):
        return
    if seen is not None and not place.exists():
        return
    try:
        for model in [describe_adapter(place)] if adapter else describe_model(place):
            store.save_model(model)
    except ModelError as error:
        broken[str(place)] = str(error)


def _file_of(folder: Path) -> Path:
    return next(iter(sorted(folder.glob("*.gguf"))), folder)


def _own_adapter(store: Store, base: RegisteredModel, task: str) -> RegisteredModel | None:
    """Return the adapter that came with the model for this task."""
    own = {each.name: each for each in store.registered(kind=Kind.ADAPTER)}
    return own.get(f"{base.name}/{task}") or own.get(f"{base.name}/{ADAPTERS[task]}")


def _list(models: Sequence[RegisteredModel], field: str) -> str:
    return ", ".join(str(getattr(each, field)) for each in models)
