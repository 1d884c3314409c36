"""Several ideas at once, and several changes of one: each call is one action that one undo takes back."""

import json
from collections.abc import Collection, Iterable

from workbench.errors import InputError
from workbench.records import Idea, Status
from workbench.store.actions import Actions
from workbench.store.connection import select
from workbench.store.ideas import NOUNS, Ideas


class Several(Ideas, Actions):
    """Changes and reads of many ideas in one go."""

    def set_statuses(self, idea_ids: Collection[int], status: Status) -> None:
        """Keep, drop, archive or reopen them all."""
        with self.as_one(f"{NOUNS[status]} of {_counted(idea_ids)}"):
            for idea_id in idea_ids:
                self.set_status(idea_id, status)

    def add_tags(self, idea_ids: Collection[int], tags: Iterable[str]) -> None:
        """Give them all these tags, beside those that each has."""
        new = tuple(tags)
        with self.as_one(f"tagging of {_counted(idea_ids)}"):
            for idea_id in idea_ids:
                self.set_tags(idea_id, (*self.idea(idea_id).tags, *new))

    def edit_idea(self, idea_id: int, *, title: str, body: str, tags: Iterable[str], parent_id: int | None) -> Idea:
        """Give an idea these words, tags and parent."""
        before = self.idea(idea_id)
        with self.as_one(f"edit of “{before.title or before.body}”"):
            self.revise(idea_id, title, body)
            self.set_tags(idea_id, tags)
            return self.set_parent(idea_id, parent_id)

    def version_counts(self, board_id: int) -> dict[int, int]:
        """Return how many wordings an idea has had, for those of the board that have had several."""
        sql = """
            select idea_id, count(*) as versions from revisions join ideas on ideas.id = revisions.idea_id
            where board_id = ? group by idea_id having versions > 1"""
        with self._reading() as db:
            return {row["idea_id"]: row["versions"] for row in select(db, sql, [board_id])}

    def latest_scores(self, board_id: int) -> dict[int, dict[str, float]]:
        """Return the dimension scores of the newest judgement of each idea that has one."""
        sql = """
            select idea_id, scores from evaluations where id in (
                select max(evaluations.id) from evaluations join ideas on ideas.id = evaluations.idea_id
                where board_id = ? group by idea_id)"""
        with self._reading() as db:
            return {row["idea_id"]: json.loads(row["scores"]) for row in select(db, sql, [board_id])}


def _counted(idea_ids: Collection[int]) -> str:
    if not idea_ids:
        raise InputError("No idea is selected. Select some first.")
    return f"{len(idea_ids):,} ideas" if len(idea_ids) > 1 else "an idea"
