"""One ask, or a file of them, through the same desk as the pages."""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from workbench.assist import Desk, Run, RunView
from workbench.cli import text
from workbench.cli.asks import VERBS, Ask, Record, read
from workbench.engine.interface import State
from workbench.errors import EngineClosed, EngineError, InputError, WorkbenchError

INTERRUPTED = 130  # as a shell counts Ctrl-C
LOOK = 0.1  # seconds between two looks at a run whose ideas are printed as they come


def one(arguments: argparse.Namespace, out: TextIO) -> int:
    """Do what the command line asks for; text as it comes, or one JSON line."""
    ask = read(VERBS[arguments.command], _given(arguments))
    with open_desk() as desk:
        shown = None if arguments.json else text.printer(ask, out)
        record = do(desk, ask, shown)
        if shown is None:
            write(out, record)
    return INTERRUPTED if record.get("stopped") else 0


def many(arguments: argparse.Namespace, out: TextIO) -> int:
    """Do every line of the file: one line out for each line in, as soon as it is ready, in the same order."""
    kind, common = VERBS[arguments.command], _given(arguments)
    failed = done = 0
    with lines(arguments.input) as source, open_desk() as desk:
        for number, line in enumerate(source, 1):
            try:
                record = do(desk, read(kind, common | parse(line)))
            except EngineClosed:
                raise  # no line after this one could be done
            except WorkbenchError as error:
                record, failed = {"line": number, "error": str(error)} | _id(line), failed + 1
                print(f"Line {number}: {error}", file=sys.stderr)
            write(out, record)
            done += 1
            if record.get("stopped"):
                return INTERRUPTED
    print(f"{done} lines, {failed} of them failed.", file=sys.stderr)
    return 1 if failed else 0


def do(desk: Desk, ask: Ask, shown: text.Printer | None = None) -> Record:
    """Run one ask to its end and return its output line; Ctrl-C ends it and gives what there is as `stopped`."""
    began = time.monotonic()
    run = ask.start(desk)
    try:
        view = _follow(run, shown)
    except KeyboardInterrupt:
        run.stop()
        view = run.wait(5)
        if not view.checks and not any(item.text for item in view.items):
            raise  # there is nothing to keep
    if view.state is State.FAILED:
        raise EngineError(view.error or "The model failed without saying why.")
    record = ask.answer(view) | {"model": desk.engine.status().model_for(run.task), "seed": ask.seed}
    record |= {"seconds": round(time.monotonic() - began, 3)}
    record |= {"stopped": True} if view.state is State.STOPPED else {}
    record |= {} if ask.id is None else {"id": ask.id}
    if shown:
        shown.end(view, record)
    return record


def _follow(run: Run, shown: text.Printer | None) -> RunView:
    """Wait for the run's end; print what comes meanwhile."""
    if shown is None:
        return run.wait()
    while True:
        view = run.wait(LOOK)
        shown.look(view)
        if run.settled.is_set():
            return run.view()


@contextmanager
def open_desk() -> Iterator[Desk]:
    """Open the engine, the store and the library that the settings name; close them in the end."""
    from workbench.engine import open_embedder, open_engine
    from workbench.settings import settings
    from workbench.store import Library, Store

    chosen = settings()
    store = Store(chosen.db)
    engine = open_engine(chosen, store)
    status = engine.status()
    if status.error:
        raise EngineClosed(status.error)
    if status.notice:
        print(status.notice, file=sys.stderr)
    library = Library(chosen.library, chosen.library_file)
    desk = Desk(engine, store, library, open_embedder(chosen, engine))
    try:
        yield desk
    finally:
        desk.close()


@contextmanager
def lines(name: str) -> Iterator[BinaryIO]:
    """Open the input file; `-` is standard input, read as it comes."""
    if name == "-":
        yield sys.stdin.buffer
        return
    path = Path(name)
    if not path.is_file():
        raise InputError(f"There is no file {name}: give a JSONL file, or - for standard input.")
    with path.open("rb") as source:
        yield source


def parse(line: bytes) -> Record:
    """Return the line's fields. Raises InputError when it is not a JSON object."""
    try:
        fields = json.loads(line.decode("utf-8"))
    except ValueError as error:
        raise InputError(f"This line is not JSON ({error}).") from error
    if not isinstance(fields, dict):
        raise InputError(f"This line is JSON but not an object such as {next(iter(VERBS.values())).example}.")
    return fields


def write(out: TextIO, record: Record) -> None:
    """Print the record as one line, now."""
    print(json.dumps(record, ensure_ascii=False), file=out, flush=True)


def _given(arguments: argparse.Namespace) -> Record:
    """Return the fields that the command line itself gives."""
    kind = VERBS[arguments.command]
    found = {name: value for name, value in vars(arguments).items() if name in kind.model_fields and value is not None}
    words = getattr(arguments, "words", None)
    if words is not None and "idea" in found:
        raise InputError("The idea was given twice: once as it is and once with --idea; give it once.")
    return found | ({} if words is None else {"idea": words})


def _id(line: bytes) -> Record:
    """Return the id of a line that could not be done, if it has one."""
    try:
        fields = json.loads(line)
    except ValueError:
        return {}
    return {"id": fields["id"]} if isinstance(fields, dict) and "id" in fields else {}
