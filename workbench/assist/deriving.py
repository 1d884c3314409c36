"""Ideas out of ideas: the opposite of one, and what two of them make together. They remember where they come from."""

from functools import partial

from workbench.assist import prompts
from workbench.assist.brainstorming import TOKENS, Brainstorming, IdeaSlot
from workbench.assist.prompts.deriving import joining, opposite_of
from workbench.assist.runs import Run
from workbench.assist.submitting import seeded
from workbench.engine.interface import BALANCED, Sampling
from workbench.errors import InputError
from workbench.records import Board, Idea


class Deriving(Brainstorming):
    """Brainstorms whose ideas have one or two parents on the board."""

    def opposite(self, board: Board, idea: Idea, *, n: int = 4, sampling: Sampling = BALANCED) -> Run:
        """Start `n` ideas that turn this one round, half of them through the lens that reverses."""
        context = opposite_of(_line(idea), prompts.for_whom(board.context, board.audience))
        return self._derived(board, idea, None, "reverse", context, n, sampling)

    def combine(self, board: Board, first: Idea, second: Idea, *, n: int = 4, sampling: Sampling = BALANCED) -> Run:
        """Start `n` ideas that join the two, half of them through the lens that combines."""
        if first.id == second.id:
            raise InputError(f"“{first.title or first.body}” cannot be combined with itself. Select another one too.")
        context = joining(_line(first), _line(second), prompts.for_whom(board.context, board.audience))
        return self._derived(board, first, second, "combine", context, n, sampling)

    def _derived(
        self, board: Board, parent: Idea, second: Idea | None, lens: str, context: str, n: int, sampling: Sampling
    ) -> Run:
        run = Run("brainstorm", board.question, board_id=board.id, idea_id=parent.id)
        labels = [lens if number % 2 else "" for number in range(n)]
        ask = partial(prompts.one_idea, board.question, context=context, constraints=board.constraints)
        second_id = second.id if second else None
        slots = [IdeaSlot(lens=label, ask=ask, second_parent_id=second_id) for label in labels]
        return self._ideas(run, slots, seeded(sampling, max_tokens=TOKENS))


def _line(idea: Idea) -> str:
    return prompts.idea_line(idea.title, idea.body)
