"""Boards out to files and in again, without a browser."""

import argparse
import json
from pathlib import Path
from typing import TextIO

from workbench.errors import BadFile, InputError, NotFound
from workbench.exchange import bring_in, bring_in_new, content_of, preview, read, write
from workbench.settings import settings
from workbench.store import Store


def export(arguments: argparse.Namespace, out: TextIO) -> int:
    """Write a board to a file, or to standard output."""
    store = Store(settings().db)
    try:
        content = content_of(store, arguments.board)
    except NotFound as error:
        boards = "; ".join(f"{board.id} “{board.question[:50]}”" for board in store.list_boards()[:20]) or "none"
        raise NotFound(f"There is no board with the number {arguments.board}. There are: {boards}.") from error
    finally:
        store.close()
    data = write(content, arguments.format)
    if arguments.out is None:
        out.flush()
        out.buffer.write(data)
        return 0
    try:
        arguments.out.write_bytes(data)
    except OSError as error:
        raise InputError(f"{arguments.out} cannot be written: {error.strerror}. Pick another place.") from error
    print(f"{len(content.ideas):,} ideas written to {arguments.out}.", file=out)
    return 0


def import_(arguments: argparse.Namespace, out: TextIO) -> int:
    """Add a file's ideas to a board, or make a new one of them."""
    file: Path = arguments.file
    try:
        content = read(file.read_bytes(), file.name)
    except OSError as error:
        raise BadFile(f"{file} cannot be read: {error.strerror}.") from error
    store = Store(settings().db)
    try:
        found = preview(store, content, arguments.board)
        if arguments.board:
            imported = len(bring_in(store, found, arguments.board, with_repeats=arguments.with_repeats))
        else:
            imported = len(content.ideas)
            arguments.board = bring_in_new(store, found, arguments.question or content.question or file.stem).id
    finally:
        store.close()
    record = {"board": arguments.board, "imported": imported, "left_out": len(content.ideas) - imported}
    if arguments.json:
        print(json.dumps(record), file=out)
        return 0
    repeats = f"; {record['left_out']:,} that the board already has stayed out" if record["left_out"] else ""
    ideas = f"{imported:,} ideas are" if imported != 1 else "1 idea is"
    print(f"{ideas} now on board {arguments.board}{repeats}.", file=out)
    return 0
