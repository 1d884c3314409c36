"""What is asked of a file before the store touches it: a place to write to, sound, ours, and no newer than we are."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database

from workbench.errors import DamagedDatabase, NewerDatabase, StoreError
from workbench.store.migrations import MIGRATIONS, migration_names

BUSY_SECONDS = 20  # how long to wait for another process that is writing
HEADER = b"SQLite format 3\x00"


def require_place(path: Path) -> None:
    """Refuse a place that no database can be written to; make the folder if it is missing."""
    advice = "Set WORKBENCH_DB to a file in a folder that you may write to."
    try:
        if path.is_dir():
            raise StoreError(f"The database {path} is a folder. {advice}")
        path.parent.mkdir(parents=True, exist_ok=True)
        barred = [place for place in (path.parent, path) if place.exists() and not os.access(place, os.R_OK | os.W_OK)]
    except OSError as error:
        raise StoreError(f"The database {path} cannot be made or reached: {error.strerror}. {advice}") from error
    if barred:
        raise StoreError(f"The database {path} cannot be written: no right to write to {barred[0]}. {advice}")


def look(path: Path) -> None:
    """Refuse a damaged, foreign or newer file without writing a byte."""
    wal = path.with_name(path.name + "-wal")
    before = path.stat()
    if not wal.exists():
        # Nobody has the file open. A plain read-only look would leave empty -wal and -shm files; "immutable" does not.
        try:
            return _examine(path, "immutable=1")
        except StoreError:
            after = path.stat()
            if not wal.exists() and (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size):
                raise  # else another process wrote during the look, which takes no locks: look again
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
            require_known(db, path)
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
        f"The database {path} is damaged ({reason}) and was left as is. Move it away together with its -wal and -shm "
        f"files, put a backup ({path.stem}-*.db) in its place if there is one, or set WORKBENCH_DB to another file."
    )


def _require_ours(db: Database, path: Path) -> None:
    if db.table_names() and not MIGRATIONS.applied(db):
        raise StoreError(f"{path} is another program's database. Set WORKBENCH_DB to another file; it was left as is.")


def require_known(db: Database, path: Path) -> None:
    """Refuse a database that holds a migration this version has never heard of."""
    known = migration_names()
    unknown = [migration.name for migration in MIGRATIONS.applied(db) if migration.name not in known]
    if unknown:
        raise NewerDatabase(
            f"{path} was written by a newer version of the workbench ({unknown[-1]}; this one knows {known[-1]}). "
            "Update the workbench, or set WORKBENCH_DB to another file; it was left as is."
        )
