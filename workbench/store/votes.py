"""Votes: which of two is the better, by people and by models. A person's vote is an action that undo takes back."""

from collections.abc import Sequence

from sqlite_utils import Database

from workbench.errors import InputError
from workbench.records import Judge, NewVote, Outcome, Vote, VoteKind
from workbench.store.actions import act_on_vote
from workbench.store.connection import Connection, Row, clean, insert, now, require, select
from workbench.store.ideas import get_idea

SAID = {Outcome.TIE: "tie of", Outcome.BOTH_BAD: "both bad:", Outcome.SKIP: "skipping of"}
TABLES = {VoteKind.IDEA: ("ideas", "idea"), VoteKind.ANSWER: ("generations", "model answer")}


class Votes(Connection):
    """Reads and writes of votes."""

    def add_vote(self, vote: NewVote) -> Vote:
        """Write a vote down. The same draw of sides by the same judge, twice, is a key pressed twice: one vote."""
        with self._writing() as db:
            twice = """select * from votes where not removed and kind = ? and left_id = ? and right_id = ?
                and order_seed = ? and judge = ? and judge_name = ?"""
            key = [vote.kind, vote.left_id, vote.right_id, vote.order_seed, vote.judge, vote.judge_name]
            found = select(db, twice, key) if vote.judge is Judge.PERSON else []
            return vote_of(found[0] if found else require(db, "votes", _add(db, vote), "vote"))

    def add_votes(self, votes: Sequence[NewVote]) -> None:
        """Write several votes of a model down, all or none."""
        with self._writing() as db:
            for vote in votes:
                _add(db, vote)

    def votes(
        self, *, board_id: int | None = None, kind: VoteKind = VoteKind.IDEA, judge: Judge | None = None,
        judge_name: str | None = None, judge_sha256: str | None = None,
    ) -> list[Vote]:  # fmt: skip
        """Return votes oldest first, those that match everything given; undone ones are left out."""
        given = {
            "kind": kind, "board_id": board_id, "judge": judge, "judge_name": judge_name, "judge_sha256": judge_sha256,
        }  # fmt: skip
        filters = {f"{column} = ?": value for column, value in given.items() if value is not None}
        sql = f"select * from votes where not removed and {' and '.join(filters)} order by id"
        with self._reading() as db:
            return [vote_of(row) for row in select(db, sql, list(filters.values()))]


def vote_of(row: Row) -> Vote:
    """Return a table row as a Vote."""
    fields = {name: value for name, value in row.items() if name != "removed"}
    fields |= {"kind": VoteKind(row["kind"]), "outcome": Outcome(row["outcome"]), "judge": Judge(row["judge"])}
    return Vote(**fields)


def _add(db: Database, vote: NewVote) -> int:
    if vote.left_id == vote.right_id:
        raise InputError("A vote needs two different things to compare; both sides were the same one.")
    row: Row = {
        "kind": vote.kind, "board_id": vote.board_id, "left_id": vote.left_id, "right_id": vote.right_id,
        "outcome": vote.outcome, "judge": vote.judge, "judge_name": clean(vote.judge_name),
        "judge_sha256": vote.judge_sha256, "order_seed": vote.order_seed, "p_first": vote.p_first,
        "p_second": vote.p_second, "reason": clean(vote.reason), "created": now(),
    }  # fmt: skip
    undoable = vote.judge is Judge.PERSON and vote.board_id is not None
    for side in ("left", "right"):
        table, noun = TABLES[vote.kind]
        found = require(db, table, row[f"{side}_id"], noun)
        row[f"{side}_revision_id"] = found.get("revision_id")
        if vote.kind is VoteKind.IDEA and found["board_id"] != vote.board_id:
            raise InputError(f"Idea {found['id']} is not on this board. Compare two ideas of one board.")
    vote_id = insert(db, "votes", row | {"removed": int(undoable)})
    if undoable and vote.board_id is not None:  # written as removed, so that showing it is what undo takes back
        act_on_vote(db, vote.board_id, vote_id, _words(db, vote))
    return vote_id


def _words(db: Database, vote: NewVote) -> str:
    if vote.kind is VoteKind.ANSWER:
        return "vote on two answers"
    left, right = (idea.title or idea.body for idea in (get_idea(db, vote.left_id), get_idea(db, vote.right_id)))
    if vote.outcome in SAID:
        return f"{SAID[vote.outcome]} “{left}” and “{right}”"
    better, other = (left, right) if vote.outcome is Outcome.LEFT else (right, left)
    return f"“{better}” over “{other}”"
