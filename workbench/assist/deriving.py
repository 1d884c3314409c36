"""Ideas out of ideas: the opposite of one, what two of them make together, and what one makes on another question.

They remember where they come from.
"""

from collections.abc import Sequence
from functools import partial

from workbench.assist import prompts
from workbench.assist.brainstorming import TOKENS, Brainstorming, IdeaSlot, require_lines
from workbench.assist.prompts.deriving import joining, opposite_of
from workbench.assist.runs import Run
from workbench.assist.submitting import seeded
from workbench.engine.interface import BALANCED, FOCUSED, Sampling
from workbench.errors import InputError
from workbench.records import Board, Idea, Origin


class Deriving(Brainstorming):
    """Brainstorms whose ideas come from one or two others."""

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

    def carry(
        self, ideas: Sequence[Idea | str], to: Board | str, *, n: int = 1, sampling: Sampling = FOCUSED
    ) -> Run:  # fmt: skip
        """Start `n` ideas for another question out of each of these ideas or idea lines.

        `to`: a board, or the question of a new one, which is made once nothing else stands in the way. An idea of the
        library is for another question though it lies on the board: what comes of it hangs under it.
        """
        board_id = to.id if isinstance(to, Board) else None
        here = [idea for idea in ideas if isinstance(idea, Idea) and idea.board_id == board_id]
        own = next((idea for idea in here if idea.origin is not Origin.LIBRARY), None)
        if own:
            raise InputError(f"“{own.title or own.body}” is for this very question; carry it over to another one.")
        lines = [_line(idea) if isinstance(idea, Idea) else idea for idea in ideas]
        require_lines(lines, n)
        self._status("brainstorm")  # no board for a run that cannot begin
        board = self.store.create_board(to) if isinstance(to, str) else to
        return self.carry_over(
            board.question, lines, n=n, board_id=board.id, context=board.context, constraints=board.constraints,
            audience=board.audience, parents={_line(idea): idea.id for idea in here}, sampling=sampling,
        )  # fmt: skip

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
