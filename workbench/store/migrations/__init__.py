"""The shape of the database, step by step. A merged migration is never edited: the next one fixes it.

One file for each group of steps; they are imported, and so applied, in the order of their numbers.
"""

import sqlite3
from contextlib import closing

from sqlite_utils import Database

from workbench.store.migrations import first_light

# isort: split
from workbench.store.migrations import brainstorming

# isort: split
from workbench.store.migrations import board

# isort: split
from workbench.store.migrations import reviewing

# isort: split
from workbench.store.migrations import judging

# isort: split
from workbench.store.migrations import votes

# isort: split
from workbench.store.migrations import registry

# isort: split
from workbench.store.migrations import comparing

# isort: split
from workbench.store.migrations import feedback

# isort: split
from workbench.store.migrations.steps import MIGRATIONS

__all__ = [
    "MIGRATIONS", "board", "brainstorming", "comparing", "feedback", "first_light", "judging", "migration_names",
    "registry", "reviewing", "votes",
]  # fmt: skip


def migration_names() -> list[str]:
    """Return the names of all migrations, in order: what an empty database would lack."""
    with closing(sqlite3.connect(":memory:")) as conn:
        return [migration.name for migration in MIGRATIONS.pending(Database(conn))]
