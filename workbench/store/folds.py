"""Ideas that repeat others: what a new one is compared with, and what each batch of a model brought."""

from workbench.records import Batch, Idea, Wording
from workbench.store.actions import act
from workbench.store.connection import Connection, require, select
from workbench.store.ideas import get_idea


class Folds(Connection):
    """Reads of what a board already says, and the way back from a fold."""

    def wordings(self, board_id: int, since: str = "") -> list[Wording]:
        """Return the present wording of every idea ever on the board, whatever was decided, changed since a time."""
        sql = """
            select ideas.id, title, body, folded_into is null and not removed as stands, ideas.revision_id, updated
            from ideas join revisions on revisions.id = ideas.revision_id
            where board_id = ? and updated >= ? order by ideas.id"""
        with self._reading() as db:
            return [Wording(**row | {"stands": bool(row["stands"])}) for row in select(db, sql, [board_id, since])]

    def unfold(self, idea_id: int) -> Idea:
        """Let an idea that was folded under another stand by itself."""
        with self._writing() as db:
            idea = get_idea(db, idea_id)
            words = f"unfolding of “{idea.title or idea.body}”"
            act(db, require(db, "ideas", idea_id, "idea"), words, {"folded_into": None})
            return get_idea(db, idea_id)

    def batches(self, board_id: int) -> list[Batch]:
        """Return what each request to a model brought to the board, oldest first."""
        sql = """
            select count(*) as ideas, sum(folded_into is null) as different
            from ideas join generations on generations.id = ideas.generation_id
            where ideas.board_id = ? and not removed group by job_id order by min(ideas.id)"""
        with self._reading() as db:
            return [Batch(row["ideas"], row["different"]) for row in select(db, sql, [board_id])]
