"""Feedback: what people say about answers, one row for each answer and person; undone and edited like the rest."""

import json
from dataclasses import replace

from sqlite_utils import Database

from workbench.errors import InputError
from workbench.records import ME, Feedback, Said, Thumb
from workbench.store.actions import act_on_feedback
from workbench.store.connection import Connection, Row, clean, insert, now, require, select

LONGEST = 20_000  # characters of a comment or a corrected answer
SAID = ("thumb", "reasons", "comment", "corrected")
ALL = """
    select feedback.*, generations.task, generations.model, generations.model_sha256, generations.adapter,
        generations.adapter_sha256, generations.prompts_version, generations.text, generations.messages,
        generations.finish, generations.board_id, coalesce(boards.question, '') as question,
        coalesce(topic_groups.name, '') as topic_group
    from feedback join generations on generations.id = feedback.generation_id
    left join boards on boards.id = generations.board_id
    left join topic_groups on topic_groups.board_id = generations.board_id
    where not feedback.removed"""


class GivenFeedback(Connection):
    """Reads and writes of feedback, and of the names of groups of topics."""

    def said_about(self, generation_id: int, person: str) -> Said:
        """Return what this person said about an answer; empty when nothing."""
        sql = "select thumb, reasons, comment, corrected from feedback where generation_id = ? and person = ?"
        with self._reading() as db:
            found = select(db, f"{sql} and not removed", [generation_id, name_of(person)])
            return _said(found[0]) if found else Said()

    def give_feedback(self, generation_id: int, person: str, said: Said) -> None:
        """Let this be all that the person says about the answer; nothing said takes it away. An action of its board."""
        said = _tidy(said)
        with self._writing() as db:
            generation = require(db, "generations", generation_id, "model answer")
            sql = "select * from feedback where generation_id = ? and person = ?"
            found = select(db, sql, [generation_id, name_of(person)])
            row = found[0] if found else _empty_row(db, generation, name_of(person))
            before = {name: row[name] for name in (*SAID, "removed")}
            after = _columns(said) | {"removed": int(said == Said())}
            if before == after or (row["removed"] and after["removed"]):
                return
            idea_id, revision_id = _about(db, generation)
            db.execute(
                "update feedback set idea_id = ?, revision_id = ?, updated = ? where id = ?",
                [idea_id, revision_id, now(), row["id"]],
            )
            act_on_feedback(db, generation["board_id"], row["id"], "your feedback on an answer", before, after)

    def change_feedback(self, feedback_id: int, said: Said) -> None:
        """Replace what one row says, whoever said it; nothing said takes it away."""
        with self._reading() as db:
            row = require(db, "feedback", feedback_id, "feedback")
        self.give_feedback(row["generation_id"], row["person"], said)

    def feedback(self, generation_id: int | None = None) -> list[Feedback]:
        """Return all feedback newest first, or that on one answer."""
        sql = f"{ALL} and feedback.generation_id = ?" if generation_id is not None else ALL
        values = [generation_id] if generation_id is not None else []
        with self._reading() as db:
            rows = select(db, f"{sql} order by feedback.updated desc, feedback.id desc", values)
            return [_feedback(row) for row in rows]

    def topic_groups(self) -> dict[int, str]:
        """Return the name of the group that each board is in, of those in one."""
        with self._reading() as db:
            return {row["board_id"]: row["name"] for row in select(db, "select * from topic_groups")}

    def set_topic_group(self, board_id: int, name: str) -> None:
        """Put a board into a group of topics; an empty name takes it out."""
        name = " ".join(clean(name).split())[:60]
        with self._writing() as db:
            require(db, "boards", board_id, "board")
            db.execute("delete from topic_groups where board_id = ?", [board_id])
            if name:
                db.execute("insert into topic_groups values (?, ?)", [board_id, name])


def name_of(person: str) -> str:
    """Return a person's name as rows carry it; without one it is `me`."""
    return " ".join(clean(person).split())[:60] or ME


def _tidy(said: Said) -> Said:
    comment, corrected = clean(said.comment).strip(), clean(said.corrected).strip()
    if max(len(comment), len(corrected)) > LONGEST:
        raise InputError(f"A comment or a correction can have {LONGEST:,} characters. Shorten it and save again.")
    reasons = dict.fromkeys(" ".join(clean(each).split())[:60] for each in said.reasons)
    return replace(said, reasons=tuple(each for each in reasons if each), comment=comment, corrected=corrected)


def _columns(said: Said) -> Row:
    reasons = json.dumps(said.reasons, ensure_ascii=False)
    thumb = said.thumb.value if said.thumb else None
    return {"thumb": thumb, "reasons": reasons, "comment": said.comment, "corrected": said.corrected}


def _said(row: Row) -> Said:
    thumb = Thumb(row["thumb"]) if row["thumb"] else None
    return Said(thumb, tuple(json.loads(row["reasons"])), row["comment"], row["corrected"])


def _empty_row(db: Database, generation: Row, person: str) -> Row:
    row = {"generation_id": generation["id"], "person": person, "removed": 1, "created": now(), "updated": now()}
    return require(db, "feedback", insert(db, "feedback", row | _columns(Said())), "feedback")


def _about(db: Database, generation: Row) -> tuple[int | None, int | None]:
    """Return the idea that an answer became, or that it is about, and its present wording."""
    if generation["task"] == "brainstorm":  # its idea_id is the idea it set out from
        found = select(db, "select id, revision_id from ideas where generation_id = ?", [generation["id"]])
    else:
        found = select(db, "select id, revision_id from ideas where id = ?", [generation["idea_id"]])
    return (found[0]["id"], found[0]["revision_id"]) if found else (None, None)


def _feedback(row: Row) -> Feedback:
    fields = {name: value for name, value in row.items() if name not in (*SAID, "removed")}
    return Feedback(**fields, said=_said(row))
