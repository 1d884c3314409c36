"""What needs no generation: the library's ideas, and the models on this machine."""

import argparse
import json
import textwrap
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from workbench.assist import idea_line
from workbench.errors import InputError, ModelError
from workbench.settings import ROOT, Settings, settings

MODELS = ROOT / "data" / "models"
MOST_LENSES = 20  # of a kind, in the list for people
EMBEDS = "embedding model: it tells which ideas are alike"


def library(arguments: argparse.Namespace, out: TextIO) -> int:
    """Print the written ideas that come nearest to the question."""
    from workbench.store import Library

    if arguments.n < 1:
        raise InputError(f"--n {arguments.n} cannot be used: ask for 1 idea or more.")
    if not arguments.question.strip():
        raise InputError("Nothing was given where a question belongs; write it and try again.")
    found = Library(settings().library, settings().library_file)
    began = time.monotonic()
    ideas = found.search(arguments.question, arguments.n)
    seconds = round(time.monotonic() - began, 4)
    if arguments.json:
        record = {"question": arguments.question, "ideas": [asdict(idea) for idea in ideas], "seconds": seconds}
        print(json.dumps(record, ensure_ascii=False), file=out)
        return 0
    for idea in ideas:
        line = f"{idea_line(idea.title, idea.text)}  [on: {idea.topic}]"
        print(textwrap.fill(line, 100, subsequent_indent="    "), file=out)
    if not ideas:
        print("The library has nothing near this question; try other words.", file=out)
    return 0


def lenses(arguments: argparse.Namespace, out: TextIO) -> int:
    """Print every lens but the hundreds of single words, and the personas that fit the topic."""
    from workbench.assist.lenses import KINDS, catalogue, fitting
    from workbench.assist.stimulus import nearby
    from workbench.store import Library, Store

    own = Store(settings().db).own_lenses()
    found = list(catalogue(own, settings().lenses).values())
    near = nearby(Library(settings().library, settings().library_file), arguments.topic) if arguments.topic else []
    personas = [lens.label for lens in own if lens.kind == "persona"]
    fit = fitting(arguments.topic, near, personas) if arguments.topic else []
    if arguments.json:
        rows = [{name: value for name, value in asdict(lens).items() if name != "id"} for lens in found]
        print(json.dumps({"lenses": rows, "fitting": fit}, ensure_ascii=False), file=out)
        return 0
    for kind in KINDS.values():
        labels = [lens.label or "''" for lens in found if lens.kind == kind.kind]
        more = f" and {len(labels) - MOST_LENSES} more" if len(labels) > MOST_LENSES else ""
        shown = ", ".join(labels[:MOST_LENSES]) + more
        if labels:
            print(textwrap.fill(f"{kind.name}: {shown}", 100, subsequent_indent="    "), file=out)
    if fit:
        print(f"\nFit for this topic: {', '.join(fit)}", file=out)
    return 0


def models(arguments: argparse.Namespace, out: TextIO) -> int:
    """Print the models in data/models and those in use: files checked to be whole, a server not contacted."""
    chosen = settings()
    remote = chosen.engine == "remote"
    used = [path.resolve() for path in (None if remote else chosen.model, chosen.embedding_model) if path]
    rows = [_served(chosen)] if remote else []
    rows += [_described(path, path in used) for path in dict.fromkeys([*_found(), *used])]
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False), file=out)
        return 0
    for row in rows:
        print(f"{row['name']:<24} {row['error'] or _in_words(row)}", file=out)
    return 0


def _found() -> list[Path]:
    return sorted(path.resolve() for path in MODELS.glob("*") if path.suffix == ".gguf" or path.is_dir())


def _row(name: str, path: str, used: bool) -> dict[str, Any]:
    return {
        "name": name, "title": "", "path": path, "parameters": 0, "bytes": 0, "adapters": [], "licence": "",
        "notes": "", "used": used, "error": None,
    }  # fmt: skip


def _in_words(row: dict[str, Any]) -> str:
    if not row["bytes"]:
        return str(row["notes"])  # a server's
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
