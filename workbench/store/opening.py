"""Opening the file: look before touching it, back it up before changing its shape, migrate, set SQLite's pragmas."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from workbench.errors import DamagedDatabase, NewerDatabase, StoreError
from workbench.store.migrations import MIGRATIONS

BUSY_SECONDS = 20  # how long to wait for another process that is writing
HEADER = b"SQLite format 3\x00"


def open_database(path: Path) -> Database:
    """Return the database at `path`, made if missing, checked and brought up to date. Raises StoreError."""
    _require_place(path)
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


def look(path: Path) -> None:
    """Refuse a damaged, foreign or newer file without writing a byte."""
    wal = path.with_name(path.name + "-wal")
    if not wal.exists():
        # Nobody has the file open. A plain read-only look would leave empty -wal and -shm files; "immutable" does not.
        try:
            return _examine(path, "immutable=1")
        except DamagedDatabase:
            if not wal.exists():
                raise  # else another process began to write during the look, which takes no locks: look again
    return _examine(path, "mode=ro")


def _examine(path: Path, mode: str) -> None:
    with path.open("rb") as file:
        if file.read(len(HEADER)) != HEADER:
            raise DamagedDatabase(f"{path} is no SQLite database. Set WORKBENCH_DB to another file; it was left as is.")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?{mode}", uri=True, timeout=BUSY_SECONDS)) as conn:
            db = Database(conn, recursive_triggers=False)
            _require_sound(conn, path, "quick_check")
            _require_ours(db, path)
            _require_known(db, path)
            if MIGRATIONS.pending(db):
                _require_sound(conn, path, "integrity_check")  # slower, also compares every index: once per migration
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise StoreError(f"Another program holds {path}. Close it and try again.") from error
        raise _damaged(path, str(error)) from error


def _require_sound(conn: sqlite3.Connection, path: Path, check: str) -> None:
    verdict = [str(row[0]) for row in conn.execute(f"PRAGMA {check}(3)")]
    if verdict != ["ok"]:
        raise _damaged(path, "; ".join(" ".join(line.split()) for line in verdict))


def _damaged(path: Path, reason: str) -> DamagedDatabase:
    return DamagedDatabase(
        f"The database {path} is damaged ({reason}). It was left as is: put a backup ({path.stem}-*.db) in its place, "
        "or set WORKBENCH_DB to another file."
    )


def _require_ours(db: Database, path: Path) -> None:
    if db.table_names() and not MIGRATIONS.applied(db):
        raise StoreError(f"{path} is another program's database. Set WORKBENCH_DB to another file; it was left as is.")


def _require_known(db: Database, path: Path) -> None:
    known = [migration.name for migration in MIGRATIONS._migrations]
    unknown = [migration.name for migration in MIGRATIONS.applied(db) if migration.name not in known]
    if unknown:
        raise NewerDatabase(
            f"{path} was written by a newer version of the workbench ({unknown[-1]}; this one knows {known[-1]}). "
            "Update the workbench, or set WORKBENCH_DB to another file; it was left as is."
        )


def _require_place(path: Path) -> None:
    advice = "Set WORKBENCH_DB to a file in a folder that you may write to."
    if path.is_dir():
        raise StoreError(f"The database {path} is a folder. {advice}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"The folder {path.parent} cannot be made: {error.strerror}. {advice}") from error
    for place in (path.parent, path):
        if place.exists() and not os.access(place, os.R_OK | os.W_OK):
            raise StoreError(f"The database {path} cannot be written: no right to write to {place}. {advice}")


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
        _require_known(db, path)  # asked again under the lock: another process may have been quicker
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
    with (
        closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(partial)) as target,
    ):
        source.backup(target)
    return partial.replace(copy)


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
