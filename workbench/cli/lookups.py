"""What needs no generation: the library's ideas, and the lenses."""

import argparse
import json
import textwrap
import time
from dataclasses import asdict
from typing import TextIO

from workbench.assist import idea_line
from workbench.errors import InputError
from workbench.settings import settings

MOST_LENSES = 20  # of a kind, in the list for people


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
