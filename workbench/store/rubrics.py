"""Rubrics: the person's own checks, and which one a board is judged by."""

import json
from functools import lru_cache

from workbench.errors import InputError
from workbench.records import Check, Rubric
from workbench.store.actions import act_on_board, act_on_rubric
from workbench.store.connection import Connection, Row, clean, insert, now, require, select, update


class Rubrics(Connection):
    """Reads and writes of rubrics. The built-in one is no row: it has no number."""

    def save_rubric(self, rubric: Rubric) -> Rubric:
        """Add a rubric, or change the one with its number. Judgements keep the checks they were made by."""
        name = " ".join(clean(rubric.name).split())
        if not name:
            raise InputError("A rubric needs a name. Write one and save again.")
        with self._writing() as db:
            sql = "select id from rubrics where name = ? and id is not ? and not removed"
            if select(db, sql, [name, rubric.id]):
                raise InputError(f"There is a rubric “{name}” already. Give this one another name.")
            row = {"name": name, "checks": checks_text(rubric.checks), "updated": now()}
            if rubric.id is None:
                rubric_id = insert(db, "rubrics", row | {"created": row["updated"]})
            else:
                rubric_id = require(db, "rubrics", rubric.id, "rubric")["id"]
                update(db, "rubrics", rubric_id, row | {"removed": 0})
            return rubric_of(require(db, "rubrics", rubric_id, "rubric"))

    def rubrics(self) -> list[Rubric]:
        """Return the person's rubrics by name."""
        with self._reading() as db:
            return [rubric_of(row) for row in select(db, "select * from rubrics where not removed order by name")]

    def remove_rubric(self, rubric_id: int, board_id: int) -> None:
        """Take a rubric off the list; its boards go back to the built-in one, its judgements stay as they are.

        The board is the one on which it can be undone.
        """
        with self._writing() as db:
            name = require(db, "rubrics", rubric_id, "rubric")["name"]
            require(db, "boards", board_id, "board")
            act_on_rubric(db, board_id, rubric_id, f"deletion of the checks “{name}”")

    def use_rubric(self, board_id: int, rubric_id: int | None) -> None:
        """Judge a board's ideas by this rubric from now on; None is the built-in one."""
        with self._writing() as db:
            if rubric_id is not None:
                require(db, "rubrics", rubric_id, "rubric")
            act_on_board(db, require(db, "boards", board_id, "board"), "choice of checks", {"rubric_id": rubric_id})

    def rubric_of_board(self, board_id: int) -> Rubric | None:
        """Return the rubric a board is judged by; None is the built-in one."""
        sql = "select rubrics.* from rubrics join boards on boards.rubric_id = rubrics.id where boards.id = ?"
        with self._reading() as db:
            found = select(db, f"{sql} and not removed", [board_id])
            return rubric_of(found[0]) if found else None


def rubric_of(row: Row) -> Rubric:
    """Return a table row as a Rubric."""
    return Rubric(row["id"], row["name"], checks_of(json.loads(row["checks"])))


def rubric_text(rubric: Rubric) -> str:
    """Return a rubric as it is kept beside a judgement."""
    checks = json.loads(checks_text(rubric.checks))
    return json.dumps({"id": rubric.id, "name": rubric.name, "checks": checks}, ensure_ascii=False)


@lru_cache(maxsize=256)  # a board's judgements share one
def read_rubric(text: str) -> Rubric:
    """Return the rubric kept beside a judgement."""
    row = json.loads(text)
    return Rubric(row.get("id"), row["name"], checks_of(row["checks"]))


def checks_text(checks: tuple[Check, ...]) -> str:
    """Return checks as JSON."""
    rows = [
        {"text": clean(check.text), "dimension": check.dimension, "question": clean(check.question)} for check in checks
    ]
    return json.dumps(rows, ensure_ascii=False)


def checks_of(rows: list[Row]) -> tuple[Check, ...]:
    """Return JSON rows as checks."""
    return tuple(Check(row["text"], row["dimension"], row.get("question", "")) for row in rows)
