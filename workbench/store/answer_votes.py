"""Votes on two answers of a comparison; the last one can be taken back."""

from collections.abc import Sequence

from workbench.records import Judge, Vote, VoteKind
from workbench.store.connection import Connection, select, update
from workbench.store.votes import vote_of

OF_COMPARISON = """select v.* from votes v where not v.removed and v.kind = ?
    and v.left_id in (select generation_id from comparison_trials where comparison_id = ?)
    and v.right_id in (select generation_id from comparison_trials where comparison_id = ?)"""


class AnswerVotes(Connection):
    """Reads of a comparison's votes, and undo. `Votes.add_vote` writes them."""

    def answer_votes(self, comparison_id: int, judge: Judge | None = None, judge_name: str | None = None) -> list[Vote]:
        """Return the votes on a comparison's answers, oldest first."""
        given = {"judge": judge, "judge_name": judge_name}
        filters = {f"v.{column} = ?": value for column, value in given.items() if value is not None}
        sql = " and ".join([OF_COMPARISON, *filters]) + " order by v.id"
        values: Sequence[object] = [VoteKind.ANSWER, comparison_id, comparison_id, *filters.values()]
        with self._reading() as db:
            return [vote_of(row) for row in select(db, sql, values)]

    def take_back_answer_vote(self, comparison_id: int, judge_name: str) -> Vote | None:
        """Take back the last vote of this person on the comparison and return it; None: there is none."""
        with self._writing() as db:
            votes = self.answer_votes(comparison_id, Judge.PERSON, judge_name)
            if votes:
                update(db, "votes", votes[-1].id, {"removed": 1})
            return votes[-1] if votes else None
