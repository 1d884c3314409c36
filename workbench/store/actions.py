"""The undo log: each change of an idea or a board by the person, as one action that can be taken back."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from sqlite_utils import Database

from workbench.store.connection import Connection, Row, now, select, update

LABEL = "label"  # of the generation that the action concerns; every other key is a column of `ideas`, or of `boards`
VOTE = "vote"  # the number of the vote that the action concerns; the other key is a column of `votes`
FEEDBACK, ANSWER, RUBRIC = "feedback", "answer", "rubric"  # the same of these tables
TABLES = {VOTE: "votes", FEEDBACK: "feedback", ANSWER: "generations", RUBRIC: "rubrics"}
STAMPED = (FEEDBACK, RUBRIC)  # their rows say when they were changed


class Actions(Connection):
    """Undo and redo, board by board."""

    def undo(self, board_id: int) -> str | None:
        """Take back the last action on the board and return its name in plain words; None: there is none."""
        return self._move(board_id, "done", "undone", "Undone")

    def redo(self, board_id: int) -> str | None:
        """Do again what was undone last; None: there is nothing, or something else was done since."""
        return self._move(board_id, "undone", "done", "Redone")

    @contextmanager
    def as_one(self, words: str) -> Iterator[None]:
        """Make everything done inside one action with this name: all of it or none, and one undo takes it back."""
        with self._writing() as db:
            last = db.conn.execute("select coalesce(max(id), 0) from actions").fetchone()[0]
            yield
            # Nobody else writes meanwhile: what came after `last` came from inside.
            sql = "update actions set words = ?, group_id = (select min(id) from actions where id > ?) where id > ?"
            db.conn.execute(sql, [words, last, last])

    def _move(self, board_id: int, state: str, new_state: str, verb: str) -> str | None:
        order, side = ("desc", "before") if new_state == "undone" else ("asc", "after")
        one = f"select * from actions where board_id = ? and state = ? order by id {order} limit 1"
        group = f"select * from actions where group_id = ? order by id {order}"
        with self._writing() as db:
            found = select(db, one, [board_id, state])
            if not found:
                return None
            if found[0]["group_id"]:
                found = select(db, group, [found[0]["group_id"]])
            for action in found:
                changes = json.loads(action[side])
                kind = next((kind for kind in TABLES if kind in changes), None)
                if kind:
                    stamp = {"updated": now()} if kind in STAMPED else {}
                    update(db, TABLES[kind], changes.pop(kind), changes | stamp)
                elif action["idea_id"] is None:
                    update(db, "boards", board_id, changes)
                else:
                    _apply(db, action["idea_id"], action["generation_id"], changes)
                update(db, "actions", action["id"], {"state": new_state})
            return f"{verb}: {found[0]['words']}"


def act(db: Database, idea: Row, words: str, changes: Row, *, generation_id: int | None = None) -> None:
    """Change an idea (and its generation's label) and log it; a change that changes nothing is no action."""
    before = {column: idea[column] for column in changes if column != LABEL}
    if before == {column: value for column, value in changes.items() if column != LABEL}:
        return
    if LABEL in changes:
        before[LABEL] = select(db, "select label from generations where id = ?", [generation_id])[0]["label"]
    _apply(db, idea["id"], generation_id, changes)
    row = {"board_id": idea["board_id"], "idea_id": idea["id"], "words": words, "generation_id": generation_id}
    _log(db, row, before, changes)


def act_on_board(db: Database, board: Row, words: str, changes: Row) -> None:
    """Change a board and log it; a change that changes nothing is no action."""
    before = {column: board[column] for column in changes}
    if before != changes:
        update(db, "boards", board["id"], changes)
        _log(db, {"board_id": board["id"], "idea_id": None, "words": words}, before, changes)


def act_on_vote(db: Database, board_id: int, vote_id: int, words: str) -> None:
    """Let a vote that is written as removed count, and log it."""
    before, after = {VOTE: vote_id, "removed": 1}, {VOTE: vote_id, "removed": 0}
    update(db, "votes", vote_id, {"removed": 0})
    _log(db, {"board_id": board_id, "idea_id": None, "words": words}, before, after)


def act_on_answer(db: Database, answer: Row, words: str, label: str | None) -> None:
    """Mark a model answer of a board as kept or dropped, or take the mark away, and log it."""
    update(db, "generations", answer["id"], {LABEL: label})
    if answer["board_id"] is not None and answer[LABEL] != label:
        row = {"board_id": answer["board_id"], "idea_id": None, "words": words}
        _log(db, row, {ANSWER: answer["id"], LABEL: answer[LABEL]}, {ANSWER: answer["id"], LABEL: label})


def act_on_rubric(db: Database, board_id: int, rubric_id: int, words: str) -> None:
    """Take a rubric off the list and log it on the board where the person did so."""
    update(db, "rubrics", rubric_id, {"removed": 1, "updated": now()})
    before, after = {RUBRIC: rubric_id, "removed": 0}, {RUBRIC: rubric_id, "removed": 1}
    _log(db, {"board_id": board_id, "idea_id": None, "words": words}, before, after)


def act_on_feedback(db: Database, board_id: int | None, row_id: int, words: str, before: Row, after: Row) -> None:
    """Change a row of feedback; on a board, log it."""
    update(db, "feedback", row_id, after)
    if board_id is not None:
        row = {"board_id": board_id, "idea_id": None, "words": words}
        _log(db, row, before | {FEEDBACK: row_id}, after | {FEEDBACK: row_id})


def _log(db: Database, row: Row, before: Row, after: Row) -> None:
    db.execute("update actions set state = 'given up' where board_id = ? and state = 'undone'", [row["board_id"]])
    row = row | {"before": json.dumps(before), "after": json.dumps(after), "created": now()}
    columns = ", ".join(row)
    db.conn.execute(f"insert into actions ({columns}) values ({', '.join('?' for _ in row)})", list(row.values()))


def _apply(db: Database, idea_id: int, generation_id: int | None, changes: Row) -> None:
    columns = {column: value for column, value in changes.items() if column != LABEL}
    update(db, "ideas", idea_id, columns | {"updated": now()})
    if LABEL in changes and generation_id is not None:
        update(db, "generations", generation_id, {"label": changes[LABEL]})
