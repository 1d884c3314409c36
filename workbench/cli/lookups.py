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
from workbench.settings import ROOT, settings

MODELS = ROOT / "data" / "models"


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


def models(arguments: argparse.Namespace, out: TextIO) -> int:
    """Print the models in data/models and the one in use, each checked to be whole."""
    used = settings().model.resolve()
    rows = [_described(path, used) for path in dict.fromkeys([*_found(), used])]
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False), file=out)
        return 0
    for row in rows:
        mark = "in use" if row["used"] else ""
        if row["error"]:
            print(f"{row['name']:<24} {row['error']}", file=out)
            continue
        parts = f"{row['parameters'] / 1e6:,.1f} M parameters, {row['bytes'] / 1e6:,.1f} MB"
        adapters = ", ".join(row["adapters"]) or "no adapters"
        print(f"{row['name']:<24} {parts}, {adapters}{', ' + mark if mark else ''}", file=out)
    return 0


def _found() -> list[Path]:
    return sorted(path.resolve() for path in MODELS.glob("*") if path.suffix == ".gguf" or path.is_dir())


def _described(path: Path, used: Path) -> dict[str, Any]:
    from workbench.models import read_model

    row: dict[str, Any] = {
        "name": path.stem, "title": "", "path": str(path), "parameters": 0, "bytes": 0, "adapters": [], "licence": "",
        "notes": "", "used": path == used, "error": None,
    }  # fmt: skip
    try:
        model = read_model(path)
    except ModelError as error:
        return row | {"error": str(error)}
    files = [model.base, *model.adapters.values()]
    return row | {
        "name": model.name, "title": model.title, "parameters": model.parameters,
        "bytes": sum(file.stat().st_size for file in files), "adapters": list(model.adapters),
        "licence": model.licence, "notes": model.notes,
    }  # fmt: skip
