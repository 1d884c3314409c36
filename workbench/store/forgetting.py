"""Forgetting a person: everything that carries the name goes, from the rows and from the file's bytes."""

import sqlite3

from sqlite_utils import Database

from workbench.records import ME, Forgotten
from workbench.store.actions import FEEDBACK, VOTE
from workbench.store.connection import Connection, marks, select
from workbench.store.feedback import name_of

# A vote without a name is of the one person who works here.
VOTER = f"case when trim(judge_name) = '' then '{ME}' else judge_name end"


class Forgetting(Connection):
    """Reads of who said anything, and the way to delete it."""

    def people(self) -> dict[str, tuple[int, int]]:
        """Return how many answers each person spoke about, and how many votes they gave; undone ones count."""
        given = "select person, count(*) as n from feedback group by person"
        voted = f"select {VOTER} as person, count(*) as n from votes where judge = 'person' group by 1"
        with self._reading() as db:
            feedback = {row["person"]: row["n"] for row in select(db, given)}
            votes = {row["person"]: row["n"] for row in select(db, voted)}
        return {name: (feedback.get(name, 0), votes.get(name, 0)) for name in sorted({*feedback, *votes})}

    def forget_person(self, person: str) -> Forgotten:
        """Delete this person's feedback and votes, with the undo log's lines about them, and their name on ideas.

        What is deleted is overwritten in the file. Ideas stay, without the name. It cannot be undone.
        """
        name = name_of(person)
        with self._lock:
            with self._reading() as db:
                db.conn.execute("PRAGMA secure_delete = ON")
            with self._writing() as db:
                feedback = _delete(db, FEEDBACK, "select id from feedback where person = ?", name)
                votes = _delete(db, VOTE, f"select id from votes where judge = 'person' and {VOTER} = ?", name)
                ideas = db.conn.execute("update ideas set owner = '' where owner = ?", [name]).rowcount
            return Forgotten(feedback, votes, ideas, self._overwrite(), self._copies())

    def _overwrite(self) -> bool:
        """Write the file anew without what was deleted, its log too; False when another program keeps it open."""
        with self._reading() as db:
            try:
                db.conn.execute("VACUUM")
                busy, *_ = db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.OperationalError:  # locked
                return False
            return not busy

    def _copies(self) -> tuple[str, ...]:
        return tuple(sorted(file.name for file in self.path.parent.glob(f"{self.path.stem}-*.before-*.db")))


def _delete(db: Database, key: str, which: str, name: str) -> int:
    """Delete these rows of the table that an action's `key` stands for, and the actions; return how many rows."""
    ids = [row["id"] for row in select(db, which, [name])]
    table = {FEEDBACK: "feedback", VOTE: "votes"}[key]
    for at in range(0, len(ids), 500):  # SQLite takes so many values and more
        part = ids[at : at + 500]
        db.conn.execute(f"delete from actions where json_extract(after, '$.{key}') in ({marks(part)})", part)
        db.conn.execute(f"delete from {table} where id in ({marks(part)})", part)
    return len(ids)
