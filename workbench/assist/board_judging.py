"""Evaluate a whole board: its ideas one after the other, by their checks."""

import threading

from workbench.assist import prompts
from workbench.assist.batches import Batch
from workbench.assist.evaluating import Evaluating
from workbench.assist.runs import Run
from workbench.engine.embedding import Embedder
from workbench.engine.interface import Engine
from workbench.records import Board, Idea
from workbench.store import Library, Store


class BoardJudging(Evaluating):
    """The verb, for a board."""

    def __init__(self, engine: Engine, store: Store, library: Library, embedder: Embedder | None = None):
        super().__init__(engine, store, library, embedder)
        self._batches: dict[int, Batch] = {}
        self._batches_lock = threading.Lock()

    def unjudged(self, board: Board) -> list[Idea]:
        """Return the board's ideas without a whole judgement of their present wording by the board's checks."""
        rubric = self.store.rubric_of_board(board.id) or prompts.EIGHT
        judged = self.store.judged_by(board.id)
        return [
            idea for idea in self.store.list_ideas(board.id)
            if idea.id not in judged or judged[idea.id].checks != rubric.checks
        ]  # fmt: skip

    def evaluate_board(self, board: Board) -> Batch:
        """Start judging the board's unjudged ideas, one after the other, by their checks alone: words come when asked.

        A board has one batch at a time: a second click returns the one at work.
        """
        rubric = self.store.rubric_of_board(board.id) or prompts.EIGHT
        with self._batches_lock:
            at_work = self.batch(board.id)
            if at_work and not at_work.settled.is_set():
                return at_work

            def judge(idea: Idea) -> Run:
                fresh = self.store.idea(idea.id)  # as it is worded now
                line = prompts.idea_line(fresh.title, fresh.body)
                return self.evaluate(
                    board.question, line, idea_id=idea.id, board_id=board.id, rubric=rubric, words=False
                )

            batch = Batch(board.id, self.unjudged(board), judge)
            self._batches[board.id] = batch
        batch.begin()
        return batch

    def batch(self, board_id: int) -> Batch | None:
        """Return the board's batch, at work or the last that ended."""
        return self._batches.get(board_id)

    def close(self) -> None:
        """End the batches, then what every desk ends."""
        for batch in tuple(self._batches.values()):
            batch.stop()
        super().close()
        for batch in tuple(self._batches.values()):
            batch.settled.wait(5)
