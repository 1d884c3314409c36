"""The library's search index: one SQLite file made from the idea set, replaced whole when the set changes."""

import gzip
import hashlib
import json
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from workbench.errors import StoreError

COLUMNS = "ideas.id, domain, topic, lens, title, text"
FORMAT = "1"  # raise it with the tables below: an index of another format is built anew
SCHEMA = """
    create table made_from (fingerprint text not null);
    create table ideas (
        n integer primary key, id text not null unique, topic_id text not null,
        domain text not null, topic text not null, lens text not null, title text not null, text text not null
    );
    create virtual table search using fts5(
        topic, title, text, domain, content = 'ideas', content_rowid = 'n', tokenize = 'porter unicode61'
    );
"""


def open_index(source: Path, index: Path) -> sqlite3.Connection:
    """Return a read-only connection to an index of this very source, built first where needed. Raises StoreError."""
    fingerprint = _fingerprint(source)
    if _made_from(index) != fingerprint:
        _build(source, index, fingerprint)
    return _connect(index)


def _fingerprint(source: Path) -> str:
    # Hashing 0.8 MB takes a millisecond; size and time would rebuild after each fresh checkout.
    try:
        return f"{FORMAT}:{hashlib.sha256(source.read_bytes()).hexdigest()}"
    except OSError as error:
        raise StoreError(
            f"The idea set {source} cannot be read: {error.strerror}. Restore the file, or set WORKBENCH_LIBRARY."
        ) from error


def _connect(index: Path) -> sqlite3.Connection:
    # An index is never written to once it has its name, only replaced: "immutable" holds, and needs no locks.
    return sqlite3.connect(f"{index.resolve().as_uri()}?immutable=1", uri=True, check_same_thread=False)


def _made_from(index: Path) -> str | None:
    """Return the fingerprint of the source of an index; None: there is none that can be used."""
    if not index.exists():
        return None
    try:
        with closing(_connect(index)) as conn:
            sound = conn.execute("pragma quick_check(1)").fetchone()[0] == "ok"
            return str(conn.execute("select fingerprint from made_from").fetchone()[0]) if sound else None
    except sqlite3.DatabaseError:  # not an index, or a damaged one: it holds nothing that the source does not
        return None


def _build(source: Path, index: Path, fingerprint: str) -> None:
    """Make the index aside and rename it, so that readers, and others who build, only ever see a whole one."""
    aside = index.with_name(f"{index.name}.{os.getpid()}-{secrets.token_hex(4)}.partial")
    try:
        index.parent.mkdir(parents=True, exist_ok=True)
        try:
            _fill(aside, source, fingerprint)
            aside.replace(index)
        finally:
            aside.unlink(missing_ok=True)
    except (OSError, sqlite3.OperationalError) as error:
        raise StoreError(
            f"The library's index {index} cannot be written: {error}. "
            "Set WORKBENCH_LIBRARY_INDEX to a file in a folder that you may write to."
        ) from error


def _fill(aside: Path, source: Path, fingerprint: str) -> None:
    with closing(sqlite3.connect(aside)) as conn:
        conn.executescript(f"pragma journal_mode = off; pragma synchronous = off; {SCHEMA}")
        conn.executemany("insert into ideas values (null, ?, ?, ?, ?, ?, ?, ?)", _read(source))
        conn.execute("insert into search(search) values ('rebuild')")
        conn.execute("insert into search(search) values ('optimize')")
        conn.execute("insert into made_from values (?)", [fingerprint])
        conn.commit()


def _read(source: Path) -> Iterator[tuple[str, ...]]:
    """Yield the ideas of the set as rows of the index."""
    done = 0
    try:
        with gzip.open(source, "rt", encoding="utf-8") as lines:
            for line in lines:
                topic = json.loads(line)
                for place, idea in enumerate(topic["ideas"]):
                    yield (
                        f"{topic['id']}.{place}", topic["id"], topic["domain"], topic["topic"],
                        idea["lens"], idea["title"], idea["text"],
                    )  # fmt: skip
                done += 1
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"The idea set {source} is damaged at line {done + 1} ({error}). "
            "Restore the file, or set WORKBENCH_LIBRARY."
        ) from error
