"""models add, remove: a GGUF file into the models folder, a model out of it."""

import argparse
import sys
from contextlib import closing
from pathlib import Path
from typing import TextIO

from workbench.cli.models.asking import confirm, end, gigabytes, show
from workbench.errors import InputError, ModelMissing
from workbench.settings import settings


def words(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both."""
    add = verbs.add_parser("add", help="a GGUF file, a model or a LoRA: checked, tried in a process of its own, copied")
    add.add_argument("file", type=Path)
    add.add_argument("--name", help="what to call it (the file's name)")
    add.add_argument("--base", metavar="NAME", help="for a LoRA that fits several models: which one it was trained on")
    add.set_defaults(run=add_file)
    remove = verbs.add_parser("remove", help="delete a model or an adapter, or what an unfinished download left")
    remove.add_argument("name", help="as `models` prints it")
    remove.add_argument("--yes", action="store_true", help="do not ask")
    remove.set_defaults(run=remove_model)


def add_file(arguments: argparse.Namespace, out: TextIO) -> int:
    """Check, try and copy the file; print where it is now."""
    from workbench.models.adapters import InstalledAdapter
    from workbench.models.adding import add

    chosen = settings()

    def progress(words: str, share: float) -> None:
        show(f"{words} {100 * share:.0f} %" if share else f"{words} ...")

    try:
        found = add(
            chosen.models, arguments.file, name=arguments.name, base=arguments.base, more=(chosen.model,),
            progress=progress,
        )  # fmt: skip
    finally:
        end()
    if isinstance(found, InstalledAdapter):
        print(f"{found.name} is in place: an adapter of rank {found.rank} for {found.base}.", file=out)
        print(f"To use it: python -m workbench models use {found.base} --adapter {found.name}", file=sys.stderr)
    else:
        print(f"{found.name} is in place: {found.parameters / 1e6:,.1f} M parameters.", file=out)
        print(f"To use it: python -m workbench models use {found.name}", file=sys.stderr)
    return 0


def remove_model(arguments: argparse.Namespace, out: TextIO) -> int:
    """Ask, and delete."""
    from workbench.models.downloads import forget, unfinished
    from workbench.models.placing import remove

    models, name = settings().models, arguments.name
    place = next((path for path in _candidates(models, name) if path.exists()), None)
    if place is None and name in unfinished(models):
        if confirm(f"Delete what came of {name} so far?", arguments.yes):
            forget(models, name)
            print(f"What came of {name} is deleted.", file=out)
        return 0
    if place is None:
        raise ModelMissing(f"There is no model {name!r} in {models}. `python -m workbench models` lists what there is.")
    if place.resolve() == settings().model.resolve() and "model" in settings().model_fields_set:
        raise InputError(f"{name} is the one that WORKBENCH_MODEL names. Name another there first.")
    size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file()) if place.is_dir() else 0
    if confirm(f"Delete {place}{f', {gigabytes(size)}' if size else ''}?{_in_use(place)}", arguments.yes):
        remove(place)
        print(f"{name} is deleted.", file=out)
    return 0


def _candidates(models: Path, name: str) -> list[Path]:
    from workbench.models.placing import ADAPTERS

    if name != Path(name).name or name.startswith("."):
        raise InputError(f"{name!r} is no model's name: give it as `python -m workbench models` prints it.")
    return [models / name, models / f"{name}.gguf", models / ADAPTERS / name]


def _in_use(place: Path) -> str:
    """Return a warning when a task is done by what would be deleted."""
    from workbench.store import Store

    if not settings().db.is_file():
        return ""
    with closing(Store(settings().db)) as store:
        bindings = store.in_use().of
    inside = str(place.resolve())
    tasks = [
        task
        for task, binding in bindings.items()
        if any(model and model.path.startswith(inside) for model in (binding.base, binding.adapter))
    ]
    return f" It does {' and '.join(tasks)} now; the default model takes over." if tasks else ""
