"""A board's ideas as a file can carry them: whole, with their histories, counted from 1 instead of by row."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from sqlite_utils import Database

from workbench.errors import InputError
from workbench.records import Origin, Status
from workbench.store.actions import Actions, act
from workbench.store.connection import Row, clean, now, require, select
from workbench.store.ideas import COLUMNS, TABLES, idea_of, tags_text, wording


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an idea's words."""

    title: str
    body: str = ""
    source: str = "person"
    goal: str = ""
    created: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One idea with everything about it that is the person's; parents by the numbers of other entries."""

    title: str
    body: str = ""
    status: Status = Status.KEPT
    tags: tuple[str, ...] = ()
    lens: str = ""
    origin: Origin = Origin.PERSON
    owner: str = ""
    number: int | None = None
    parent: int | None = None
    second_parent: int | None = None  # the other idea that this one was combined of
    library_id: str | None = None
    created: str = ""
    revisions: tuple[Version, ...] = ()  # oldest first; empty: the wording above is the only one
    folded_into: int | None = None  # the entry that says the same
    cell: tuple[int, ...] = ()  # keys of the values of the board's dimensions


class Entries(Actions):
    """Boards out, whole, and in again."""

    def entries(self, board_id: int, idea_ids: Collection[int] | None = None) -> list[Entry]:
        """Return a board's ideas, or those of these numbers, oldest first; parents left outside are left out."""
        sql = f"select {COLUMNS} from {TABLES} where ideas.board_id = ? and not ideas.removed order by ideas.id"
        history = """
            select revisions.* from revisions join ideas on ideas.id = revisions.idea_id
            where ideas.board_id = ? and not ideas.removed order by revisions.id"""
        with self._reading() as db:
            require(db, "boards", board_id, "board")
            ideas = [idea_of(row) for row in select(db, sql, [board_id])]
            versions: dict[int, list[Version]] = {}
            for row in select(db, history, [board_id]):
                version = Version(row["title"], row["body"], row["source"], row["goal"], row["created"])
                versions.setdefault(row["idea_id"], []).append(version)
        chosen = [idea for idea in ideas if idea_ids is None or idea.id in idea_ids]
        numbers = {idea.id: number for number, idea in enumerate(chosen, 1)}
        return [
            Entry(
                idea.title, idea.body, idea.status, idea.tags, idea.lens, idea.origin, idea.owner, numbers[idea.id],
                numbers.get(idea.parent_id or 0), numbers.get(idea.second_parent_id or 0), idea.library_id,
                idea.created, tuple(versions[idea.id]), numbers.get(idea.folded_into or 0), idea.cell,
            )
            for idea in chosen
        ]  # fmt: skip

    def add_entries(self, board_id: int, entries: Sequence[Entry], words: str) -> list[int]:
        """Add them all or none, as one action that one undo takes back; return their ids in the same order.

        Raises InputError for an entry without words, a parent that is not among them, or a circle of parents.
        """
        _require_tree(entries)
        rows = [_row(board_id, entry) for entry in entries]
        with self._writing() as db, self.as_one(words):
            require(db, "boards", board_id, "board")
            ids = [int(db.conn.execute(_INSERT, row).lastrowid or 0) for row in rows]
            by_number = {entry.number: row_id for entry, row_id in zip(entries, ids, strict=True) if entry.number}
            for entry, row_id, row in zip(entries, ids, rows, strict=True):
                _add_history(db, row_id, entry, row["created"])
                _add_relatives(db, row_id, entry, by_number)
                act(db, row | {"id": row_id, "removed": 1}, words, {"removed": 0})
            return ids


_COLUMNS = (
    "board_id", "status", "origin", "owner", "lens", "tags", "library_id", "removed", "created", "updated", "cell",
)  # fmt: skip
_INSERT = f"insert into ideas ({', '.join(_COLUMNS)}) values ({', '.join(f':{name}' for name in _COLUMNS)})"


def _row(board_id: int, entry: Entry) -> Row:
    """Return the idea's own row, written as hidden: showing it is what the undo log holds."""
    wording(entry.title, entry.body)
    stamp = clean(entry.created) or now()
    return {
        "board_id": board_id, "status": entry.status, "origin": entry.origin, "owner": clean(entry.owner),
        "lens": clean(entry.lens), "tags": tags_text(entry.tags), "library_id": entry.library_id, "removed": 1,
        "created": stamp, "updated": now(), "cell": json.dumps(sorted(entry.cell)),
    }  # fmt: skip


def _add_history(db: Database, row_id: int, entry: Entry, stamp: str) -> None:
    """Write the versions; the one that holds is the last with the entry's words, added if there is none."""
    holds = wording(entry.title, entry.body)
    versions = [(*wording(each.title, each.body), each) for each in entry.revisions]
    if holds not in [(title, body) for title, body, _ in versions]:
        versions.append((*holds, Version(*holds, created=stamp)))
    present = None
    for title, body, version in versions:
        values = [row_id, title, body, clean(version.source), clean(version.goal), clean(version.created) or stamp]
        sql = "insert into revisions (idea_id, title, body, source, goal, created) values (?, ?, ?, ?, ?, ?)"
        revision_id = db.conn.execute(sql, values).lastrowid
        present = revision_id if (title, body) == holds else present
    db.conn.execute("update ideas set revision_id = ? where id = ?", [present, row_id])


def _add_relatives(db: Database, row_id: int, entry: Entry, by_number: Mapping[int, int]) -> None:
    relatives = (entry.parent, entry.second_parent, entry.folded_into)
    if any(relatives):
        sql = "update ideas set parent_id = ?, second_parent_id = ?, folded_into = ? where id = ?"
        db.conn.execute(sql, [*(by_number.get(each or 0) for each in relatives), row_id])


def _require_tree(entries: Sequence[Entry]) -> None:
    """Refuse numbers given twice, parents that are not there, circles, and folds under nothing that stands."""
    parents: dict[int, list[int]] = {}
    for entry in entries:
        if entry.number is not None:
            if entry.number in parents:
                raise InputError(f"Two ideas have the number {entry.number}; give each its own.")
            parents[entry.number] = [each for each in (entry.parent, entry.second_parent) if each]
    for entry in entries:
        for parent in (entry.parent, entry.second_parent):
            if parent and parent not in parents:
                raise InputError(f"“{entry.title or entry.body}” has the parent {parent}, which is not in the file.")
    standing = {entry.number for entry in entries if entry.folded_into is None}
    for entry in entries:
        if entry.folded_into is not None and entry.folded_into not in standing:
            words = entry.title or entry.body
            raise InputError(f"“{words}” is folded under {entry.folded_into}, which is no idea that stands by itself.")
    try:
        TopologicalSorter(parents).prepare()
    except CycleError as error:
        numbers = ", ".join(str(number) for number in sorted(set(error.args[1]))[:5])
        raise InputError(f"The ideas {numbers} are each other's parents; break the circle and try again.") from error
