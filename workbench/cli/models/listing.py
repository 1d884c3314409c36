"""models, models catalogue: what lies on this machine, and what can be downloaded."""

import argparse
import json
import textwrap
from contextlib import closing
from pathlib import Path
from typing import Any, TextIO

from workbench.cli.models.asking import gigabytes
from workbench.errors import ModelError
from workbench.settings import Settings, settings

INDENT = " " * 25
EMBEDS = "embedding model: it tells which ideas are alike"


def words(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `catalogue`."""
    command = verbs.add_parser("catalogue", help="the models that can be downloaded; asks no server")
    command.add_argument("--json", action="store_true", help="one JSON list of the entries")
    command.set_defaults(run=print_catalogue)


def print_list(arguments: argparse.Namespace, out: TextIO) -> int:
    """Print the models in the models folder and those in use: files checked to be whole, a server not contacted."""
    from workbench.models.adapters import adapter_places

    chosen = settings()
    remote = chosen.engine == "remote"
    bases, through = ([], []) if remote else _at_work(chosen)
    used = [path.resolve() for path in (*bases, chosen.embedding_model) if path]
    rows = [_served(chosen)] if remote else []
    rows += [_described(path, path in used) for path in dict.fromkeys([*_found(chosen), *used])]
    rows += [_adapter(path, path in through) for path in adapter_places(chosen.models)]
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False), file=out)
        return 0
    for row in rows:
        print(f"{row['name']:<24} {row['error'] or _in_words(row)}", file=out)
    return 0


def print_catalogue(arguments: argparse.Namespace, out: TextIO) -> int:
    """Print the catalogue's entries, the person's own among them."""
    from workbench.models.catalogue import read_catalogue

    entries = read_catalogue(settings().catalogue).entries
    if arguments.json:
        print(json.dumps([entry.model_dump(mode="json") for entry in entries], ensure_ascii=False), file=out)
        return 0
    for entry in entries:
        quantisation = entry.quantisation(None)
        size, memory = entry.files[quantisation].bytes, entry.memory(quantisation, settings().context)
        gated = ", gated" if entry.gated else ""
        print(f"{entry.name:<24} {entry.title}, {entry.licence}{gated}", file=out)
        line = f"{entry.good_for} {', '.join(entry.files)}; {gigabytes(size)}, {gigabytes(memory)} of memory."
        print(textwrap.fill(line, 100, initial_indent=INDENT, subsequent_indent=INDENT), file=out)
    print("\nTo get one: python -m workbench models pull NAME. It says what it takes, and asks.", file=out)
    return 0


def _found(chosen: Settings) -> list[Path]:
    from workbench.models.installed import places

    return [path.resolve() for path in places(chosen.models)]


def _row(name: str, path: str, used: bool) -> dict[str, Any]:
    return {
        "name": name, "title": "", "path": path, "parameters": 0, "bytes": 0, "adapters": [], "licence": "",
        "notes": "", "used": used, "error": None,
    }  # fmt: skip


def _in_words(row: dict[str, Any]) -> str:
    if not row["bytes"]:
        return str(row["notes"])  # a server's
    if not row["parameters"]:
        return f"{row['notes']}, {row['bytes'] / 1e6:,.1f} MB"  # an adapter's
    size = f"{row['parameters'] / 1e6:,.1f} M parameters, {row['bytes'] / 1e6:,.1f} MB"
    kind = EMBEDS if row["notes"] == EMBEDS else ", ".join(row["adapters"]) or "no adapters"
    return f"{size}, {kind}{', in use' if row['used'] else ''}"


def _served(chosen: Settings) -> dict[str, Any]:
    """Return the row of a server's model."""
    from workbench.engine import open_engine
    from workbench.engine.remote.place import models, prompts_go

    status = open_engine(chosen).status()
    row = _row(models(status) or "remote", status.server, used=True)
    return row | {"notes": prompts_go(status), "error": status.error}


def _described(path: Path, used: bool) -> dict[str, Any]:
    from workbench.models import read_model
    from workbench.models.gguf import read_header

    row = _row(path.stem, str(path), used)
    try:
        model = read_model(path)
        embeds = read_header(model.base).number("pooling_type") > 0
    except ModelError as error:
        return row | {"error": str(error)}
    files = [model.base, *model.adapters.values()]
    return row | {
        "name": model.name, "title": model.title, "parameters": model.parameters,
        "bytes": sum(file.stat().st_size for file in files), "adapters": list(model.adapters),
        "licence": model.licence, "notes": EMBEDS if embeds else model.notes,
    }  # fmt: skip


def _at_work(chosen: Settings) -> tuple[list[Path], list[Path]]:
    """Return where the models lie that were chosen, the default for what nothing was, and the adapters' folders."""
    from workbench.models.tasks import TASKS
    from workbench.store import Store

    if "model" in chosen.model_fields_set or not chosen.db.is_file():
        return [chosen.model], []
    with closing(Store(chosen.db)) as store:
        of = store.in_use().of
    bases = [Path(binding.base.path) for binding in of.values()]
    through = [Path(binding.adapter.path).parent for binding in of.values() if binding.adapter is not None]
    return [*bases, *([chosen.model] if len(of) < len(TASKS) else [])], through


def _adapter(path: Path, used: bool) -> dict[str, Any]:
    """Return the row of an adapter that was added by itself."""
    from workbench.models.adapters import read_adapter

    row = _row(path.name, str(path), used)
    try:
        found = read_adapter(path)
    except ModelError as error:
        return row | {"error": str(error)}
    notes = f"adapter of rank {found.rank} for {found.base}"
    return row | {"title": found.title, "bytes": found.bytes, "licence": found.licence, "notes": notes}
