"""Boards: a question with its ideas, what an idea must know and keep to, and the dimensions of its grid."""

import json
from collections.abc import Sequence
from itertools import count

from workbench.errors import InputError
from workbench.records import Board, Dimension, Value
from workbench.store.actions import act_on_board
from workbench.store.connection import Connection, Row, clean, insert, now, require, select

EARLIER = 20  # questions remembered


class Boards(Connection):
    """Reads and writes of boards."""

    def create_board(self, question: str, *, context: str = "", constraints: str = "", audience: str = "") -> Board:
        """Add a board. Raises InputError for an empty question."""
        words = {"context": context, "constraints": constraints, "audience": audience}
        row = {"question": _question(question)} | {name: clean(text) for name, text in words.items()}
        with self._writing() as db:
            return board_of(require(db, "boards", insert(db, "boards", row | {"created": now()}), "board"))

    def board(self, board_id: int) -> Board:
        """Return one board. Raises NotFound."""
        with self._reading() as db:
            return board_of(require(db, "boards", board_id, "board"))

    def list_boards(self, *, archived: bool = False) -> list[Board]:
        """Return the boards newest first, or the archived ones."""
        with self._reading() as db:
            found = select(db, "select * from boards where archived = ? order by id desc", [archived])
            return [board_of(row) for row in found]

    def recent_boards(self) -> list[Board]:
        """Return the boards, the one that was worked on last first."""
        sql = """
            select boards.* from boards where not archived order by max(
                created, coalesce((select max(updated) from ideas where board_id = boards.id), ''),
                coalesce((select created from generations where board_id = boards.id order by id desc limit 1), '')
            ) desc, id desc"""
        with self._reading() as db:
            return [board_of(row) for row in select(db, sql)]

    def update_board(
        self, board_id: int, *, question: str | None = None, context: str | None = None,
        constraints: str | None = None, audience: str | None = None,
    ) -> Board:  # fmt: skip
        """Change what is given of a board's words, as one action; an earlier question is remembered."""
        given = {"question": question if question is None else _question(question)}
        given |= {"context": context, "constraints": constraints, "audience": audience}
        with self._writing() as db:
            row = require(db, "boards", board_id, "board")
            changes = {name: clean(text) for name, text in given.items() if text is not None}
            changes = {name: text for name, text in changes.items() if text != row[name]}
            words = f"new {' and '.join(changes)} of the board"
            if "question" in changes:
                asked = [row["question"], *json.loads(row["earlier"])]
                kept = [each for each in dict.fromkeys(asked) if each != changes["question"]]
                changes["earlier"] = json.dumps(kept[:EARLIER], ensure_ascii=False)
            act_on_board(db, row, words, changes)
            return board_of(require(db, "boards", board_id, "board"))

    def set_dimensions(self, board_id: int, dimensions: Sequence[Dimension]) -> Board:
        """Give a board these dimensions, as one action; a value with key 0 gets one of its own."""
        with self._writing() as db:
            row = require(db, "boards", board_id, "board")
            cells = "select max(value) as key from ideas, json_each(ideas.cell) where board_id = ?"
            taken = select(db, cells, [board_id])[0]["key"] or 0  # a removed value's key stays with its ideas
            act_on_board(db, row, "dimensions of the board", {"dimensions": _written(dimensions, taken)})
            return board_of(require(db, "boards", board_id, "board"))

    def archive_board(self, board_id: int, archived: bool = True) -> Board:
        """Take a board off the list, or put it back."""
        with self._writing() as db:
            require(db, "boards", board_id, "board")
            db.table("boards").update(board_id, {"archived": int(archived)})
            return board_of(require(db, "boards", board_id, "board"))


def board_of(row: Row) -> Board:
    """Return a table row as a Board."""
    dimensions = tuple(
        Dimension(each["name"], tuple(Value(key, name) for key, name in each["values"]), each["source"])
        for each in json.loads(row["dimensions"])
    )
    more = {"archived": bool(row["archived"]), "dimensions": dimensions, "earlier": tuple(json.loads(row["earlier"]))}
    return Board(**row | more)


def _written(dimensions: Sequence[Dimension], taken: int) -> str:
    """Return the dimensions as the table holds them; new values get keys after the highest one taken."""
    fresh = count(max([taken, *(value.key for each in dimensions for value in each.values)]) + 1)
    rows = []
    for each in dimensions:
        values = [[value.key or next(fresh), _short(value.name)] for value in each.values if value.name.strip()]
        if each.name.strip() and values:
            rows.append({"name": _short(each.name), "values": values, "source": each.source})
    return json.dumps(rows, ensure_ascii=False)


def _short(text: str) -> str:
    return " ".join(clean(text).split())[:60]


def _question(text: str) -> str:
    question = clean(text).strip()
    if not question:
        raise InputError("A board needs a question. Write down what you want ideas for.")
    return question
