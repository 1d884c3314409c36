"""Opening the file: look first, set SQLite's pragmas, back up before a migration, migrate."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from workbench.errors import StoreError
from workbench.store.checks import BUSY_SECONDS, look, require_known, require_place
from workbench.store.migrations import MIGRATIONS


def open_database(path: Path) -> Database:
    """Return the database at `path`, made if missing, checked and brought up to date. Raises StoreError."""
    require_place(path)
    if path.exists() and path.stat().st_size:
        look(path)
    # One connection serves every thread; Connection holds the lock that makes that safe.
    conn = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
    try:
        db = Database(conn)
        _use_wal(conn)
        migrate(db, path)
        conn.execute("PRAGMA synchronous = NORMAL")  # with WAL a power cut may cost the last words, never the file
        conn.execute("PRAGMA foreign_keys = ON")  # after the migrations: a table may be rebuilt there
    except sqlite3.DatabaseError as error:
        conn.close()
        raise StoreError(f"The database {path} cannot be opened: {error}. Close other programs that use it.") from error
    except BaseException:
        conn.close()
        raise
    return db


def _use_wal(conn: sqlite3.Connection) -> None:
    """Let readers and one writer work side by side."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            conn.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:  # SQLite does not wait by itself here: two processes made the file at once
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def migrate(db: Database, path: Path) -> None:
    """Apply what is pending, all or nothing, after a dated backup of a database that holds something."""
    if not MIGRATIONS.pending(db):
        return
    with begin_immediate(db):
        require_known(db, path)  # asked again under the lock: another process may have been quicker
        pending = MIGRATIONS.pending(db)
        if pending and MIGRATIONS.applied(db):
            back_up(path, pending[0].name.split("_")[0])
        MIGRATIONS.apply(db)
        broken = db.conn.execute("PRAGMA foreign_key_check").fetchall()
        assert not broken, f"rows that point nowhere after the migration: {broken[:5]}"


def back_up(path: Path, number: str) -> Path:
    """Write a dated copy beside the database, complete or not at all, and return its path."""
    copy = path.with_name(f"{path.stem}-{datetime.now(UTC):%Y%m%d-%H%M%S}.before-{number}.db")
    partial = copy.with_name(copy.name + ".partial")
    try:
        with (
            closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(partial)) as target,
        ):
            source.backup(target)
        return partial.replace(copy)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def begin_immediate(db: Database) -> Iterator[None]:
    """One transaction that takes the write lock at once.

    `db.atomic()` begins deferred: a transaction that reads first and writes later then fails at once, without waiting,
    when another process wrote in between. Inside this one `atomic()` is a savepoint.
    """
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.rollback()
        raise
    try:
        db.commit()
    except BaseException:
        db.rollback()
        raise
