"""The connection that every part of the store shares, and the few words of SQL that all of them use."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any

from sqlite_utils import Database

from workbench.errors import NotFound, StoreError
from workbench.store.opening import begin_immediate, open_database

Row = dict[str, Any]


class Connection:
    """One SQLite connection behind one lock.

    Streamlit runs every page in a fresh, short-lived thread: a connection for each would have to be opened, checked
    and closed hundreds of times an hour. A statement here takes well under a millisecond, so threads may queue.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = RLock()
        self._db = open_database(path)

    def close(self) -> None:
        """Close the file; whatever is asked afterwards raises StoreError."""
        with self._lock:
            self._db.close()

    @contextmanager
    def _reading(self) -> Iterator[Database]:
        with self._lock, self._sentences():
            yield self._db

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        """One transaction, rolled back whole when anything in it fails; inside another one, a part of that."""
        with self._lock, self._sentences():
            if self._db.conn.in_transaction:  # this thread's own, as it holds the lock
                yield self._db
                return
            with begin_immediate(self._db):
                yield self._db

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """Turn SQLite's own words (disk full, locked, closed) into a sentence."""
        try:
            yield
        except sqlite3.ProgrammingError as error:
            if "closed database" not in str(error):
                raise
            raise StoreError(f"The database {self.path} is closed. Start the workbench again.") from error
        except sqlite3.OperationalError as error:
            raise StoreError(
                f"The database {self.path} cannot be used just now: {error}. Nothing was changed; free the disk, "
                "or close the program that holds the file, and try again."
            ) from error


def select(db: Database, sql: str, values: Sequence[object] | Mapping[str, object] = ()) -> list[Row]:
    """Return all rows of a query. `Database.query` would open a savepoint around each."""
    cursor = db.conn.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def require(db: Database, table: str, row_id: int, noun: str) -> Row:
    """Return the row with this id. Raises NotFound."""
    found = select(db, f"select * from {table} where id = ?", [row_id])
    if not found:
        raise NotFound(f"There is no {noun} with the number {row_id}. Reload the page to see what there is.")
    return found[0]


def insert(db: Database, table: str, row: Row) -> int:
    """Add a row and return its id."""
    return int(db.table(table).insert(row).last_pk or 0)


def update(db: Database, table: str, row_id: int, changes: Row) -> None:
    """Change a row. `Table.update` asks for the table's shape and opens a savepoint each time."""
    columns = ", ".join(f"{column} = ?" for column in changes)
    db.conn.execute(f"update {table} set {columns} where id = ?", [*changes.values(), row_id])


def marks(values: Sequence[object]) -> str:
    """Return as many SQL placeholders as there are values: `?, ?, ?`."""
    return ", ".join("?" for _ in values)


def now() -> str:
    """Return the time as the store writes it: UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def clean(text: str) -> str:
    """Return the text as SQLite can hold and search it: no NUL, no half of a surrogate pair."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
